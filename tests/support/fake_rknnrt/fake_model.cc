// SPDX-License-Identifier: Apache-2.0
#include "support/fake_rknnrt/fake_model.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

namespace weir::testing {
namespace {

constexpr std::array<uint32_t, 3> kStrides{8, 16, 32};

rknn_tensor_type type_named(const std::string& name) {
  if (name == "f16") return RKNN_TENSOR_FLOAT16;
  if (name == "i8") return RKNN_TENSOR_INT8;
  if (name == "u8") return RKNN_TENSOR_UINT8;
  if (name == "i16") return RKNN_TENSOR_INT16;
  return RKNN_TENSOR_FLOAT32;
}

/// Cut off behind 10 fractional bits; for 0 and what is from 2^-14 to 65504.
uint16_t to_half(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const int exponent = static_cast<int>(bits >> 23U & 0xFFU) - 127 + 15;
  if (exponent <= 0) return 0;
  return static_cast<uint16_t>((bits >> 16U & 0x8000U) | static_cast<uint32_t>(exponent) << 10U |
                               (bits >> 13U & 0x3FFU));
}

void store(const FakeModel& model, float value, void* output, size_t i) {
  const int quantised = static_cast<int>(std::lround(value / model.scale())) + model.zero_point();
  switch (model.type) {
    case RKNN_TENSOR_FLOAT16:
      static_cast<uint16_t*>(output)[i] = to_half(value);
      return;
    case RKNN_TENSOR_INT8:
      static_cast<int8_t*>(output)[i] = static_cast<int8_t>(std::clamp(quantised, -128, 127));
      return;
    case RKNN_TENSOR_UINT8:
      static_cast<uint8_t*>(output)[i] = static_cast<uint8_t>(std::clamp(quantised, 0, 255));
      return;
    default:
      static_cast<float*>(output)[i] = value;
  }
}

/// Mean of each channel over one cell of the grid.
std::array<float, 3> cell_means(const uint8_t* pixels, uint32_t row_bytes, uint32_t stride) {
  std::array<uint32_t, 3> sums{};
  for (uint32_t y = 0; y < stride; ++y) {
    for (uint32_t x = 0; x < stride; ++x) {
      for (size_t c = 0; c < 3; ++c) sums[c] += pixels[size_t{y} * row_bytes + x * 3 + c];
    }
  }
  const auto count = static_cast<float>(stride * stride);
  return {static_cast<float>(sums[0]) / count, static_cast<float>(sums[1]) / count,
          static_cast<float>(sums[2]) / count};
}

}  // namespace

std::optional<FakeModel> FakeModel::read(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  if (!(file >> word) || word != "FAKE-RKNN") return std::nullopt;
  std::map<std::string, std::string> settings;
  while (file >> word) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) return std::nullopt;
    settings[word.substr(0, equals)] = word.substr(equals + 1);
  }
  if (!settings.contains("end")) return std::nullopt;  // cut off
  FakeModel model;
  for (const auto& [key, target] : {std::pair{"width", &model.width},
                                    {"height", &model.height},
                                    {"classes", &model.classes},
                                    {"row_pixels", &model.row_pixels},
                                    {"weights", &model.weights},
                                    {"internal", &model.internal}}) {
    if (settings.contains(key)) *target = static_cast<uint32_t>(std::stoul(settings[key]));
  }
  model.type = type_named(settings["type"]);
  model.names = settings["names"];
  std::istringstream shapes(settings["shapes"]);
  for (std::string shape; std::getline(shapes, shape, '/');) {
    const size_t x = shape.find('x');
    model.shapes.emplace_back(std::stoul(shape.substr(0, x)), std::stoul(shape.substr(x + 1)));
  }
  return model;
}

uint32_t FakeModel::cells() const {
  uint32_t cells = 0;
  for (const uint32_t stride : kStrides) cells += (width / stride) * (height / stride);
  return cells;
}

uint32_t FakeModel::element_bytes() const {
  switch (type) {
    case RKNN_TENSOR_FLOAT32:
      return 4;
    case RKNN_TENSOR_FLOAT16:
    case RKNN_TENSOR_INT16:
      return 2;
    default:
      return 1;
  }
}

void FakeModel::run(const uint8_t* input, void* output) const {
  const uint32_t row_bytes = row_stride() * 3;
  size_t at = 0;
  for (const uint32_t stride : kStrides) {
    for (uint32_t y = 0; y < height; y += stride) {
      for (uint32_t x = 0; x < width; x += stride) {
        const auto means = cell_means(input + size_t{y} * row_bytes + size_t{x} * 3, row_bytes, stride);
        const float brightness = (means[0] + means[1] + means[2]) / 3.0F;
        const auto brightest = static_cast<size_t>(std::ranges::max_element(means) - means.begin());
        std::vector<float> cell(values(), 0.0F);
        cell[0] = cell[1] = 0.5F;  // the middle of the cell; exp(0) strides wide and high
        cell[4] = std::clamp((brightness - 128.0F) / 127.0F, 0.0F, 1.0F);
        cell[5 + brightest % classes] = 1.0F;
        for (const float value : cell) store(*this, value, output, at++);
      }
    }
  }
}

}  // namespace weir::testing
