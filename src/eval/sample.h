// SPDX-License-Identifier: Apache-2.0
// What an evaluation compares: the things that are in a picture, and the things that were found there.
#pragma once

#include <vector>

namespace weir::eval {

/// A box as COCO writes it: corner and size, in pixels of the picture. In double, so that an overlap that
/// lies on a threshold falls on the same side as in COCO's own program.
struct Rect {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  [[nodiscard]] double area() const { return width * height; }
};

/// A thing that is there.
struct Object {
  Rect box;
  double area_px2 =
      0;  ///< by which it is small, medium or large: the box's, or an outline's where one is known
  double visible = 1;  ///< 0..1: the part of it that nothing hides
  bool crowd = false;  ///< many things in one box: never missed, and whatever is found inside is no mistake
};

/// A thing that was found.
struct Found {
  Rect box;
  double score = 0;  ///< 0..1
};

/// One class in one picture.
struct Sample {
  std::vector<Object> objects;
  std::vector<Found> found;
};

}  // namespace weir::eval
