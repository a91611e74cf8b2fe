// SPDX-License-Identifier: Apache-2.0
#include "eval/files/truth.h"

#include "eval/files/coco_truth.h"
#include "eval/files/json_lines.h"

namespace weir::eval {
namespace {

Result<LabelledObject> read_object(const Json& json, Names& labels) {
  LabelledObject object;
  WEIR_ASSIGN_OR_RETURN(const std::string label, read_text(json, "label"));
  WEIR_ASSIGN_OR_RETURN(object.object.box, read_corners(json, "box"));
  if (has(json, "visible")) {
    WEIR_ASSIGN_OR_RETURN(object.object.visible, read_number(json, "visible", 1));
  }
  // Only an evaluation of tracks needs the id, and says so if it is not one.
  if (const auto id = read_whole(json, "id")) object.id = *id;
  object.object.area_px2 = object.object.box.area();
  object.label = labels.add(label);
  return object;
}

Status read_line(const Json& line, Truth& truth) {
  WEIR_ASSIGN_OR_RETURN(const FrameKey key, read_frame_key(line, truth.streams));
  TruthFrame frame;
  WEIR_ASSIGN_OR_RETURN(frame.size, read_frame_size(line));
  WEIR_ASSIGN_OR_RETURN(const Json* list, read_list(line, "objects"));
  for (size_t i = 0; i < list->size(); ++i) {
    auto object = read_object((*list)[i], truth.labels);
    if (!object) return object.error().in("object " + std::to_string(i + 1));
    frame.objects.push_back(*object);
  }
  const bool is_new = truth.frames.try_emplace(key, std::move(frame)).second;
  if (!is_new) return frame_comes_again(truth.streams[key.stream], key.frame);
  return {};
}

Status add_file(const std::string& path, Truth& truth) {
  WEIR_ASSIGN_OR_RETURN(const Json line, first_json_line(path));
  // COCO's is one object, on one line or on many.
  const bool is_coco = line.is_discarded() || has(line, "images") || has(line, "annotations");
  if (is_coco) return add_coco_truth(path, truth);
  return for_each_json_line(path, [&](const Json& json) { return read_line(json, truth); });
}

}  // namespace

Result<Truth> read_truth(std::span<const std::string> paths) {
  Truth truth;
  for (const std::string& path : paths) {
    const size_t before = truth.frames.size();
    WEIR_RETURN_IF_ERROR(add_file(path, truth));
    if (truth.frames.size() == before) {
      return Error{ErrorCode::kInvalidArgument, path + ": there is no truth in it"};
    }
  }
  return truth;
}

}  // namespace weir::eval
