// SPDX-License-Identifier: Apache-2.0
// Which network a .rknn file stands for, and what a developer is told where that is not plain.
#include <filesystem>

#include <gmock/gmock.h>

#include "support/guarded_memory.h"
#include "tests/rknn_host/api_fixture.h"

namespace weir {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::RknnApi;

const std::string kStreet = WEIR_STREET_ONNX;

std::string little_endian(uint64_t number) {
  std::string bytes;
  for (unsigned i = 0; i < 8; ++i) bytes += static_cast<char>(number >> 8 * i & 0xFF);
  return bytes;
}

/// A .rknn file of this code, with this JSON behind it.
std::string rknn_file(const std::string& code, const std::string& json = "{}", uint64_t version = 6) {
  const std::string header =
      std::string("RKNN\0\0\0\0", 8) + little_endian(version) + little_endian(code.size());
  return header + std::string(version > 1 ? 40 : 0, '\0') + code + little_endian(json.size()) + json;
}

/// The JSON of a model with one input and one output of these names and types.
std::string json_of(const std::string& input, const std::string& input_type, const std::string& output,
                    const std::string& output_type) {
  const auto tensor = [](int id, const std::string& name, const std::string& type) {
    return R"({"tensor_id": )" + std::to_string(id) + R"(, "url": ")" + name +
           R"(", "dim_num": 4, "size": [1], "dtype": {"qnt_method": "layer", "qnt_type": ")" + type +
           R"(", "vx_type": ")" + type + R"("}})";
  };
  return R"({"graph": [{"left": "input", "left_tensor_id": 0, "right": "norm_tensor", "right_tensor_id": 4},
                       {"left": "output", "left_tensor_id": 0, "right": "norm_tensor", "right_tensor_id": 2}],
             "norm_tensor": [)" +
         tensor(2, output, output_type) + ", " + tensor(4, input, input_type) + "]}";
}

class RknnFiles : public RknnApi {
 protected:
  void TearDown() override {
    RknnApi::TearDown();
    unsetenv("WEIR_RKNN_HOST_MODELS");
  }

  int init_bytes(const std::string& bytes) {
    testing::GuardedMemory copy(bytes.size());  // read not a byte too far
    std::memcpy(copy.bytes().data(), bytes.data(), bytes.size());
    rknn_context context = 0;
    const int code =
        rknn_init(&context, copy.bytes().data(), static_cast<uint32_t>(bytes.size()), 0, nullptr);
    if (code == RKNN_SUCC) contexts_.push_back(context);
    return code;
  }

  int init_path(const std::string& path) {
    rknn_context context = 0;
    const int code = rknn_init(&context, const_cast<char*>(path.c_str()), 0, 0, nullptr);
    if (code == RKNN_SUCC) contexts_.push_back(context);
    return code;
  }

  /// What `call` says on stderr; it must return `code`.
  template <class Call>
  static std::string said_by(Call&& call, int code = RKNN_SUCC) {
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(call(), code);
    return ::testing::internal::GetCapturedStderr();
  }

  std::string folder(const std::string& name) const {
    std::filesystem::create_directory(folder_.file(name));
    return folder_.file(name);
  }
};

// Programs read files themselves, so that the ONNX beside one is not seen; a file of the same size taken for
// it.
TEST_F(RknnFiles, BytesAreFoundInTheFoldersThatAreNamed) {
  const std::vector<float> expected = run(init(), picture());
  const std::string models = folder("models");
  const std::string empty = folder("empty");
  const std::string file = rknn_file("this is it");
  testing::write_bytes(models + "/a_other.rknn", rknn_file("this isn't"));
  std::filesystem::copy_file(kStreet, models + "/a_other.onnx");
  testing::write_bytes(models + "/bright.rknn", file);
  testing::write_bytes(models + "/b_copy.rknn", file);  // without a network: passed over
  setenv("WEIR_RKNN_HOST_MODELS", (empty + ":" + models + ":").c_str(), 1);

  EXPECT_THAT(said_by([&] { return init_bytes(file); }, RKNN_ERR_MODEL_INVALID),
              AllOf(HasSubstr("'" + models + "/bright.onnx'"), HasSubstr("'" + models + "/b_copy.onnx'"),
                    Not(HasSubstr("a_other"))));
  std::filesystem::rename(model_, models + "/bright.xml");
  std::filesystem::rename(folder_.file("bright.bin"), models + "/bright.bin");
  ASSERT_EQ(init_bytes(file), RKNN_SUCC);
  EXPECT_EQ(run(contexts_.back(), picture()), expected);

  // By a path elsewhere; the map's entry under the file's name is that of the bytes, too.
  testing::write_bytes(folder_.file("away.rknn"), file);
  ASSERT_EQ(init_path(folder_.file("away.rknn")), RKNN_SUCC);
  EXPECT_EQ(run(contexts_.back(), picture()), expected);
  use_map(R"({"models": {"bright.rknn": {"custom_string": "by its name"}}})");
  ASSERT_EQ(init_bytes(file), RKNN_SUCC);
  rknn_custom_string custom{};
  ASSERT_EQ(rknn_query(contexts_.back(), RKNN_QUERY_CUSTOM_STRING, &custom, sizeof(custom)), RKNN_SUCC);
  EXPECT_STREQ(custom.string, "by its name");

  // An ONNX file's bytes are what they are.
  ASSERT_EQ(init_bytes(testing::read_bytes(kStreet)), RKNN_SUCC);
  EXPECT_EQ(attr(contexts_.back(), RKNN_QUERY_OUTPUT_ATTR).dims[2], 9U);
  setenv("WEIR_RKNN_HOST_MODELS", "no-such-folder", 1);
  EXPECT_THAT(said_by([&] { return init_bytes(file); }, RKNN_ERR_PARAM_INVALID),
              HasSubstr("WEIR_RKNN_HOST_MODELS: 'no-such-folder' is no folder"));
}

// A message that leaves the developer to guess: it is all that there is to go by.
TEST_F(RknnFiles, ARefusalNamesTheHashAndEveryRemedy) {
  const std::string file = rknn_file("code");
  const std::string by_bytes = said_by([&] { return init_bytes(file); }, RKNN_ERR_MODEL_INVALID);
  const size_t at = by_bytes.find("(hash ");
  ASSERT_NE(at, std::string::npos) << by_bytes;
  const std::string hash = by_bytes.substr(at + 6, 32);
  EXPECT_THAT(by_bytes, HasSubstr("a folder that WEIR_RKNN_HOST_MODELS names"));
  EXPECT_THAT(by_bytes,
              HasSubstr(R"(WEIR_RKNN_HOST_MAP, as {"models": {")" + hash + R"(": {"model": "X.onnx"}}})"));

  testing::write_bytes(folder_.file("alone.rknn"), file);
  EXPECT_THAT(said_by([&] { return init_path(folder_.file("alone.rknn")); }, RKNN_ERR_MODEL_INVALID),
              AllOf(HasSubstr("'" + folder_.file("alone.onnx") + "'"), HasSubstr("WEIR_RKNN_HOST_MODELS"),
                    HasSubstr(R"({"models": {")" + hash)));
  EXPECT_THAT(said_by([&] { return init_bytes("CYPTRKNN encrypted code"); }, RKNN_ERR_MODEL_INVALID),
              HasSubstr("holds code for an NPU"));
}

// "Code for an NPU" said of what is none; what a board would refuse, run without a word.
TEST_F(RknnFiles, WhatIsOnlyCalledRknnIsToldApart) {
  const std::string path = folder_.file("called.rknn");
  std::filesystem::copy_file(kStreet, path);
  EXPECT_THAT(said_by([&] { return init_path(path); }),
              AllOf(HasSubstr("a board would refuse it"), HasSubstr("ONNX")));
  EXPECT_EQ(attr(contexts_.back(), RKNN_QUERY_OUTPUT_ATTR).dims[2], 9U);
  testing::write_bytes(path, "version https://example.org/large-files");
  EXPECT_THAT(said_by([&] { return init_path(path); }, RKNN_ERR_MODEL_INVALID),
              AllOf(HasSubstr("not a model"), Not(HasSubstr("NPU"))));
  testing::write_bytes(path, "");
  EXPECT_THAT(said_by([&] { return init_path(path); }, RKNN_ERR_MODEL_INVALID), HasSubstr("nothing in it"));

  // With a network beside it, that runs, as where there is no .rknn at all.
  testing::write_bytes(folder_.file("bright.rknn"), "garbage");
  EXPECT_THAT(said_by([&] { return init_path(folder_.file("bright.rknn")); }),
              AllOf(HasSubstr("a board would refuse it"), HasSubstr("bright.xml' beside it runs")));
  std::filesystem::remove(folder_.file("bright.rknn"));
  EXPECT_THAT(said_by([&] { return init_path(folder_.file("bright.rknn")); }), IsEmpty());
  EXPECT_THAT(said_by([&] { return init_path(folder_.file("neither.rknn")); }, RKNN_ERR_MODEL_INVALID),
              HasSubstr("no such model file"));
}

// 8 bits on the board, half floats here: a program that reads one for the other gets numbers, and they are
// wrong.
TEST_F(RknnFiles, TypesThatDifferFromTheFilesAreTold) {
  const std::string path = folder_.file("bright.rknn");
  testing::write_bytes(path, rknn_file("code", json_of("images", "int8", "output", "int8")));
  const std::string said = said_by([&] { return init_path(path); });
  EXPECT_THAT(said, AllOf(HasSubstr("input 'images' is int8"), HasSubstr("output 'output' is int8")));
  EXPECT_THAT(said,
              HasSubstr(R"({"models": {"bright.rknn": {"inputs": {"images": {"type": "int8", "scale": S, )"
                        R"("zero_point": Z}}, "outputs": {"output": {"type": "int8", "scale": S, )"
                        R"("zero_point": Z}}}}})"));
  EXPECT_EQ(attr(contexts_.back(), RKNN_QUERY_OUTPUT_ATTR).type, RKNN_TENSOR_FLOAT16);
  EXPECT_THAT(said_by([&] { return init_path(path); }), IsEmpty()) << "once";

  // What is needed, given; and half given.
  use_map(
      R"({"models": {"bright.rknn": {"inputs": {"images": {"type": "int8", "scale": 1, "zero_point": -128}},
                                         "outputs": {"output": {"type": "int8", "scale": 0.05, "zero_point": 0}}}}})");
  EXPECT_THAT(said_by([&] { return init_path(path); }), IsEmpty());
  use_map(
      R"({"models": {"bright.rknn": {"inputs": {"images": {"type": "int8", "scale": 1, "zero_point": -128}}}}})");
  EXPECT_THAT(said_by([&] { return init_path(path); }),
              AllOf(Not(HasSubstr("'images'")), HasSubstr("output 'output' is int8")));
  use_map(R"({"models": {}})");

  // Of other names, in other versions of the file; types that the map has not.
  testing::write_bytes(path, rknn_file("code", json_of("x", "float16", "y", "uint8"), 1));
  EXPECT_THAT(said_by([&] { return init_path(path); }), HasSubstr("output 'output' is uint8"));
  testing::write_bytes(path, rknn_file("code", json_of("x", "", "y", "int16")));
  EXPECT_THAT(said_by([&] { return init_path(path); }), HasSubstr("this runtime does not have these types"));
  testing::write_bytes(path, rknn_file("code", json_of("images", "float16", "output", "float16")));
  EXPECT_THAT(said_by([&] { return init_path(path); }), IsEmpty());
}

// A reader of the plain part that trusts it.
TEST_F(RknnFiles, DamagedPlainPartsSayNothing) {
  const std::string path = folder_.file("bright.rknn");
  const std::string whole = rknn_file("code", json_of("images", "int8", "output", "int8"));
  std::vector<std::string> damaged{
      rknn_file("code", ""),
      rknn_file("code", "{"),
      rknn_file("code", "[]"),
      rknn_file("code", std::string(100'000, '[')),
      rknn_file("code", R"({"graph": 1, "norm_tensor": {}})"),
      rknn_file("code", R"({"graph": [1, {"right": "norm_tensor"}], "norm_tensor": [2, {"url": 3}]})"),
      rknn_file("code", R"({"graph": [{"right": "norm_tensor", "right_tensor_id": 9e99}]})"),
      rknn_file("code", R"({"graph": [{"right": "norm_tensor", "right_tensor_id": 18446744073709551615}]})"),
  };
  for (size_t size = 4; size < 80; ++size) damaged.push_back(whole.substr(0, size));
  damaged.push_back(whole.substr(0, whole.size() - 1));
  for (const size_t place : {16U, 23U, 68U, 75U}) {
    damaged.push_back(whole);
    damaged.back()[place] = '\xFF';
  }
  for (const std::string& file : damaged) {
    testing::write_bytes(path, file);
    EXPECT_THAT(said_by([&] { return init_path(path); }), IsEmpty()) << file.substr(0, 200);
    ASSERT_EQ(rknn_destroy(contexts_.back()), RKNN_SUCC);
    contexts_.pop_back();
  }
}

}  // namespace
}  // namespace weir
