// SPDX-License-Identifier: Apache-2.0
// Operations that only move elements: where an element of their output comes from.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <openvino/core/node_output.hpp>

#include "backends/openvino/openvino_constants.h"

namespace weir::openvino {

/// One element of a tensor in the graph, whose shape is static.
struct Element {
  ov::Output<ov::Node> tensor;
  std::vector<size_t> at;  ///< an index a dimension
};

/// The element that is moved or copied to `element`. Nothing if its tensor's operation computes, or moves in
/// a way that isn't known here.
[[nodiscard]] std::optional<Element> origin(const Element& element, Constants& constants);

/// The index, within a tensor of `shape` that is broadcast as NumPy does it, of what `at` of the wider tensor
/// reads.
[[nodiscard]] std::vector<size_t> broadcast(const std::vector<size_t>& at, const ov::Shape& shape);

/// Row by row, the last dimension first.
[[nodiscard]] size_t linear_index(const std::vector<size_t>& at, const ov::Shape& shape);

}  // namespace weir::openvino
