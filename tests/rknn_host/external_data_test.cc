// SPDX-License-Identifier: Apache-2.0
// ONNX files that keep tensors in other files.
#include <filesystem>

#include <gmock/gmock.h>

#include "support/onnx_models.h"
#include "tests/rknn_host/api_fixture.h"

namespace weir {
namespace {

using ::testing::HasSubstr;

class RknnExternalData : public testing::RknnApi {
 protected:
  /// What rknn_init says on stderr of a model that it refuses; `size` 0: `model` is a path.
  static std::string complaint(std::string model, uint32_t size) {
    ::testing::internal::CaptureStderr();
    rknn_context context = 0;
    EXPECT_EQ(rknn_init(&context, model.data(), size, 0, nullptr), RKNN_ERR_MODEL_INVALID);
    return ::testing::internal::GetCapturedStderr();
  }

  std::string onnx_ = testing::write_onnx_detector(folder_.file("m.onnx"), {.weights_in = "w.bin"});
};

TEST_F(RknnExternalData, IsReadBesideTheFile) {
  EXPECT_EQ(attr(init(onnx_), RKNN_QUERY_OUTPUT_ATTR).n_dims, 3U);
}

// They would be looked for in the folder that the program happens to run in.
TEST_F(RknnExternalData, BytesAloneAreNotTheModel) {
  const std::filesystem::path here = std::filesystem::current_path();
  std::filesystem::current_path(folder_.path());
  const std::string bytes = testing::read_bytes(onnx_);
  EXPECT_THAT(complaint(bytes, static_cast<uint32_t>(bytes.size())), HasSubstr("path of the .onnx"));
  std::filesystem::current_path(here);
}

TEST_F(RknnExternalData, WhatIsMissingIsSaid) {
  std::filesystem::remove(folder_.file("w.bin"));
  EXPECT_THAT(complaint(onnx_, 0), HasSubstr("'w.bin', which is not there"));
}

// Another network with the tensors of the first.
TEST_F(RknnExternalData, WeightsThatWereReplacedAreNotTakenForTheModels) {
  const rknn_context context = init(onnx_);
  std::string weights = testing::read_bytes(folder_.file("w.bin"));
  weights.back() = static_cast<char>(weights.back() + 1);
  testing::write_bytes(folder_.file("w.bin"), weights);
  const std::vector<float> black(attr(context, RKNN_QUERY_INPUT_ATTR).n_elems);  // floats need another graph
  ASSERT_EQ(set_input(context, black.data(), black.size() * 4, RKNN_TENSOR_FLOAT32), RKNN_SUCC);
  EXPECT_EQ(rknn_run(context, nullptr), RKNN_ERR_MODEL_INVALID);
}

}  // namespace
}  // namespace weir
