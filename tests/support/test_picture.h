// SPDX-License-Identifier: Apache-2.0
// Pictures made from a formula, in planes that allow not a byte of overreach.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "support/guarded_memory.h"
#include "types/picture.h"

namespace weir::testing {

inline constexpr PixelFormat kAllFormats[] = {PixelFormat::kI420, PixelFormat::kI422, PixelFormat::kI444,
                                              PixelFormat::kNv12, PixelFormat::kGray};
inline constexpr Orientation kAllOrientations[] = {
    {false, Rotation::k0}, {false, Rotation::k90}, {false, Rotation::k180}, {false, Rotation::k270},
    {true, Rotation::k0},  {true, Rotation::k90},  {true, Rotation::k180},  {true, Rotation::k270}};

/// "mirrored, turned by 90"
inline std::string name_of(Orientation orientation) {
  return std::string(orientation.mirrored ? "mirrored, " : "") + "turned by " +
         std::to_string(90 * static_cast<int>(orientation.rotation));
}

/// The value of a component (0 Y, 1 U, 2 V) at a place in the stored picture, both 0..1.
using Formula = std::function<uint8_t(int component, double x, double y)>;

class TestPicture {
 public:
  struct Options {
    PixelFormat format = PixelFormat::kI420;
    int width_px = 1;
    int height_px = 1;
    ColorMatrix matrix = ColorMatrix::kBt601;
    ColorRange range = ColorRange::kLimited;
    Orientation orientation;
    int row_gap_bytes = 0;  ///< between rows, filled with a value that must not show
    Guard guard = Guard::kBehind;
  };

  TestPicture(const Options& options, const Formula& formula) {
    view_.format = options.format;
    view_.width_px = options.width_px;
    view_.height_px = options.height_px;
    view_.matrix = options.matrix;
    view_.range = options.range;
    view_.orientation = options.orientation;
    add_plane(options, options.width_px, options.height_px, {0}, formula);
    if (options.format == PixelFormat::kGray) return;
    const bool full_width = options.format == PixelFormat::kI444;
    const bool full_height = full_width || options.format == PixelFormat::kI422;
    const int width = full_width ? options.width_px : (options.width_px + 1) / 2;
    const int height = full_height ? options.height_px : (options.height_px + 1) / 2;
    if (options.format == PixelFormat::kNv12) {
      add_plane(options, width, height, {1, 2}, formula);
    } else {
      add_plane(options, width, height, {1}, formula);
      add_plane(options, width, height, {2}, formula);
    }
  }

  [[nodiscard]] const PictureView& view() const { return view_; }

 private:
  void add_plane(const Options& options, int width, int height, const std::vector<int>& components,
                 const Formula& formula) {
    const size_t i = planes_.size();
    const int samples = static_cast<int>(components.size());
    const int stride = width * samples + options.row_gap_bytes;
    planes_.emplace_back(static_cast<size_t>(stride * (height - 1) + width * samples), options.guard,
                         uint8_t{77});
    uint8_t* data = planes_[i].data();
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        for (int c = 0; c < samples; ++c) {
          data[y * stride + x * samples + c] =
              formula(components[static_cast<size_t>(c)], (x + 0.5) / width, (y + 0.5) / height);
        }
      }
    }
    view_.planes[i] = data;
    view_.strides[i] = stride;
  }

  std::vector<GuardedMemory> planes_;
  PictureView view_;
};

}  // namespace weir::testing
