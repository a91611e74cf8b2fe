// SPDX-License-Identifier: Apache-2.0
// How a stored picture has to be mirrored and turned to be seen as it was meant.
#pragma once

namespace weir {

/// Clockwise.
enum class Rotation { k0, k90, k180, k270 };

/// One of the eight ways to store a picture. To display it: first mirror it, left and right exchanged, if
/// `mirrored`; then turn it clockwise by `rotation`.
struct Orientation {
  bool mirrored = false;
  Rotation rotation = Rotation::k0;

  /// Whether width and height change places.
  [[nodiscard]] constexpr bool swaps_sides() const {
    return rotation == Rotation::k90 || rotation == Rotation::k270;
  }
  friend constexpr bool operator==(const Orientation&, const Orientation&) = default;
};

inline constexpr Orientation kUpright{};

/// `first` and then `second`, as one.
[[nodiscard]] constexpr Orientation combined(Orientation first, Orientation second) {
  // A picture that is mirrored after it was turned is a mirrored one that was turned the other way.
  const int before = static_cast<int>(first.rotation);
  const int quarters = (second.mirrored ? 4 - before : before) + static_cast<int>(second.rotation);
  return {first.mirrored != second.mirrored, static_cast<Rotation>(quarters % 4)};
}

}  // namespace weir
