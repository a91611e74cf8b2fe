// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/conversion.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openvino/core/type/float16.hpp>

#include "rknn_host/failure.h"
#include "types/half.h"

namespace weir::rknn_host {
namespace {

using ::testing::ElementsAre;

constexpr Extent kExtent{.n = 2, .c = 3, .h = 4, .w = 5};

/// Where an element lies, by the definition of the layout.
size_t place(const Extent& e, const Packing& p, size_t n, size_t c, size_t h, size_t w) {
  const size_t height = p.h_stride == 0 ? e.h : p.h_stride;
  const size_t width = p.w_stride == 0 ? e.w : p.w_stride;
  if (p.fmt == RKNN_TENSOR_NHWC) return ((n * height + h) * width + w) * e.c + c;
  if (p.fmt == RKNN_TENSOR_NC1HWC2) {
    const size_t c1 = (e.c + p.c2 - 1) / p.c2;
    return (((n * c1 + c / p.c2) * height + h) * width + w) * p.c2 + c % p.c2;
  }
  return ((n * e.c + c) * height + h) * width + w;
}

template <class Body>
void for_each_element(const Extent& e, Body&& body) {
  for (size_t n = 0; n < e.n; ++n)
    for (size_t c = 0; c < e.c; ++c)
      for (size_t h = 0; h < e.h; ++h)
        for (size_t w = 0; w < e.w; ++w) body(n, c, h, w);
}

std::vector<uint8_t> noise(size_t bytes) {
  std::vector<uint8_t> values(bytes);
  uint32_t state = 5;
  for (uint8_t& value : values) value = static_cast<uint8_t>((state = state * 1664525U + 1013904223U) >> 24U);
  return values;
}

const std::vector<Packing> kPackings{
    {.fmt = RKNN_TENSOR_NCHW},
    {.fmt = RKNN_TENSOR_NHWC},
    {.fmt = RKNN_TENSOR_NCHW, .w_stride = 8, .h_stride = 6},
    {.fmt = RKNN_TENSOR_NHWC, .w_stride = 8, .h_stride = 6},
};

TEST(Half, IsWhatOpenvinoTakesItFor) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const auto expected = static_cast<float>(ov::float16::from_bits(half));
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(half_to_float(half))) << bits;
      ASSERT_TRUE(std::isnan(half_to_float(float_to_half(expected)))) << bits;
      continue;
    }
    ASSERT_EQ(half_to_float(half), expected) << bits;
    ASSERT_EQ(float_to_half(expected), half) << bits;
  }
}

// The neighbours of every half, and the points halfway between: where rounding can go wrong.
TEST(Half, RoundsToTheNearest) {
  for (uint32_t bits = 0; bits < 0x7BFF; ++bits) {
    const float low = half_to_float(static_cast<uint16_t>(bits));
    const float high = half_to_float(static_cast<uint16_t>(bits + 1));
    const float middle = low + (high - low) / 2;
    ASSERT_EQ(float_to_half(middle), bits % 2 == 0 ? bits : bits + 1) << bits;
    ASSERT_EQ(float_to_half(std::nextafter(middle, low)), bits) << bits;
    ASSERT_EQ(float_to_half(std::nextafter(middle, high)), bits + 1) << bits;
    ASSERT_EQ(float_to_half(-std::nextafter(middle, high)), (bits + 1) | 0x8000U) << bits;
  }
  EXPECT_EQ(float_to_half(65519.9F), 0x7BFF);
  EXPECT_EQ(float_to_half(65520.0F), 0x7C00);
  EXPECT_EQ(float_to_half(1e30F), 0x7C00);
}

TEST(Unpack, ReadsEveryLayoutAndStride) {
  for (Packing packing : kPackings) {
    packing.type = RKNN_TENSOR_UINT8;
    const std::vector<uint8_t> from = noise(packed_bytes(kExtent, packing));
    const std::vector<Affine> affine{
        {.offset = 1, .factor = 2}, {.offset = 0, .factor = 1}, {.offset = -3, .factor = 4}};
    for (const auto order : {RKNN_TENSOR_NCHW, RKNN_TENSOR_NHWC}) {
      std::vector<float> to(kExtent.elements(), -1);
      unpack(from.data(), packing, kExtent, affine, order, to.data());
      for_each_element(kExtent, [&](size_t n, size_t c, size_t h, size_t w) {
        const float number = from[place(kExtent, packing, n, c, h, w)];
        ASSERT_EQ(to[place(kExtent, {.fmt = order}, n, c, h, w)],
                  (number - affine[c].offset) * affine[c].factor);
      });
    }
  }
}

template <class T>
float read_one(rknn_tensor_type type, T value) {
  std::vector<uint8_t> bytes(sizeof(T) + 1);
  std::memcpy(bytes.data() + 1, &value, sizeof(T));
  float number = 0;
  unpack(bytes.data() + 1, {.type = type}, {}, std::vector<Affine>(1), RKNN_TENSOR_NCHW, &number);
  return number;
}

TEST(Unpack, ReadsEveryTypeAtAnyAddress) {
  EXPECT_EQ(read_one<int8_t>(RKNN_TENSOR_INT8, -7), -7);
  EXPECT_EQ(read_one<uint8_t>(RKNN_TENSOR_UINT8, 200), 200);
  EXPECT_EQ(read_one<int16_t>(RKNN_TENSOR_INT16, -3000), -3000);
  EXPECT_EQ(read_one<uint16_t>(RKNN_TENSOR_UINT16, 60000), 60000);
  EXPECT_EQ(read_one<int32_t>(RKNN_TENSOR_INT32, -70000), -70000);
  EXPECT_EQ(read_one<uint32_t>(RKNN_TENSOR_UINT32, 70000), 70000);
  EXPECT_EQ(read_one<int64_t>(RKNN_TENSOR_INT64, -5), -5);
  EXPECT_EQ(read_one<float>(RKNN_TENSOR_FLOAT32, 0.25F), 0.25F);
  EXPECT_EQ(read_one<uint16_t>(RKNN_TENSOR_FLOAT16, 0x3400), 0.25F);
  EXPECT_THROW((void)read_one<uint8_t>(RKNN_TENSOR_INT4, 0), Failure);
}

TEST(Pack, WritesEveryLayoutAndStrideAndNoPadding) {
  std::vector<float> from(kExtent.elements());
  for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<float>(i) - 60;
  std::vector<Packing> packings = kPackings;
  packings.push_back({.fmt = RKNN_TENSOR_NC1HWC2, .c2 = 2});
  packings.push_back({.fmt = RKNN_TENSOR_NC1HWC2, .w_stride = 7, .c2 = 16});
  for (Packing packing : packings) {
    packing.type = RKNN_TENSOR_FLOAT32;
    constexpr float kUntouched = 1e9F;
    std::vector<float> to(packed_bytes(kExtent, packing) / sizeof(float), kUntouched);
    pack(from.data(), kExtent, {}, packing, reinterpret_cast<uint8_t*>(to.data()));
    size_t written = 0;
    for_each_element(kExtent, [&](size_t n, size_t c, size_t h, size_t w) {
      ASSERT_EQ(to[place(kExtent, packing, n, c, h, w)], from[place(kExtent, {}, n, c, h, w)]);
    });
    for (const float value : to) written += value == kUntouched ? 0U : 1U;
    const size_t channels =
        packing.fmt == RKNN_TENSOR_NC1HWC2 ? (3 + packing.c2 - 1) / packing.c2 * packing.c2 : 3;
    EXPECT_EQ(written, kExtent.elements() / 3 * channels);
  }
}

std::vector<int> quantized(const std::vector<float>& values, const Quantization& quantization,
                           rknn_tensor_type type) {
  std::vector<uint8_t> bytes(values.size());
  pack(values.data(), {.w = values.size()}, quantization, {.type = type}, bytes.data());
  std::vector<int> result;
  for (const uint8_t byte : bytes) {
    result.push_back(type == RKNN_TENSOR_INT8 ? static_cast<int8_t>(byte) : static_cast<int>(byte));
  }
  return result;
}

TEST(Pack, QuantizesWithSaturationAndHalfToEven) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_THAT(quantized({0, 0.5F, 1, 0.25F, 0.75F, 100, -100, kNan, kInfinity, -kInfinity},
                        {.scale = 0.5F, .zero_point = 0}, RKNN_TENSOR_INT8),
              ElementsAre(0, 1, 2, 0, 2, 127, -128, 0, 127, -128));
  EXPECT_THAT(quantized({0, 1, -200, 63.4F}, {.scale = 1, .zero_point = 64}, RKNN_TENSOR_INT8),
              ElementsAre(64, 65, -128, 127));
  EXPECT_THAT(quantized({-1, 0, 300, 2.5F}, {.scale = 1, .zero_point = 0}, RKNN_TENSOR_UINT8),
              ElementsAre(0, 0, 255, 2));
}

TEST(Pack, WritesIntegersSaturated) {
  const std::vector<float> values{1e20F, -1e20F, 2.5F};
  std::vector<int32_t> integers(3);
  pack(values.data(), {.w = 3}, {}, {.type = RKNN_TENSOR_INT32}, reinterpret_cast<uint8_t*>(integers.data()));
  EXPECT_THAT(integers, ElementsAre(2147483647, -2147483647 - 1, 2));
}

TEST(ThroughQuantization, LeavesWhatEightBitsHold) {
  EXPECT_EQ(through_quantization(0.6F, RKNN_TENSOR_INT8, {.scale = 0.5F, .zero_point = 3}), 0.5F);
  EXPECT_EQ(through_quantization(1000, RKNN_TENSOR_UINT8, {.scale = 0.5F, .zero_point = 5}), 125.0F);
}

TEST(GatherPixels, MakesTightNhwcOfAnything) {
  for (Packing packing : kPackings) {
    packing.type = RKNN_TENSOR_UINT8;
    const std::vector<uint8_t> from = noise(packed_bytes(kExtent, packing));
    std::vector<uint8_t> to(kExtent.elements());
    gather_pixels(from.data(), packing, kExtent, to.data());
    for_each_element(kExtent, [&](size_t n, size_t c, size_t h, size_t w) {
      ASSERT_EQ(to[place(kExtent, {.fmt = RKNN_TENSOR_NHWC}, n, c, h, w)],
                from[place(kExtent, packing, n, c, h, w)]);
    });
  }
}

}  // namespace
}  // namespace weir::rknn_host
