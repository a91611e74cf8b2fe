// SPDX-License-Identifier: Apache-2.0
// What rknn_init takes, and what WEIR_RKNN_HOST_MAP makes of it.
#include <cmath>
#include <filesystem>
#include <memory>

#include <gmock/gmock.h>

#include "support/guarded_memory.h"
#include "tests/rknn_host/api_fixture.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::RknnApi;

const std::string kOnnx = WEIR_STREET_ONNX;

class RknnModels : public RknnApi {
 protected:
  static int init_bytes(const std::string& bytes, rknn_context& context, rknn_init_extend* extend = nullptr) {
    // Freed when this returns, and read not a byte too far.
    testing::GuardedMemory copy(bytes.size());
    std::memcpy(copy.bytes().data(), bytes.data(), bytes.size());
    return rknn_init(&context, copy.bytes().data(), static_cast<uint32_t>(bytes.size()), 0, extend);
  }

  /// What rknn_init says on stderr about these bytes, which are no model.
  static std::string complaint_about(const std::string& bytes) {
    ::testing::internal::CaptureStderr();
    rknn_context context = 0;
    EXPECT_EQ(init_bytes(bytes, context), RKNN_ERR_MODEL_INVALID);
    return ::testing::internal::GetCapturedStderr();
  }

  /// Any picture for an input of any size.
  static std::vector<float> run_any(rknn_context context) {
    const rknn_tensor_attr input = attr(context, RKNN_QUERY_CURRENT_INPUT_ATTR);
    return run(context, picture(1, input.n_elems));
  }
};

// Bytes that are read after the caller has freed them; a part of a file taken for the whole.
TEST_F(RknnModels, BytesAreThoseOfTheFile) {
  const std::string bytes = testing::read_bytes(kOnnx);
  ASSERT_FALSE(bytes.empty());
  const std::vector<float> expected = run_any(init(kOnnx));
  rknn_context context = 0;
  ASSERT_EQ(init_bytes(bytes, context), RKNN_SUCC);
  contexts_.push_back(context);
  EXPECT_EQ(run_any(context), expected);

  rknn_init_extend extend{.real_model_offset = 5, .real_model_size = static_cast<uint32_t>(bytes.size())};
  ASSERT_EQ(init_bytes("12345" + bytes + "67", context, &extend), RKNN_SUCC);
  contexts_.push_back(context);
  EXPECT_EQ(run_any(context), expected);
  testing::write_bytes(folder_.file("packed.bin"), "12345" + bytes + "67");
  EXPECT_EQ(run_any(init(folder_.file("packed.bin"), 0, &extend)), expected);

  // A float input needs the other graph, which is compiled from bytes that are long gone from memory.
  const std::vector<float> black(attr(context, RKNN_QUERY_INPUT_ATTR).n_elems);
  ASSERT_EQ(set_input(context, black.data(), black.size() * 4, RKNN_TENSOR_FLOAT32), RKNN_SUCC);
  EXPECT_EQ(rknn_run(context, nullptr), RKNN_SUCC);

  for (const auto& [offset, size] : {std::pair<int32_t, uint32_t>{-1, 0}, {1 << 30, 0}, {5, 1U << 30}}) {
    extend = {.real_model_offset = offset, .real_model_size = size};
    EXPECT_EQ(init_bytes(bytes, context, &extend), RKNN_ERR_PARAM_INVALID) << offset << ' ' << size;
  }
}

// Floats need another graph, so the file is read again; that it is gone must not cost what worked before.
TEST_F(RknnModels, PixelsNeedNoFileAnyMore) {
  const rknn_context context = init();
  const std::vector<float> expected = run(context, picture());
  std::filesystem::remove(model_);
  const std::vector<float> black(kPictureBytes);
  ASSERT_EQ(set_input(context, black.data(), black.size() * 4, RKNN_TENSOR_FLOAT32), RKNN_SUCC);
  EXPECT_EQ(rknn_run(context, nullptr), RKNN_ERR_MODEL_INVALID);
  EXPECT_EQ(run(context, picture()), expected);
}

// A second graph of another network, with the tensors of the first: reads beyond the end of both.
TEST_F(RknnModels, AFileThatWasReplacedIsNotTakenForTheModel) {
  const std::string path = folder_.file("model.onnx");
  std::filesystem::copy_file(kOnnx, path);
  const rknn_context context = init(path);
  const std::vector<float> black(attr(context, RKNN_QUERY_INPUT_ATTR).n_elems);
  const std::string another = testing::read_bytes(kOnnx) + std::string("\x72\x00", 2);  // an empty doc_string
  testing::write_bytes(path, another);
  ASSERT_EQ(set_input(context, black.data(), black.size() * 4, RKNN_TENSOR_FLOAT32), RKNN_SUCC);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(rknn_run(context, nullptr), RKNN_ERR_MODEL_INVALID);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("another file than when rknn_init read it"));
}

// Other versions' rknn_init_extend is shorter or longer: nothing behind byte 24 may be touched.
TEST_F(RknnModels, NothingBehindByte24OfExtendIsTouched) {
  testing::GuardedMemory memory(24);
  auto* extend = reinterpret_cast<rknn_init_extend*>(memory.bytes().data());
  const rknn_context context = init(model_, 0, extend);
  EXPECT_EQ(run(context, picture()).size(), kOutputs);
}

TEST_F(RknnModels, GarbageIsNoModel) {
  const std::string bytes = testing::read_bytes(kOnnx);
  EXPECT_THAT(complaint_about(bytes.substr(0, bytes.size() / 2)), HasSubstr("damaged"));
  EXPECT_THAT(complaint_about("garbage"), HasSubstr("damaged"));
  EXPECT_THAT(complaint_about("<?xml version=\"1.0\"?><net></net>"), HasSubstr("path of the .xml"));
  EXPECT_EQ(try_init(folder_.file("nothing.onnx")), RKNN_ERR_MODEL_INVALID);
  EXPECT_EQ(try_init(folder_.path()), RKNN_ERR_MODEL_INVALID);
  testing::write_bytes(folder_.file("empty.onnx"), "");
  EXPECT_EQ(try_init(folder_.file("empty.onnx")), RKNN_ERR_MODEL_INVALID);
  testing::write_bytes(folder_.file("truncated.xml"), testing::read_bytes(model_).substr(0, 2000));
  EXPECT_EQ(try_init(folder_.file("truncated.xml")), RKNN_ERR_MODEL_INVALID);
  EXPECT_EQ(try_init(""), RKNN_ERR_MODEL_INVALID);
  rknn_context context = 0;
  EXPECT_EQ(rknn_init(&context, nullptr, 0, 0, nullptr), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_init(nullptr, model_.data(), 0, 0, nullptr), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_init(&context, nullptr, 100, 0, nullptr), RKNN_ERR_PARAM_INVALID);
}

// The message is all that a developer has to go by.
TEST_F(RknnModels, RknnFilesRunWhatTheyWereMadeFrom) {
  testing::write_bytes(folder_.file("bright.rknn"), std::string("RKNN\0\0\0\0code for an NPU", 24));
  const std::vector<float> expected = run(init(model_), picture());
  EXPECT_EQ(run(init(folder_.file("bright.rknn")), picture()), expected) << "bright.xml is beside it";

  std::filesystem::rename(folder_.file("bright.rknn"), folder_.file("other.rknn"));
  EXPECT_EQ(try_init(folder_.file("other.rknn")), RKNN_ERR_MODEL_INVALID);
  use_map(R"({"models": {"other.rknn": {"model": "bright.xml"}}})");
  EXPECT_EQ(run(init(folder_.file("other.rknn")), picture()), expected);

  const std::string bytes = testing::read_bytes(folder_.file("other.rknn"));
  const std::string complaint = complaint_about(bytes);
  const size_t name = complaint.find("{\"models\": {\"");
  ASSERT_NE(name, std::string::npos) << complaint;
  const std::string hash = complaint.substr(name + 13, 32);
  use_map(R"({"models": {")" + hash + R"(": {"model": "bright.xml"}}})");
  rknn_context context = 0;
  ASSERT_EQ(init_bytes(bytes, context), RKNN_SUCC);
  contexts_.push_back(context);
  EXPECT_EQ(run(context, picture()), expected);
  EXPECT_EQ(run(init(folder_.file("other.rknn")), picture()), expected);
  use_map("{");
  EXPECT_EQ(try_init(model_), RKNN_ERR_PARAM_INVALID);
}

// Scale or zero point the wrong way round; want_float that forgets that the value was 8 bits.
TEST_F(RknnModels, QuantizedOutputsAreThoseOfABoard) {
  const std::vector<float> real = run(init(), picture());
  use_map(
      R"({"models": {"bright.xml": {"outputs": {"output": {"type": "int8", "scale": 0.01, "zero_point": -50}},
                                        "custom_string": "from the test"}}})");
  const rknn_context context = init();
  const rknn_tensor_attr told = attr(context, RKNN_QUERY_OUTPUT_ATTR);
  EXPECT_EQ(told.type, RKNN_TENSOR_INT8);
  EXPECT_EQ(told.size, kOutputs);
  EXPECT_EQ(told.zp, -50);
  EXPECT_EQ(told.scale, 0.01F);
  const std::vector<float> floats = run(context, picture());
  rknn_output stored{};
  ASSERT_EQ(rknn_outputs_get(context, 1, &stored, nullptr), RKNN_SUCC);
  ASSERT_EQ(stored.size, kOutputs);
  rknn_tensor_mem* memory = bind(context, told, told.size_with_stride);
  ASSERT_NE(memory, nullptr);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  for (size_t i = 0; i < kOutputs; ++i) {
    const auto expected = static_cast<int8_t>(std::nearbyint(real[i] / 0.01F - 50));
    ASSERT_EQ(static_cast<const int8_t*>(stored.buf)[i], expected) << i;
    ASSERT_EQ(static_cast<const int8_t*>(memory->virt_addr)[i], expected) << i;
    ASSERT_EQ(floats[i], (static_cast<float>(expected) + 50) * 0.01F) << i;
  }
  EXPECT_EQ(rknn_outputs_release(context, 1, &stored), RKNN_SUCC);
  EXPECT_EQ(rknn_destroy_mem(context, memory), RKNN_SUCC);
  rknn_custom_string custom{};
  ASSERT_EQ(rknn_query(context, RKNN_QUERY_CUSTOM_STRING, &custom, sizeof(custom)), RKNN_SUCC);
  EXPECT_STREQ(custom.string, "from the test");
}

// Mean and deviation applied twice, not at all, or to what is passed through.
TEST_F(RknnModels, MeanAndDeviationAreThoseOfTheMap) {
  const std::vector<uint8_t> pixels = picture();
  const rknn_context plain = init();
  std::vector<float> normalized;
  const std::vector<float> mean{100, 110, 120};
  const std::vector<float> deviation{2, 4, 8};
  for (size_t i = 0; i < pixels.size(); ++i)
    normalized.push_back((pixels[i] - mean[i % 3]) / deviation[i % 3]);
  ASSERT_EQ(set_input(plain, normalized.data(), normalized.size() * 4, RKNN_TENSOR_FLOAT32), RKNN_SUCC);
  ASSERT_EQ(rknn_run(plain, nullptr), RKNN_SUCC);
  const auto is_expected = ::testing::Pointwise(::testing::FloatNear(1e-5F), floats(plain));

  use_map(R"({"models": {"bright.xml": {"inputs": {"images": {"mean": [100, 110, 120], "std": [2, 4, 8],
             "type": "int8", "scale": 0.5, "zero_point": 3}}}}})");
  const rknn_context context = init();
  EXPECT_EQ(attr(context, RKNN_QUERY_INPUT_ATTR).type, RKNN_TENSOR_INT8);
  EXPECT_THAT(run(context, pixels), is_expected);
  const std::vector<float> as_floats(pixels.begin(), pixels.end());
  ASSERT_EQ(set_input(context, as_floats.data(), as_floats.size() * 4, RKNN_TENSOR_FLOAT32), RKNN_SUCC);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  EXPECT_THAT(floats(context), is_expected);

  // Passed through: what the network reads is (stored - 3) * 0.5.
  std::vector<int8_t> stored(pixels.size());
  std::vector<float> meant(pixels.size());
  for (size_t i = 0; i < stored.size(); ++i) {
    stored[i] = static_cast<int8_t>(pixels[i] - 128);
    meant[i] = (static_cast<float>(stored[i]) - 3) * 0.5F;
  }
  ASSERT_EQ(set_input(plain, meant.data(), meant.size() * 4, RKNN_TENSOR_FLOAT32), RKNN_SUCC);
  ASSERT_EQ(rknn_run(plain, nullptr), RKNN_SUCC);
  const std::vector<float> expected = floats(plain);
  ASSERT_EQ(set_input(context, stored.data(), stored.size(), RKNN_TENSOR_INT8, RKNN_TENSOR_NCHW, true),
            RKNN_SUCC);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  EXPECT_EQ(floats(context), expected);
}

TEST_F(RknnModels, ShapesChangeAmongThoseOfTheMap) {
  use_map(R"({"models": {"bright.xml": {"dynamic_shapes": [[[1, 3, 416, 416]], [[1, 3, 256, 416]]]}}})");
  const rknn_context context = init();
  const std::vector<float> square = run(context, picture());
  auto range = std::make_unique<rknn_input_range>();
  range->index = 0;
  ASSERT_EQ(rknn_query(context, RKNN_QUERY_INPUT_DYNAMIC_RANGE, range.get(), sizeof(*range)), RKNN_SUCC);
  EXPECT_EQ(range->shape_number, 2U);
  EXPECT_EQ(range->n_dims, 4U);
  EXPECT_STREQ(range->name, "images");
  EXPECT_THAT(std::vector<uint32_t>(range->dyn_range[1], range->dyn_range[1] + 4),
              ElementsAre(1, 256, 416, 3));

  rknn_tensor_attr wide = attr(context, RKNN_QUERY_INPUT_ATTR);
  wide.dims[1] = 256;
  ASSERT_EQ(rknn_set_input_shapes(context, 1, &wide), RKNN_SUCC);
  EXPECT_THAT(dims(attr(context, RKNN_QUERY_CURRENT_INPUT_ATTR)), ElementsAre(1, 256, 416, 3));
  EXPECT_THAT(dims(attr(context, RKNN_QUERY_CURRENT_OUTPUT_ATTR)), ElementsAre(1, 2184, 8));
  EXPECT_THAT(dims(attr(context, RKNN_QUERY_INPUT_ATTR)), ElementsAre(1, 416, 416, 3));
  EXPECT_EQ(rknn_run(context, nullptr), RKNN_ERR_INPUT_INVALID) << "the picture of the other shape";
  EXPECT_EQ(run(context, picture(1, 256 * 416 * 3)).size(), 2184U * 8);
  const rknn_context copy = duplicate(context);
  EXPECT_EQ(run(copy, picture(1, 256 * 416 * 3)).size(), 2184U * 8)
      << "starts with the shape of the original";

  rknn_tensor_attr back = wide;
  back.fmt = RKNN_TENSOR_NCHW;
  const uint32_t nchw[] = {1, 3, 416, 416};
  std::ranges::copy(nchw, back.dims);
  ASSERT_EQ(rknn_set_input_shape(context, &back), RKNN_SUCC);
  EXPECT_EQ(run(context, picture()), square);
  wide.dims[1] = 128;
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(rknn_set_input_shapes(context, 1, &wide), RKNN_ERR_FAIL);
  EXPECT_THAT(
      ::testing::internal::GetCapturedStderr(),
      HasSubstr(
          "does not take images [1,128,416,3]; it takes images [1,416,416,3], or images [1,256,416,3]"));
  EXPECT_EQ(run(context, picture()), square) << "the shape that it had";
  EXPECT_EQ(rknn_set_input_shapes(context, 2, &wide), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_set_input_shapes(context, 1, nullptr), RKNN_ERR_PARAM_INVALID);
}

// Programs make their memory as large as the attributes say, and choose shapes afterwards.
TEST_F(RknnModels, AttributesTellTheLargestShape) {
  use_map(
      R"({"models": {"bright.xml": {"dynamic_shapes": [[[1, 3, 256, 416]], [[1, 3, 416, 416]], [[1, 3, 64, 64]]]}}})");
  const rknn_context context = init();
  for (const auto command :
       {RKNN_QUERY_INPUT_ATTR, RKNN_QUERY_NATIVE_INPUT_ATTR, RKNN_QUERY_CURRENT_INPUT_ATTR}) {
    EXPECT_THAT(dims(attr(context, command)), ElementsAre(1, 416, 416, 3));
  }
  EXPECT_THAT(dims(attr(context, RKNN_QUERY_OUTPUT_ATTR)), ElementsAre(1, 3549, 8));
  auto range = std::make_unique<rknn_input_range>();
  ASSERT_EQ(rknn_query(context, RKNN_QUERY_INPUT_DYNAMIC_RANGE, range.get(), sizeof(*range)), RKNN_SUCC);
  EXPECT_THAT(std::vector<uint32_t>(range->dyn_range[0], range->dyn_range[0] + 4),
              ElementsAre(1, 256, 416, 3))
      << "in the order of the map";
  EXPECT_EQ(run(context, picture()).size(), kOutputs);

  rknn_tensor_attr input = attr(context, RKNN_QUERY_NATIVE_INPUT_ATTR);
  input.type = RKNN_TENSOR_UINT8;
  rknn_tensor_mem* memory = rknn_create_mem(context, input.size_with_stride);
  ASSERT_NE(memory, nullptr);
  for (const uint32_t height : {416U, 256U}) {
    input.dims[1] = height;
    ASSERT_EQ(rknn_set_input_shapes(context, 1, &input), RKNN_SUCC);
    EXPECT_EQ(rknn_set_io_mem(context, memory, &input), RKNN_SUCC) << height;
    EXPECT_EQ(rknn_run(context, nullptr), RKNN_SUCC) << height;
  }
  EXPECT_EQ(rknn_destroy_mem(context, memory), RKNN_SUCC);
  EXPECT_THAT(dims(attr(context, RKNN_QUERY_INPUT_ATTR)), ElementsAre(1, 416, 416, 3));
  EXPECT_EQ(attr(duplicate(context), RKNN_QUERY_INPUT_ATTR).dims[1], 416U);
}

}  // namespace
}  // namespace weir
