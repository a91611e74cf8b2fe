// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/model/host_model.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "backends/openvino/openvino_model.h"
#include "rknn_host/model/told_types.h"

namespace weir::rknn_host {
namespace {

size_t input_elements(const Signature& signature) {
  return std::transform_reduce(signature.inputs.begin(), signature.inputs.end(), size_t{0}, std::plus<>{},
                               [](const TensorSpec& input) { return input.extent().elements(); });
}

}  // namespace

HostModel::HostModel(std::shared_ptr<ov::Core> core, ModelSource source, const Graph::Options& options,
                     MemoryAccount& account)
    : core_(std::move(core)), source_(std::move(source)), options_(options), unused_(source_.read()) {
  custom_string_ = source_.entry().custom_string;
  if (custom_string_.empty()) custom_string_ = openvino::class_names_text(*unused_);
  weights_bytes_ = openvino::bytes_of_constants(*unused_);
  weights_charge_ = account.charge(weights_bytes_, "weights");
  const size_t count = std::max<size_t>(1, source_.entry().dynamic_shapes.size());
  for (size_t i = 0; i < count; ++i) {
    set_shapes(*unused_, shapes(i), source_.label());
    signatures_.push_back(read_signature(*unused_, source_.entry(), source_.label()));
    if (input_elements(signatures_[i]) > input_elements(signatures_[largest_shape_set_]))
      largest_shape_set_ = i;
    least_internal_bytes_ = std::max(least_internal_bytes_, largest_operation_bytes(*unused_));
  }
}

std::vector<std::string> HostModel::notes() const {
  std::vector<std::string> notes;
  if (!source_.note().empty()) notes.push_back(source_.note());
  std::string types =
      types_that_differ(source_.label(), source_.key(), source_.plain_tensors(), signatures_[0]);
  if (!types.empty()) notes.push_back(std::move(types));
  return notes;
}

std::shared_ptr<const Graph> HostModel::graph(size_t shape_set, Form form) {
  if (!signatures_[shape_set].has_pictures()) form = Form::kNumbers;
  const std::lock_guard lock(mutex_);
  std::weak_ptr<const Graph>& known = graphs_[{shape_set, form}];
  if (auto graph = known.lock()) return graph;
  const std::shared_ptr<ov::Model> model = unused_ != nullptr ? std::move(unused_) : source_.read();
  unused_.reset();
  set_shapes(*model, shapes(shape_set), source_.label());
  auto graph =
      std::make_shared<const Graph>(*core_, model, form, signatures_[shape_set], options_, source_.label());
  known = graph;
  return graph;
}

void HostModel::forget_network() {
  const std::lock_guard lock(mutex_);
  unused_.reset();
}

ShapeSet HostModel::shapes(size_t shape_set) const {
  const auto& sets = source_.entry().dynamic_shapes;
  return sets.empty() ? ShapeSet{} : sets[shape_set];
}

}  // namespace weir::rknn_host
