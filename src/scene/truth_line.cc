// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "scene/scene.h"

namespace weir::scene {
namespace {

/// A JSON string, with its quotes. UTF-8 passes as it is.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

std::string write_truth_line(std::string_view stream, int64_t frame, int width_px, int height_px,
                             std::span<const SceneObject> objects) {
  std::string line = fmt::format(R"({{"stream":{},"frame":{},"width":{},"height":{},"objects":[)",
                                 quoted(stream), frame, width_px, height_px);
  std::string_view separator;
  for (const SceneObject& object : objects) {
    line += fmt::format(
        R"({}{{"label":"{}","class_id":{},"box":[{:.2f},{:.2f},{:.2f},{:.2f}],"visible":{:.2f},"id":{}}})",
        separator, kSceneClassNames[static_cast<size_t>(object.class_id)], object.class_id, object.box.x1,
        object.box.y1, object.box.x2, object.box.y2, object.visible, object.id);
    separator = ",";
  }
  return line + "]}\n";
}

}  // namespace weir::scene
