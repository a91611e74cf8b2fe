// SPDX-License-Identifier: Apache-2.0
#include "backends/openvino/openvino_model.h"

#include <sstream>

#include <openvino/core/model.hpp>
#include <openvino/op/constant.hpp>

namespace weir::openvino {

std::string cause(const std::exception& error) {
  // OpenVINO tells where in its source first, then what; the last line with words is the what.
  std::istringstream lines(error.what());
  std::string last = "no reason given";
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    if (line.starts_with("Exception from") || line.starts_with("Check '")) continue;
    last = line;
  }
  return last;
}

int64_t bytes_of_constants(const ov::Model& model) {
  int64_t bytes = 0;
  for (const auto& node : model.get_ops()) {
    if (const auto constant = ov::as_type_ptr<ov::op::v0::Constant>(node)) {
      bytes += static_cast<int64_t>(constant->get_byte_size());
    }
  }
  return bytes;
}

std::string class_names_text(const ov::Model& model) {
  if (!model.has_rt_info("framework", "names")) return "";
  return model.get_rt_info<std::string>("framework", "names");
}

}  // namespace weir::openvino
