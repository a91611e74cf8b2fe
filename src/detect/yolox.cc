// SPDX-License-Identifier: Apache-2.0
#include "detect/yolox.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "detect/yolox_form.h"
#include "types/half.h"

namespace weir {
namespace {

constexpr int kObjectness = 4;  ///< after x, y, w, h
constexpr int kFirstClass = 5;

int64_t count_cells(InputSize input) {
  int64_t cells = 0;
  for (const int stride : kYoloxStrides)
    cells += int64_t{input.width_px / stride} * (input.height_px / stride);
  return cells;
}

bool is_finite(const Box& box) {
  return std::isfinite(box.x1) && std::isfinite(box.y1) && std::isfinite(box.x2) && std::isfinite(box.y2);
}

/// How a stored value of type T becomes a real one.
template <class T>
class Reader {
 public:
  explicit Reader(const TensorInfo& info) : scale_(info.scale), zero_point_(info.zero_point) {}
  [[nodiscard]] float operator()(T stored) const {
    if constexpr (std::is_same_v<T, float>) {
      return stored;
    } else if constexpr (std::is_same_v<T, uint16_t>) {
      return half_to_float(stored);
    } else {
      return static_cast<float>(stored - zero_point_) * scale_;
    }
  }

 private:
  float scale_;
  int32_t zero_point_;
};

/// `raw` points to x, y, w, h.
template <class T>
Box decode_box(const T* raw, const Reader<T>& read, const YoloxCell& cell) {
  const auto stride = static_cast<float>(cell.stride);
  const float center_x = (read(raw[0]) + static_cast<float>(cell.column)) * stride;
  const float center_y = (read(raw[1]) + static_cast<float>(cell.row)) * stride;
  const float half_width = std::exp(read(raw[2])) * stride / 2;
  const float half_height = std::exp(read(raw[3])) * stride / 2;
  return {center_x - half_width, center_y - half_height, center_x + half_width, center_y + half_height};
}

/// `decoded` points to centre, width and height in input pixels.
template <class T>
Box read_box(const T* decoded, const Reader<T>& read) {
  const float center_x = read(decoded[0]);
  const float center_y = read(decoded[1]);
  const float half_width = read(decoded[2]) / 2;
  const float half_height = read(decoded[3]) / 2;
  return {center_x - half_width, center_y - half_height, center_x + half_width, center_y + half_height};
}

/// The lowest id where classes tie. NaN is never the best; {0, -inf} where there is nothing else.
template <class T>
std::pair<int, float> best_class(const T* raw, const Reader<T>& read, int num_classes) {
  std::pair<int, float> best{0, -std::numeric_limits<float>::infinity()};
  for (int id = 0; id < num_classes; ++id) {
    const float score = read(raw[id]);
    if (score > best.second) best = {id, score};
  }
  return best;
}

class YoloxDecoder : public Decoder {
 public:
  /// No `form`: raw, if the values agree.
  YoloxDecoder(InputSize input, int num_classes, std::optional<YoloxForm> form)
      : input_(input), num_classes_(num_classes), form_(form) {}

  [[nodiscard]] int num_classes() const override { return num_classes_; }

  void decode(std::span<const ConstTensorView> outputs, float score_threshold,
              std::vector<Candidate>& candidates) const override {
    assert(outputs.size() == 1);
    with_type(outputs[0].info->type,
              [&]<class T>(T /*value*/) { decode_as<T>(outputs[0], score_threshold, candidates); });
  }

  [[nodiscard]] Status check(std::span<const ConstTensorView> outputs) const override {
    if (form_) return {};
    std::vector<float> values(static_cast<size_t>(outputs[0].info->elements()));
    with_type(outputs[0].info->type, [&]<class T>(T /*value*/) {
      const Reader<T> read(*outputs[0].info);
      std::transform(outputs[0].as<T>(), outputs[0].as<T>() + values.size(), values.begin(), read);
    });
    return check_raw_yolox(values, kFirstClass + num_classes_, input_);
  }

 private:
  /// Calls `use` with a value of the type in memory.
  template <class Use>
  static void with_type(ElementType type, const Use& use) {
    switch (type) {
      case ElementType::kF32:
        return use(float{});
      case ElementType::kF16:
        return use(uint16_t{});
      case ElementType::kI8:
        return use(int8_t{});
      case ElementType::kU8:
        return use(uint8_t{});
      default:
        assert(false && "create_yolox_decoder() refuses other types");
    }
  }

  template <class T>
  void decode_as(const ConstTensorView& output, float score_threshold,
                 std::vector<Candidate>& candidates) const {
    const Reader<T> read(*output.info);
    const T* raw = output.as<T>();
    int anchor = 0;
    for (const int stride : kYoloxStrides) {
      for (int row = 0; row < input_.height_px / stride; ++row) {
        for (int column = 0; column < input_.width_px / stride; ++column) {
          if (auto found = decode_cell(raw, read, {column, row, stride}, score_threshold)) {
            candidates.push_back({*found, anchor});
          }
          raw += kFirstClass + num_classes_;
          ++anchor;
        }
      }
    }
  }

  template <class T>
  std::optional<Detection> decode_cell(const T* raw, const Reader<T>& read, const YoloxCell& cell,
                                       float score_threshold) const {
    // Most cells end here: no class score is above 1. Written so that NaN ends here too.
    const float objectness = read(raw[kObjectness]);
    if (!(objectness >= score_threshold)) return std::nullopt;
    const auto [class_id, class_score] = best_class(raw + kFirstClass, read, num_classes_);
    const float score = objectness * class_score;
    const Box box = form_ == YoloxForm::kDecoded ? read_box(raw, read) : decode_box(raw, read, cell);
    if (!(score >= score_threshold) || !std::isfinite(score) || !is_finite(box)) return std::nullopt;
    return Detection{.class_id = class_id, .score = score, .box = box};
  }

  InputSize input_;
  int num_classes_;
  std::optional<YoloxForm> form_;
};

bool is_readable(ElementType type) {
  return type == ElementType::kF32 || type == ElementType::kF16 || type == ElementType::kI8 ||
         type == ElementType::kU8;
}

Error not_this_head(const ModelInfo& model) {
  std::vector<std::string> outputs;
  for (const TensorInfo& output : model.outputs) outputs.push_back(describe(output));
  const InputSize input = model.input_size;
  return {
      ErrorCode::kInvalidArgument,
      fmt::format("not a YOLOX head: outputs are {}; expected one output [1,{},5+classes] of f32, f16, i8 or "
                  "u8 for a {}x{} input",
                  fmt::join(outputs, ", "), count_cells(input), input.width_px, input.height_px)};
}

}  // namespace

Result<std::unique_ptr<Decoder>> create_yolox_decoder(const ModelInfo& model) {
  if (model.outputs.size() != 1) return not_this_head(model);
  const TensorInfo& output = model.outputs[0];
  const bool fits = output.shape.size() == 3 && output.shape[0] == 1 &&
                    output.shape[1] == count_cells(model.input_size) && output.shape[2] > kFirstClass &&
                    is_readable(output.type);
  if (!fits) return not_this_head(model);
  const int num_classes = static_cast<int>(output.shape[2]) - kFirstClass;
  std::optional<YoloxForm> form;
  if (!model.formulas.empty()) {
    WEIR_ASSIGN_OR_RETURN(form, yolox_form(model.formulas[0], model.input_size));
  }
  return std::make_unique<YoloxDecoder>(model.input_size, num_classes, form);
}

}  // namespace weir
