// SPDX-License-Identifier: Apache-2.0
#include "support/onnx_models.h"

#include <cmath>
#include <cstring>
#include <filesystem>
#include <vector>

#include "support/media.h"
#include "support/onnx.h"

namespace weir::testing {
namespace {

using Names = std::vector<std::string>;

constexpr uint64_t kBoxes = 4;
constexpr uint64_t kScores = 4;  // objectness and three classes

std::string bytes_of(const std::vector<float>& numbers) {
  std::string bytes(numbers.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

/// AttributeProto.
std::string integer(std::string_view name, uint64_t value) {
  return bytes_field(1, name) + number_field(3, value) + number_field(20, 2);
}
std::string integers(std::string_view name, const std::vector<uint64_t>& values) {
  std::string attribute = bytes_field(1, name);
  for (const uint64_t value : values) attribute += number_field(8, value);
  return attribute + number_field(20, 7);
}

/// A GraphProto's node.
std::string node(std::string_view operation, const Names& inputs, const Names& outputs,
                 const Names& attributes = {}) {
  std::string message = bytes_field(3, outputs.front()) + bytes_field(4, operation);
  for (const std::string& input : inputs) message += bytes_field(1, input);
  for (const std::string& output : outputs) message += bytes_field(2, output);
  for (const std::string& attribute : attributes) message += bytes_field(5, attribute);
  return bytes_field(1, message);
}
std::string node(std::string_view operation, const Names& inputs, const std::string& output,
                 const Names& attributes = {}) {
  return node(operation, inputs, Names{output}, attributes);
}

/// A GraphProto's input or output.
std::string value_info(uint32_t field, std::string_view name, const std::vector<uint64_t>& shape) {
  std::string dims;
  for (const uint64_t dim : shape) dims += bytes_field(1, number_field(1, dim));
  const std::string tensor = number_field(1, 1) + bytes_field(2, dims);
  return bytes_field(field, bytes_field(1, name) + bytes_field(2, bytes_field(1, tensor)));
}

std::string shape_tensor(std::string_view name, const std::vector<uint64_t>& values) {
  std::string tensor = number_field(1, values.size()) + number_field(2, 7) + bytes_field(8, name);
  for (const uint64_t value : values) tensor += number_field(7, value);
  return bytes_field(5, tensor);
}

/// Weights in the file itself, or in another one, whose bytes grow.
class Weights {
 public:
  explicit Weights(std::string location) : location_(std::move(location)) {}

  std::string tensor(std::string_view name, const std::vector<uint64_t>& dims,
                     const std::vector<float>& values) {
    if (location_.empty())
      return bytes_field(5, onnx_tensor(name, dims, {}) + bytes_field(9, bytes_of(values)));
    const std::string offset = std::to_string(outside_.size());
    outside_ += bytes_of(values);
    return bytes_field(5, onnx_tensor(name, dims,
                                      {{"location", location_},
                                       {"offset", offset},
                                       {"length", std::to_string(values.size() * sizeof(float))}}));
  }

  void write_beside(const std::string& path) const {
    if (location_.empty()) return;
    const auto file = std::filesystem::path(path).parent_path() / location_;
    std::filesystem::create_directories(file.parent_path());
    write_bytes(file.string(), outside_);
  }

 private:
  std::string location_;
  std::string outside_;
};

/// What the network says of one grid, [1,8,cells].
std::string level(uint64_t stride, bool with_sigmoid) {
  const std::string s = std::to_string(stride);
  return node("AveragePool", {"images"}, "mean" + s,
              {integers("kernel_shape", {stride, stride}), integers("strides", {stride, stride})}) +
         node("Conv", {"mean" + s, "box_weights", "box_bias"}, "boxes" + s) +
         node("Conv", {"mean" + s, "score_weights", "score_bias"}, "logits" + s) +
         node(with_sigmoid ? "Sigmoid" : "Identity", {"logits" + s}, "scores" + s) +
         node("Concat", {"boxes" + s, "scores" + s}, "head" + s, {integer("axis", 1)}) +
         node("Reshape", {"head" + s, "flat"}, "level" + s);
}

/// Per cell its column and row, and its stride.
struct Grid {
  std::vector<float> cells;
  std::vector<float> strides;
};
Grid grid_of(InputSize size) {
  Grid grid;
  for (const int stride : {8, 16, 32}) {
    for (int row = 0; row < size.height_px / stride; ++row) {
      for (int column = 0; column < size.width_px / stride; ++column) {
        grid.cells.insert(grid.cells.end(), {static_cast<float>(column), static_cast<float>(row)});
        grid.strides.push_back(static_cast<float>(stride));
      }
    }
  }
  return grid;
}

/// From "numbers" [1,N,8] to "output".
std::string decoding(const OnnxDetector& detector, Weights& weights) {
  const Grid grid = grid_of(detector.size);
  const bool is_yolox = detector.head == OnnxHead::kDecoded;
  const uint64_t cells = grid.strides.size();
  return weights.tensor("grid", {1, cells, 2}, grid.cells) +
         weights.tensor("strides", {1, cells, 1}, grid.strides) + shape_tensor("parts", {2, 2, kScores}) +
         node("Split", {"numbers", "parts"}, Names{"xy", "wh", "scores"}, {integer("axis", 2)}) +
         node(is_yolox ? "Identity" : "Sigmoid", {"xy"}, "offset") + node("Add", {"offset", "grid"}, "cell") +
         node("Mul", {"cell", "strides"}, "centre") + node("Exp", {"wh"}, "factor") +
         node("Mul", {"factor", "strides"}, "size") +
         node("Concat", {"centre", "size", "scores"}, "output", {integer("axis", 2)});
}

}  // namespace

std::string write_onnx_detector(const std::string& path, const OnnxDetector& detector) {
  constexpr float kSure = 5;
  constexpr auto kRest = static_cast<uint64_t>(-1);
  const auto width = static_cast<uint64_t>(detector.size.width_px);
  const auto height = static_cast<uint64_t>(detector.size.height_px);
  const uint64_t cells = grid_of(detector.size).strides.size();
  const bool is_plain = detector.head == OnnxHead::kRaw || detector.head == OnnxHead::kLogits;
  std::vector<float> scores(kScores, -kSure);
  scores[0] = scores[1 + static_cast<size_t>(detector.best_class)] = kSure;
  Weights weights(detector.weights_in);
  std::string graph = bytes_field(2, "detector");
  for (const uint64_t stride : {8, 16, 32}) graph += level(stride, detector.head != OnnxHead::kLogits);
  graph += node("Concat", {"level8", "level16", "level32"}, "levels", {integer("axis", 2)}) +
           node("Transpose", {"levels"}, is_plain ? "output" : "numbers", {integers("perm", {0, 2, 1})}) +
           (is_plain ? "" : decoding(detector, weights)) +
           weights.tensor("box_weights", {kBoxes, 3, 1, 1}, std::vector<float>(kBoxes * 3)) +
           weights.tensor("box_bias", {kBoxes}, {0.5F, 0.5F, std::log(1.6F), std::log(1.6F)}) +
           weights.tensor("score_weights", {kScores, 3, 1, 1}, std::vector<float>(kScores * 3)) +
           weights.tensor("score_bias", {kScores}, scores) +
           shape_tensor("flat", {1, kBoxes + kScores, kRest}) +
           value_info(11, "images", {1, 3, height, width}) +
           value_info(12, "output", {1, cells, kBoxes + kScores});
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  write_bytes(path, onnx_model(graph));
  weights.write_beside(path);
  return path;
}

}  // namespace weir::testing
