// SPDX-License-Identifier: Apache-2.0
#include "backends/openvino/openvino_moves.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include <openvino/op/concat.hpp>
#include <openvino/op/scatter_nd_update.hpp>
#include <openvino/op/strided_slice.hpp>
#include <openvino/op/util/gather_base.hpp>

namespace weir::openvino {
namespace {

using At = std::vector<size_t>;
using Integers = std::vector<int64_t>;

/// -1 is the last of `count`. Nothing if there is no such one.
std::optional<size_t> wrapped(int64_t index, size_t count) {
  const auto signed_count = static_cast<int64_t>(count);
  if (index < -signed_count || index >= signed_count) return std::nullopt;
  return static_cast<size_t>(index < 0 ? index + signed_count : index);
}

/// The constant axis that input `i` of the node is.
std::optional<size_t> axis_input(const ov::Node& node, size_t i, size_t rank, Constants& constants) {
  const Integers* axis = constants.integers(node.input_value(i));
  return axis == nullptr || axis->size() != 1 ? std::nullopt : wrapped(axis->front(), rank);
}

std::optional<Element> through(const Element& element, Constants& /*constants*/) {
  return Element{element.tensor.get_node()->input_value(0), element.at};
}

std::optional<Element> from_transpose(const Element& element, Constants& constants) {
  const ov::Node& node = *element.tensor.get_node();
  const Integers* order = constants.integers(node.input_value(1));
  if (order == nullptr || (!order->empty() && order->size() != element.at.size())) return std::nullopt;
  At at(element.at.rbegin(), element.at.rend());  // what no order means
  for (size_t i = 0; i < order->size(); ++i) {
    const auto to = wrapped((*order)[i], at.size());
    if (!to) return std::nullopt;
    at[*to] = element.at[i];
  }
  return Element{node.input_value(0), std::move(at)};
}

/// Reshape, Squeeze and Unsqueeze: the order of the elements stays.
std::optional<Element> from_reshape(const Element& element, Constants& /*constants*/) {
  const ov::Output<ov::Node> source = element.tensor.get_node()->input_value(0);
  const ov::Shape& shape = source.get_shape();
  size_t rest = linear_index(element.at, element.tensor.get_shape());
  At at(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    at[i] = rest % shape[i];
    rest /= shape[i];
  }
  return Element{source, std::move(at)};
}

std::optional<Element> from_concat(const Element& element, Constants& /*constants*/) {
  const auto node = ov::as_type_ptr<ov::op::v0::Concat>(element.tensor.get_node_shared_ptr());
  const auto axis = wrapped(node->get_axis(), element.at.size());
  if (!axis) return std::nullopt;
  At at = element.at;
  for (const ov::Output<ov::Node>& part : node->input_values()) {
    if (part.get_partial_shape().is_dynamic()) return std::nullopt;
    if (at[*axis] < part.get_shape()[*axis]) return Element{part, std::move(at)};
    at[*axis] -= part.get_shape()[*axis];
  }
  return std::nullopt;
}

/// Split and VariadicSplit.
std::optional<Element> from_split(const Element& element, Constants& constants) {
  const ov::Node& node = *element.tensor.get_node();
  const auto axis = axis_input(node, 1, element.at.size(), constants);
  if (!axis) return std::nullopt;
  At at = element.at;
  for (size_t i = 0; i < element.tensor.get_index(); ++i) {
    if (node.get_output_partial_shape(i).is_dynamic()) return std::nullopt;
    at[*axis] += node.get_output_shape(i)[*axis];
  }
  return Element{node.input_value(0), std::move(at)};
}

/// Where a slice of `count` elements begins that is said to begin at `begin`.
int64_t clamped_begin(int64_t begin, int64_t step, size_t count) {
  const auto end = static_cast<int64_t>(count);
  if (begin < 0) begin += end;
  return step > 0 ? std::clamp<int64_t>(begin, 0, end) : std::clamp<int64_t>(begin, -1, end - 1);
}

/// Moves `at` along one axis of a slice.
bool unslice(size_t& at, int64_t begin, int64_t step, size_t count) {
  const int64_t source = clamped_begin(begin, step, count) + static_cast<int64_t>(at) * step;
  if (source < 0 || source >= static_cast<int64_t>(count)) return false;
  at = static_cast<size_t>(source);
  return true;
}

/// Inputs: data, start, stop, step, axes; all axes if there are none.
std::optional<Element> from_slice(const Element& element, Constants& constants) {
  const ov::Node& node = *element.tensor.get_node();
  const ov::Output<ov::Node> source = node.input_value(0);
  const Integers* start = constants.integers(node.input_value(1));
  const Integers* step = constants.integers(node.input_value(3));
  const bool has_axes = node.get_input_size() > 4;
  const Integers* axes = has_axes ? constants.integers(node.input_value(4)) : nullptr;
  if (start == nullptr || step == nullptr || (has_axes && axes == nullptr)) return std::nullopt;
  if (step->size() != start->size() || (has_axes && axes->size() != start->size())) return std::nullopt;
  At at = element.at;
  for (size_t i = 0; i < start->size(); ++i) {
    const auto axis = wrapped(has_axes ? (*axes)[i] : static_cast<int64_t>(i), at.size());
    if (!axis || !unslice(at[*axis], (*start)[i], (*step)[i], source.get_shape()[*axis])) return std::nullopt;
  }
  return Element{source, std::move(at)};
}

bool is_empty(const Integers& mask) {
  return std::ranges::all_of(mask, [](int64_t bit) { return bit == 0; });
}

/// Inputs: data, begin, end, strides. Those that add or remove dimensions aren't followed.
std::optional<Element> from_strided_slice(const Element& element, Constants& constants) {
  const auto node = ov::as_type_ptr<ov::op::v1::StridedSlice>(element.tensor.get_node_shared_ptr());
  const ov::Output<ov::Node> source = node->input_value(0);
  const Integers* begin = constants.integers(node->input_value(1));
  const Integers* step = node->get_input_size() > 3 ? constants.integers(node->input_value(3)) : nullptr;
  const bool keeps_dimensions = is_empty(node->get_new_axis_mask()) &&
                                is_empty(node->get_shrink_axis_mask()) && is_empty(node->get_ellipsis_mask());
  if (begin == nullptr || (step == nullptr && node->get_input_size() > 3) || !keeps_dimensions)
    return std::nullopt;
  if (begin->size() > element.at.size() || (step != nullptr && step->size() != begin->size()))
    return std::nullopt;
  At at = element.at;
  for (size_t i = 0; i < begin->size(); ++i) {
    const int64_t by = step == nullptr ? 1 : (*step)[i];
    const bool from_edge = i < node->get_begin_mask().size() && node->get_begin_mask()[i] != 0;
    const int64_t from = !from_edge ? (*begin)[i] : by > 0 ? 0 : -1;
    if (!unslice(at[i], from, by, source.get_shape()[i])) return std::nullopt;
  }
  return Element{source, std::move(at)};
}

/// Inputs: data, indices, axis. The dimensions of the indices take the axis's place.
std::optional<Element> from_gather(const Element& element, Constants& constants) {
  const auto node = ov::as_type_ptr<ov::op::util::GatherBase>(element.tensor.get_node_shared_ptr());
  if (node == nullptr || node->get_batch_dims() != 0) return std::nullopt;
  const ov::Output<ov::Node> source = node->input_value(0);
  const Integers* indices = constants.integers(node->input_value(1));
  const auto axis = axis_input(*node, 2, source.get_shape().size(), constants);
  if (indices == nullptr || !axis) return std::nullopt;
  const ov::Shape& shape = node->get_input_shape(1);
  const auto first = element.at.begin() + static_cast<std::ptrdiff_t>(*axis);
  const auto behind = first + static_cast<std::ptrdiff_t>(shape.size());
  const auto index = wrapped((*indices)[linear_index({first, behind}, shape)], source.get_shape()[*axis]);
  if (!index) return std::nullopt;
  At at(element.at.begin(), first);
  at.push_back(*index);
  at.insert(at.end(), behind, element.at.end());
  return Element{source, std::move(at)};
}

/// Inputs: data, indices, updates. As assignments to slices are exported: `data`, but for places that are
/// said one by one.
std::optional<Element> from_scatter(const Element& element, Constants& constants) {
  const auto node = element.tensor.get_node_shared_ptr();
  const auto newer = ov::as_type_ptr<ov::op::v15::ScatterNDUpdate>(node);
  const bool replaces =
      newer == nullptr || newer->get_reduction() == ov::op::v15::ScatterNDUpdate::Reduction::NONE;
  const Integers* indices = constants.integers(node->input_value(1));
  if (!replaces || indices == nullptr || node->get_input_partial_shape(2).is_dynamic()) return std::nullopt;
  const ov::Shape& shape = node->get_input_shape(1);
  const ov::Shape& data_shape = node->get_input_shape(0);
  const size_t length = shape.empty() ? 0 : shape.back();
  if (length == 0 || length > element.at.size()) return std::nullopt;
  for (size_t place = 0; place < indices->size() / length; ++place) {
    bool is_here = true;
    for (size_t i = 0; i < length && is_here; ++i)
      is_here = wrapped((*indices)[place * length + i], data_shape[i]) == element.at[i];
    if (!is_here) continue;
    At at;
    size_t rest = place;
    for (size_t i = shape.size() - 1; i-- > 0; rest /= shape[i]) at.insert(at.begin(), rest % shape[i]);
    at.insert(at.end(), element.at.begin() + static_cast<std::ptrdiff_t>(length), element.at.end());
    return Element{node->input_value(2), std::move(at)};
  }
  return Element{node->input_value(0), element.at};
}

struct Move {
  std::string_view operation;
  std::optional<Element> (*origin)(const Element&, Constants&);
};
constexpr std::array kMoves = {
    Move{"Convert", through},
    Move{"Identity", through},
    Move{"Transpose", from_transpose},
    Move{"Reshape", from_reshape},
    Move{"Squeeze", from_reshape},
    Move{"Unsqueeze", from_reshape},
    Move{"Concat", from_concat},
    Move{"Split", from_split},
    Move{"VariadicSplit", from_split},
    Move{"Slice", from_slice},
    Move{"StridedSlice", from_strided_slice},
    Move{"Gather", from_gather},
    Move{"ScatterNDUpdate", from_scatter},
};

}  // namespace

std::optional<Element> origin(const Element& element, Constants& constants) {
  const ov::Node& node = *element.tensor.get_node();
  const auto move = std::ranges::find(kMoves, std::string_view(node.get_type_name()), &Move::operation);
  if (move == kMoves.end() || node.get_input_partial_shape(0).is_dynamic()) return std::nullopt;
  return move->origin(element, constants);
}

std::vector<size_t> broadcast(const std::vector<size_t>& at, const ov::Shape& shape) {
  At narrow(shape.size());
  const size_t skipped = at.size() - shape.size();
  for (size_t i = 0; i < shape.size(); ++i) narrow[i] = shape[i] == 1 ? 0 : at[skipped + i];
  return narrow;
}

size_t linear_index(const std::vector<size_t>& at, const ov::Shape& shape) {
  size_t index = 0;
  for (size_t i = 0; i < at.size(); ++i) index = index * shape[i] + at[i];
  return index;
}

}  // namespace weir::openvino
