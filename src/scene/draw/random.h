// SPDX-License-Identifier: Apache-2.0
// Random numbers for the scene: counter-based, so that any number can be had without those before it,
// and the same on every machine (the distributions of <random> are not).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace weir::scene {

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): spreads every input bit over the output.
[[nodiscard]] constexpr uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// One key from several, in this order.
template <class... Rest>
[[nodiscard]] constexpr uint64_t key(uint64_t first, Rest... rest) {
  uint64_t k = mix(first + 0x9e3779b97f4a7c15U);
  ((k = mix(k + 0x9e3779b97f4a7c15U * (static_cast<uint64_t>(rest) + 1))), ...);
  return k;
}

/// 0 <= value < 1, from the upper bits of a key.
[[nodiscard]] constexpr double unit(uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

/// A sequence of numbers that its key alone determines. Draw in separate statements: the order in which
/// the arguments of a call are evaluated differs between compilers.
class Random {
 public:
  explicit constexpr Random(uint64_t key) : key_(key) {}

  constexpr uint64_t bits() { return mix(key_ + 0x9e3779b97f4a7c15U * ++counter_); }
  constexpr double real(double low, double high) { return low + (high - low) * unit(bits()); }
  /// low <= value <= high
  constexpr int integer(int low, int high) {
    return low + static_cast<int>(bits() % static_cast<uint64_t>(high - low + 1));
  }
  constexpr bool chance(double probability) { return unit(bits()) < probability; }
  template <class T, size_t N>
  constexpr const T& pick(const std::array<T, N>& choices) {
    return choices[bits() % N];
  }

 private:
  uint64_t key_;
  uint64_t counter_ = 0;
};

}  // namespace weir::scene
