// SPDX-License-Identifier: Apache-2.0
// Paints a draw list into an I420 picture.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "scene/draw/draw_list.h"

namespace weir::scene {

/// Planes that somebody else owns: Y, and U and V at half width and half height, rounded up.
struct MutableI420 {
  int width_px = 0;
  int height_px = 0;
  std::array<uint8_t*, 3> planes{};
  std::array<int, 3> strides{};  ///< bytes from one row to the next

  [[nodiscard]] int chroma_width_px() const { return (width_px + 1) / 2; }
  [[nodiscard]] int chroma_height_px() const { return (height_px + 1) / 2; }
};

/// An I420 picture that owns its planes, without padding.
class Canvas {
 public:
  Canvas(int width_px, int height_px);
  Canvas(Canvas&&) = default;
  Canvas(const Canvas&) = delete;
  Canvas& operator=(Canvas&&) = default;
  Canvas& operator=(const Canvas&) = delete;

  [[nodiscard]] const MutableI420& view() const { return view_; }
  [[nodiscard]] size_t size_bytes() const { return bytes_.size(); }

 private:
  std::vector<uint8_t> bytes_;
  MutableI420 view_;
};

/// Back to front. Luma stays within 16..235, chroma within 16..240.
void paint(const DrawList& list, const MutableI420& out);

}  // namespace weir::scene
