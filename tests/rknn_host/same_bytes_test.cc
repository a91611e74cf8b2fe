// SPDX-License-Identifier: Apache-2.0
// A picture of bytes gives the same bytes through the RKNN C API as through weir's own OpenVINO backend at
// f32: what is compared on a PC is then a matter of the program, never of the runtime.
#include <cstring>
#include <utility>

#include <gmock/gmock.h>

#include "backends/all_backends.h"
#include "tests/rknn_host/api_fixture.h"

namespace weir {
namespace {

class SameBytes : public testing::RknnApi {
 protected:
  struct Outputs {
    std::vector<std::vector<float>> tensors;
    std::vector<uint32_t> input_dims;
  };

  static Outputs through_api(rknn_context context, const std::vector<uint8_t>& pixels) {
    Outputs result{.input_dims = dims(attr(context, RKNN_QUERY_INPUT_ATTR))};
    EXPECT_EQ(set_picture(context, pixels), RKNN_SUCC);
    EXPECT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
    rknn_input_output_num number{};
    EXPECT_EQ(rknn_query(context, RKNN_QUERY_IN_OUT_NUM, &number, sizeof(number)), RKNN_SUCC);
    std::vector<rknn_output> outputs(number.n_output);
    for (uint32_t i = 0; i < number.n_output; ++i) outputs[i] = {.want_float = 1, .index = i};
    EXPECT_EQ(rknn_outputs_get(context, number.n_output, outputs.data(), nullptr), RKNN_SUCC);
    for (const rknn_output& output : outputs) {
      const auto* values = static_cast<const float*>(output.buf);
      result.tensors.emplace_back(values, values + output.size / sizeof(float));
    }
    EXPECT_EQ(rknn_outputs_release(context, number.n_output, outputs.data()), RKNN_SUCC);
    return result;
  }

  static Outputs through_backend(const std::string& path, const std::vector<uint8_t>& pixels) {
    auto backend = open_backend("openvino");
    EXPECT_TRUE(backend);
    auto model = (*backend)->load({.path = path, .precision = Precision::kF32});
    EXPECT_TRUE(model);
    auto context = (*model)->new_context(0);
    EXPECT_TRUE(context);
    InputBuffer input = *(*model)->allocate_input();
    EXPECT_EQ(input.bytes().size(), pixels.size());
    std::memcpy(input.bytes().data(), pixels.data(), pixels.size());
    EXPECT_TRUE((*context)->run(input));
    Outputs result;
    for (size_t i = 0; i < (*model)->info().outputs.size(); ++i) {
      const ConstTensorView view = (*context)->output(static_cast<int>(i));
      result.tensors.emplace_back(view.as<float>(), view.as<float>() + view.info->elements());
    }
    return result;
  }

  /// Compared byte by byte, for several pictures.
  void expect_same(const std::string& path) {
    const rknn_context context = init(path);
    const rknn_tensor_attr input = attr(context, RKNN_QUERY_INPUT_ATTR);
    for (unsigned seed = 1; seed <= 3; ++seed) {
      const std::vector<uint8_t> pixels = picture(seed, input.n_elems);
      const Outputs ours = through_api(context, pixels);
      const Outputs theirs = through_backend(path, pixels);
      ASSERT_EQ(ours.tensors.size(), theirs.tensors.size());
      for (size_t i = 0; i < ours.tensors.size(); ++i) {
        ASSERT_EQ(ours.tensors[i].size(), theirs.tensors[i].size());
        EXPECT_EQ(std::memcmp(ours.tensors[i].data(), theirs.tensors[i].data(), ours.tensors[i].size() * 4),
                  0)
            << path << " output " << i;
      }
    }
  }

  void expect_same_shared(const std::string& name) {
    const std::string path = testing::shared_file("models/" + name);
    if (path.empty()) GTEST_SKIP() << "no models/" << name << " in the shared test data (WEIR_TEST_DATA)";
    expect_same(path);
  }
};

TEST_F(SameBytes, SmallModel) {
  expect_same(model_);
}
TEST_F(SameBytes, DemoDetector) {
  expect_same(WEIR_STREET_ONNX);
}
TEST_F(SameBytes, YoloxNano) {
  expect_same_shared("yolox_nano_416.onnx");
}
TEST_F(SameBytes, NanoDet) {
  expect_same_shared("nanodet_m_416.onnx");
}

}  // namespace
}  // namespace weir
