// SPDX-License-Identifier: Apache-2.0
// What of a graph is the same for every picture.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_set>
#include <vector>

#include <openvino/core/model.hpp>
#include <openvino/op/constant.hpp>

namespace weir::openvino {

/// Values of a graph that depend on no input: constants, and what is computed from constants and static
/// shapes alone. They are computed when they are asked for; the graph stays as it is.
class Constants {
 public:
  /// `model` must outlive it.
  explicit Constants(const ov::Model& model);

  /// Null if `value` depends on an input, or can't be computed here. Valid as long as this lives.
  const std::vector<float>* floats(const ov::Output<ov::Node>& value);
  const std::vector<int64_t>* integers(const ov::Output<ov::Node>& value);

 private:
  std::shared_ptr<ov::op::v0::Constant> compute(const ov::Output<ov::Node>& value, int level = 0);

  std::unordered_set<const ov::Node*> constant_nodes_;
  std::map<ov::Output<ov::Node>, std::shared_ptr<ov::op::v0::Constant>> computed_;
  std::map<ov::Output<ov::Node>, std::vector<float>> floats_;
  std::map<ov::Output<ov::Node>, std::vector<int64_t>> integers_;
};

}  // namespace weir::openvino
