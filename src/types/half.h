// SPDX-License-Identifier: Apache-2.0
// IEEE 754 half precision, which no C++20 type of both x86-64 and aarch64 compilers has.
#pragma once

#include <bit>
#include <cstdint>

namespace weir {

/// The float with the value of these 16 bits. Exact.
[[nodiscard]] inline float half_to_float(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000U) << 16U;
  const uint32_t exponent = (half >> 10U) & 0x1FU;
  const uint32_t fraction = half & 0x3FFU;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000U | fraction << 13U);
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return sign == 0 ? magnitude : -magnitude;
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23U | fraction << 13U);
}

/// The nearest half, halfway to even; infinity beyond 65504; NaN stays NaN.
[[nodiscard]] inline uint16_t float_to_half(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>(bits >> 16U & 0x8000U);
  const uint32_t magnitude = bits & 0x7FFFFFFFU;
  constexpr uint32_t kInfinity = 0x7F800000U;
  constexpr uint32_t kTooLarge =
      0x477FF000U;  // 65520: halfway from the largest half to the next power of two
  constexpr uint32_t kLeastNormal = 0x38800000U;  // 2^-14
  if (magnitude > kInfinity) return static_cast<uint16_t>(sign | 0x7E00U);
  if (magnitude >= kTooLarge) return static_cast<uint16_t>(sign | 0x7C00U);
  if (magnitude < kLeastNormal) {
    // Adding 0.5 leaves the multiples of 2^-24 in the float's lowest bits, rounded by the processor.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
    return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(shifted) - std::bit_cast<uint32_t>(0.5F)));
  }
  const uint32_t odd = magnitude >> 13U & 1U;
  return static_cast<uint16_t>(sign | (magnitude - (112U << 23U) + 0xFFFU + odd) >> 13U);
}

}  // namespace weir
