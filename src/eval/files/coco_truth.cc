// SPDX-License-Identifier: Apache-2.0
#include "eval/files/coco_truth.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "eval/files/json_lines.h"

namespace weir::eval {
namespace {

/// What COCO's ids stand for here.
struct Ids {
  std::map<int64_t, FrameKey> images;
  std::map<int64_t, size_t> categories;
};

int64_t line_of_byte(const std::string& path, size_t byte) {
  std::ifstream file(path, std::ios::binary);
  int64_t line = 1;
  for (size_t at = 1; at < byte && file; ++at) line += file.get() == '\n';
  return line;
}

/// The file without its outlines, which are most of it and of no use here.
Result<Json> parse(const std::string& path) {
  WEIR_ASSIGN_OR_RETURN(std::ifstream file, open_to_read(path));
  const auto wanted = [](int, Json::parse_event_t event, Json& value) {
    return event != Json::parse_event_t::key || value != "segmentation";
  };
  try {
    return Json::parse(file, wanted);
  } catch (const Json::parse_error& error) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("{}, line {}: not JSON", path, line_of_byte(path, error.byte))};
  } catch (const Json::exception& error) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{}: not JSON: {}", path, error.what())};
  }
}

/// Calls `read` with each element of a list; errors say which: "images 3: ...".
Status for_each(const Json& file, const char* key, const std::function<Status(const Json&)>& read) {
  WEIR_ASSIGN_OR_RETURN(const Json* list, read_list(file, key));
  for (size_t i = 0; i < list->size(); ++i) {
    const Status status = read((*list)[i]);
    if (!status) return status.error().in(fmt::format("{} {}", key, i + 1));
  }
  return {};
}

Status read_category(const Json& json, Truth& truth, Ids& ids) {
  WEIR_ASSIGN_OR_RETURN(const int64_t id, read_whole(json, "id"));
  WEIR_ASSIGN_OR_RETURN(const std::string name, read_text(json, "name"));
  ids.categories[id] = truth.labels.add(name);
  return {};
}

struct Image {
  std::string stream;
  FrameSize size;
};

Status read_image(const Json& json, std::map<int64_t, Image>& images) {
  WEIR_ASSIGN_OR_RETURN(const int64_t id, read_whole(json, "id"));
  WEIR_ASSIGN_OR_RETURN(const std::string file_name, read_text(json, "file_name"));
  WEIR_ASSIGN_OR_RETURN(const FrameSize size, read_frame_size(json));
  const std::string stream = std::filesystem::path(file_name).stem().string();
  if (!images.try_emplace(id, Image{stream, size}).second) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("image id {} comes a second time", id)};
  }
  return {};
}

Status add_images(const Json& file, Truth& truth, Ids& ids) {
  std::map<int64_t, Image> images;
  WEIR_RETURN_IF_ERROR(for_each(file, "images", [&](const Json& json) { return read_image(json, images); }));
  for (const auto& [id, image] : images) {
    const FrameKey key{truth.streams.add(image.stream), 0};
    if (!truth.frames.try_emplace(key, TruthFrame{image.size, {}}).second) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("a second image is called '{}' (the folder is not looked at)", image.stream)};
    }
    ids.images[id] = key;
  }
  return {};
}

/// What an annotation's `key` stands for.
template <class T>
Result<T> look_up(const Json& json, const char* key, const std::map<int64_t, T>& ids) {
  WEIR_ASSIGN_OR_RETURN(const int64_t id, read_whole(json, key));
  const auto found = ids.find(id);
  if (found != ids.end()) return found->second;
  return Error{ErrorCode::kInvalidArgument, fmt::format("no such '{}': {}", key, id)};
}

Status read_annotation(const Json& json, const Ids& ids, Truth& truth) {
  WEIR_ASSIGN_OR_RETURN(const FrameKey key, look_up(json, "image_id", ids.images));
  LabelledObject object;
  WEIR_ASSIGN_OR_RETURN(object.label, look_up(json, "category_id", ids.categories));
  WEIR_ASSIGN_OR_RETURN(object.object.box, read_rect(json, "bbox"));
  object.object.area_px2 = object.object.box.area();
  if (has(json, "area")) {
    constexpr double kAny = std::numeric_limits<double>::infinity();
    WEIR_ASSIGN_OR_RETURN(object.object.area_px2, read_number(json, "area", kAny));
  }
  if (has(json, "iscrowd")) {
    WEIR_ASSIGN_OR_RETURN(const int64_t crowd, read_whole(json, "iscrowd"));
    object.object.crowd = crowd != 0;
  }
  truth.frames.at(key).objects.push_back(object);
  return {};
}

Status add_all(const Json& file, Truth& truth) {
  Ids ids;
  WEIR_RETURN_IF_ERROR(
      for_each(file, "categories", [&](const Json& json) { return read_category(json, truth, ids); }));
  WEIR_RETURN_IF_ERROR(add_images(file, truth, ids));
  return for_each(file, "annotations", [&](const Json& json) { return read_annotation(json, ids, truth); });
}

}  // namespace

Status add_coco_truth(const std::string& path, Truth& truth) {
  WEIR_ASSIGN_OR_RETURN(const Json file, parse(path));
  const Status status = add_all(file, truth);
  if (!status) return status.error().in(path);
  return {};
}

}  // namespace weir::eval
