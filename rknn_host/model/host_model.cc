// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/model/host_model.h"

#include <algorithm>

#include "backends/openvino/openvino_model.h"

namespace weir::rknn_host {

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
    least_internal_bytes_ = std::max(least_internal_bytes_, largest_operation_bytes(*unused_));
  }
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
