// SPDX-License-Identifier: Apache-2.0
// What tests of the RKNN C API share: a small model, a picture, and the calls that every program makes.
#pragma once

#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "backends/rknn/abi/rknn_api.h"
#include "support/media.h"
#include "support/models.h"

namespace weir::testing {

/// The model is write_openvino_model()'s: "images" [1,3,416,416] to "output" [1,3549,8], 0 to 1.
class RknnApi : public ::testing::Test {
 protected:
  static constexpr uint32_t kSide = 416;
  static constexpr uint32_t kPictureBytes = kSide * kSide * 3;
  static constexpr uint32_t kOutputs = 3549 * 8;

  void SetUp() override { model_ = write_openvino_model(folder_.file("bright.xml")); }

  void TearDown() override {
    for (const rknn_context context : contexts_) (void)rknn_destroy(context);
    unsetenv("WEIR_RKNN_HOST_MAP");
  }

  /// Destroyed at the end of the test, if it is not before.
  rknn_context init(const std::string& path, uint32_t flags = 0, rknn_init_extend* extend = nullptr) {
    rknn_context context = 0;
    EXPECT_EQ(rknn_init(&context, const_cast<char*>(path.c_str()), 0, flags, extend), RKNN_SUCC);
    contexts_.push_back(context);
    return context;
  }
  rknn_context init(uint32_t flags = 0) { return init(model_, flags); }

  rknn_context duplicate(rknn_context original) {
    rknn_context context = 0;
    EXPECT_EQ(rknn_dup_context(&original, &context), RKNN_SUCC);
    contexts_.push_back(context);
    return context;
  }

  static int try_init(const std::string& path) {
    rknn_context context = 0;
    return rknn_init(&context, const_cast<char*>(path.c_str()), 0, 0, nullptr);
  }

  /// The map goes into the environment until the end of the test.
  void use_map(const std::string& json) {
    write_bytes(folder_.file("map.json"), json);
    setenv("WEIR_RKNN_HOST_MAP", folder_.file("map.json").c_str(), 1);
  }

  static rknn_tensor_attr attr(rknn_context context, rknn_query_cmd command, uint32_t index = 0) {
    rknn_tensor_attr result{};
    result.index = index;
    EXPECT_EQ(rknn_query(context, command, &result, sizeof(result)), RKNN_SUCC);
    return result;
  }

  static std::vector<uint32_t> dims(const rknn_tensor_attr& attr) {
    return {attr.dims, attr.dims + attr.n_dims};
  }

  /// Any picture; different for different seeds.
  static std::vector<uint8_t> picture(unsigned seed = 1, size_t bytes = kPictureBytes) {
    std::vector<uint8_t> pixels(bytes);
    uint32_t state = seed;
    for (uint8_t& pixel : pixels) {
      state = state * 1664525U + 1013904223U;
      pixel = static_cast<uint8_t>(state >> 24U);
    }
    return pixels;
  }

  static int set_input(rknn_context context, const void* data, size_t bytes, rknn_tensor_type type,
                       rknn_tensor_format fmt = RKNN_TENSOR_NHWC, bool pass_through = false) {
    rknn_input input{.index = 0,
                     .buf = const_cast<void*>(data),
                     .size = static_cast<uint32_t>(bytes),
                     .pass_through = pass_through,
                     .type = type,
                     .fmt = fmt};
    return rknn_inputs_set(context, 1, &input);
  }
  static int set_picture(rknn_context context, const std::vector<uint8_t>& pixels) {
    return set_input(context, pixels.data(), pixels.size(), RKNN_TENSOR_UINT8);
  }

  /// Output 0 as floats.
  static std::vector<float> floats(rknn_context context) {
    rknn_output output{.want_float = 1};
    EXPECT_EQ(rknn_outputs_get(context, 1, &output, nullptr), RKNN_SUCC);
    if (output.buf == nullptr) return {};
    const auto* values = static_cast<const float*>(output.buf);
    std::vector<float> copy(values, values + output.size / sizeof(float));
    EXPECT_EQ(rknn_outputs_release(context, 1, &output), RKNN_SUCC);
    return copy;
  }

  /// The usual way: set, run, get.
  static std::vector<float> run(rknn_context context, const std::vector<uint8_t>& pixels) {
    EXPECT_EQ(set_picture(context, pixels), RKNN_SUCC);
    EXPECT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
    return floats(context);
  }

  /// Memory for the tensor, bound to the context; `attr` may have been changed. Null where it is refused.
  static rknn_tensor_mem* bind(rknn_context context, rknn_tensor_attr attr, uint32_t bytes) {
    rknn_tensor_mem* memory = rknn_create_mem(context, bytes);
    EXPECT_NE(memory, nullptr);
    if (rknn_set_io_mem(context, memory, &attr) == RKNN_SUCC) return memory;
    EXPECT_EQ(rknn_destroy_mem(context, memory), RKNN_SUCC);
    return nullptr;
  }

  TempFolder folder_;
  std::string model_;
  std::vector<rknn_context> contexts_;
};

}  // namespace weir::testing
