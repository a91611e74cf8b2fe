// SPDX-License-Identifier: Apache-2.0
// The network of the fake RKNN runtime: its file, and what it computes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/rknn/abi/rknn_api.h"

namespace weir::testing {

struct FakeModel {
  uint32_t width = 416;
  uint32_t height = 256;
  uint32_t classes = 3;
  uint32_t row_pixels = 0;  ///< w_stride; 0: the width
  rknn_tensor_type type = RKNN_TENSOR_FLOAT32;
  uint32_t weights = 0;                               ///< bytes
  uint32_t internal = 0;                              ///< bytes of a context
  std::vector<std::pair<uint32_t, uint32_t>> shapes;  ///< width, height; of a model with several
  std::string names;

  /// Nothing where the file is not such a model.
  [[nodiscard]] static std::optional<FakeModel> read(const std::string& path);

  [[nodiscard]] uint32_t row_stride() const { return row_pixels != 0 ? row_pixels : width; }
  [[nodiscard]] uint32_t cells() const;
  [[nodiscard]] uint32_t values() const { return 5 + classes; }
  [[nodiscard]] uint32_t element_bytes() const;
  [[nodiscard]] float scale() const { return 1.0F / 255.0F; }
  [[nodiscard]] int32_t zero_point() const { return type == RKNN_TENSOR_INT8 ? -128 : 0; }

  /// `input`: [1,height,width,3] u8 with row_stride(); `output`: [1,cells,values] of `type`.
  void run(const uint8_t* input, void* output) const;
};

}  // namespace weir::testing
