// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/model/model_map.h"

#include <algorithm>
#include <filesystem>
#include <initializer_list>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "rknn_host/failure.h"

namespace weir::rknn_host {
namespace {

using nlohmann::json;
using Keys = std::initializer_list<std::string_view>;

constexpr size_t kMostDimension = 1 << 20;

/// Where in the file something is, for messages: "map.json: models.yolo.rknn".
using Place = std::string;

[[noreturn]] void reject(const Place& place, std::string_view right) {
  throw Failure(RKNN_ERR_PARAM_INVALID, fmt::format("WEIR_RKNN_HOST_MAP: {}: {}", place, right));
}

/// Checks that `value` is an object that has no key but `keys`.
void check_keys(const json& value, const Place& place, Keys keys) {
  if (!value.is_object()) reject(place, "should be an object");
  for (const auto& [key, ignored] : value.items()) {
    if (std::ranges::find(keys, key) == keys.end()) {
      reject(place, fmt::format("unknown key '{}'; there are {}", key, fmt::join(keys, ", ")));
    }
  }
}

template <class T>
T get(const json& object, const char* key, T otherwise, const Place& place, std::string_view right) {
  const auto found = object.find(key);
  if (found == object.end()) return otherwise;
  try {
    return found->get<T>();
  } catch (const json::exception&) {
    reject(place + '.' + key, right);
  }
}

rknn_tensor_type read_type(const json& object, const Place& place) {
  const auto name = get<std::string>(object, "type", "float16", place, "should be a string");
  if (name == "int8") return RKNN_TENSOR_INT8;
  if (name == "uint8") return RKNN_TENSOR_UINT8;
  if (name == "float16") return RKNN_TENSOR_FLOAT16;
  reject(place + ".type", fmt::format("'{}' should be int8, uint8 or float16", name));
}

/// One number, or one per channel.
std::vector<float> read_numbers(const json& object, const char* key, const Place& place) {
  auto numbers = get<std::vector<float>>(object, key, {}, place, "should be an array of numbers");
  if (numbers.size() > RKNN_MAX_NUM_CHANNEL)
    reject(place + '.' + key, "has more numbers than a picture channels");
  return numbers;
}

TensorEntry read_tensor(const json& object, const Place& place, bool is_input) {
  check_keys(
      object, place,
      is_input ? Keys{"type", "scale", "zero_point", "mean", "std"} : Keys{"type", "scale", "zero_point"});
  TensorEntry entry;
  entry.type = read_type(object, place);
  entry.quantization.scale = get(object, "scale", 1.0F, place, "should be a number");
  entry.quantization.zero_point = get(object, "zero_point", 0, place, "should be an integer");
  entry.mean = read_numbers(object, "mean", place);
  entry.deviation = read_numbers(object, "std", place);
  if (!(entry.quantization.scale > 0)) reject(place + ".scale", "should be greater than 0");
  if (is_quantized(entry.type) && !object.contains("scale"))
    reject(place, "8 bits need a scale and a zero_point");
  const int least = entry.type == RKNN_TENSOR_INT8 ? -128 : 0;
  if (is_quantized(entry.type) &&
      (entry.quantization.zero_point < least || entry.quantization.zero_point > least + 255))
    reject(place + ".zero_point", fmt::format("is not within {} to {}", least, least + 255));
  if (std::ranges::find(entry.deviation, 0.0F) != entry.deviation.end())
    reject(place + ".std", "has a 0 in it");
  if (entry.mean.size() != entry.deviation.size() && !entry.mean.empty() && !entry.deviation.empty()) {
    reject(place, "mean and std differ in length");
  }
  return entry;
}

std::map<std::string, TensorEntry> read_tensors(const json& model, const char* key, const Place& place,
                                                bool is_input) {
  std::map<std::string, TensorEntry> tensors;
  const auto found = model.find(key);
  if (found == model.end()) return tensors;
  if (!found->is_object()) reject(place + '.' + key, "should be an object of tensors by name");
  for (const auto& [name, value] : found->items()) {
    tensors.emplace(name, read_tensor(value, fmt::format("{}.{}.{}", place, key, name), is_input));
  }
  return tensors;
}

std::vector<ShapeSet> read_shapes(const json& model, const Place& place) {
  constexpr std::string_view kRight =
      "should be a list of sets of shapes, such as [[[1,3,416,416]], [[1,3,256,416]]]";
  auto sets = get<std::vector<ShapeSet>>(model, "dynamic_shapes", {}, place, kRight);
  if (sets.size() > RKNN_MAX_DYNAMIC_SHAPE_NUM) reject(place + ".dynamic_shapes", "has more than 512 sets");
  for (const ShapeSet& set : sets) {
    if (set.size() != sets.front().size()) reject(place + ".dynamic_shapes", "has sets of different lengths");
    for (const auto& shape : set) {
      const bool possible =
          std::ranges::all_of(shape, [](size_t d) { return d >= 1 && d <= kMostDimension; });
      if (shape.size() > RKNN_MAX_DIMS || !possible)
        reject(place + ".dynamic_shapes", "has an impossible dimension");
    }
  }
  return sets;
}

ModelEntry read_model(const json& object, const Place& place, const std::filesystem::path& folder) {
  check_keys(object, place, {"model", "inputs", "outputs", "dynamic_shapes", "custom_string"});
  ModelEntry entry;
  entry.model_path =
      get<std::string>(object, "model", "", place, "should be the path of an ONNX file or OpenVINO IR");
  if (!entry.model_path.empty()) entry.model_path = (folder / entry.model_path).string();
  entry.inputs = read_tensors(object, "inputs", place, true);
  entry.outputs = read_tensors(object, "outputs", place, false);
  entry.dynamic_shapes = read_shapes(object, place);
  entry.custom_string = get<std::string>(object, "custom_string", "", place, "should be a string");
  return entry;
}

}  // namespace

ModelMap ModelMap::read(const std::string& path) {
  if (path.empty()) return {};
  const Result<std::string> text = read_file(path);
  if (!text) reject(path, "can't be read");
  return parse(*text, std::filesystem::path(path).parent_path().string(), path);
}

ModelMap ModelMap::parse(std::string_view text, const std::string& folder, const std::string& label) {
  json root;
  try {
    root = json::parse(text);
  } catch (const json::exception& error) {
    reject(label, error.what());
  }
  check_keys(root, label, {"models"});
  ModelMap map;
  if (!root.contains("models") || !root["models"].is_object()) reject(label, "should be {\"models\": {...}}");
  for (const auto& [name, value] : root["models"].items()) {
    map.models_.emplace(name, read_model(value, fmt::format("{}: models.{}", label, name), folder));
  }
  return map;
}

const ModelEntry* ModelMap::find(const std::string& name_or_hash) const {
  const auto found = models_.find(name_or_hash);
  return found == models_.end() ? nullptr : &found->second;
}

}  // namespace weir::rknn_host
