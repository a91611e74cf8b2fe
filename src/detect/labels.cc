// SPDX-License-Identifier: Apache-2.0
#include "detect/labels.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace weir {
namespace {

/// The categories of the COCO detection data set in the order of their ids.
constexpr std::array<std::string_view, 80> kCocoNames = {"person",        "bicycle",      "car",
                                                         "motorcycle",    "airplane",     "bus",
                                                         "train",         "truck",        "boat",
                                                         "traffic light", "fire hydrant", "stop sign",
                                                         "parking meter", "bench",        "bird",
                                                         "cat",           "dog",          "horse",
                                                         "sheep",         "cow",          "elephant",
                                                         "bear",          "zebra",        "giraffe",
                                                         "backpack",      "umbrella",     "handbag",
                                                         "tie",           "suitcase",     "frisbee",
                                                         "skis",          "snowboard",    "sports ball",
                                                         "kite",          "baseball bat", "baseball glove",
                                                         "skateboard",    "surfboard",    "tennis racket",
                                                         "bottle",        "wine glass",   "cup",
                                                         "fork",          "knife",        "spoon",
                                                         "bowl",          "banana",       "apple",
                                                         "sandwich",      "orange",       "broccoli",
                                                         "carrot",        "hot dog",      "pizza",
                                                         "donut",         "cake",         "chair",
                                                         "couch",         "potted plant", "bed",
                                                         "dining table",  "toilet",       "tv",
                                                         "laptop",        "mouse",        "remote",
                                                         "keyboard",      "cell phone",   "microwave",
                                                         "oven",          "toaster",      "sink",
                                                         "refrigerator",  "book",         "clock",
                                                         "vase",          "scissors",     "teddy bear",
                                                         "hair drier",    "toothbrush"};

Error labels_error(ErrorCode code, const std::string& path, std::string_view what) {
  return {code, fmt::format("labels file '{}': {}", path, what)};
}

std::vector<std::string> default_names(int num_classes) {
  if (num_classes == static_cast<int>(kCocoNames.size())) return {kCocoNames.begin(), kCocoNames.end()};
  std::vector<std::string> names;
  for (int id = 0; id < num_classes; ++id) names.push_back(fmt::format("class {}", id));
  return names;
}

}  // namespace

Result<std::vector<std::string>> read_labels(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return labels_error(ErrorCode::kInvalidArgument, path, "is a folder; expected one class name a line");
  }
  std::ifstream file(path);
  if (!file) return labels_error(ErrorCode::kNotFound, path, std::strerror(errno));
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.find('\0') != std::string::npos) {
      return labels_error(ErrorCode::kInvalidArgument, path, "is not text; expected one class name a line");
    }
    names.push_back(std::move(line));
  }
  if (file.bad()) return labels_error(ErrorCode::kInvalidArgument, path, std::strerror(errno));
  while (!names.empty() && names.back().find_first_not_of(" \t") == std::string::npos) names.pop_back();
  if (names.empty())
    return labels_error(ErrorCode::kInvalidArgument, path, "is empty; expected one class name a line");
  return names;
}

Result<std::vector<std::string>> choose_labels(const std::string& labels_path, const ModelInfo& model,
                                               int num_classes) {
  const auto count = static_cast<size_t>(num_classes);
  if (!labels_path.empty()) {
    WEIR_ASSIGN_OR_RETURN(std::vector<std::string> names, read_labels(labels_path));
    if (names.size() != count) {
      return labels_error(ErrorCode::kInvalidArgument, labels_path,
                          fmt::format("{} names, but the model has {} classes", names.size(), num_classes));
    }
    return names;
  }
  if (model.class_names.empty()) return default_names(num_classes);
  if (model.class_names.size() != count) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("model '{}': names {} classes, but has {}; a labels file can name them",
                             model.path, model.class_names.size(), num_classes)};
  }
  return model.class_names;
}

}  // namespace weir
