// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/model/told_types.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weir::rknn_host {
namespace {

std::string_view name_of(rknn_tensor_type type) {
  switch (type) {
    case RKNN_TENSOR_INT8:
      return "int8";
    case RKNN_TENSOR_UINT8:
      return "uint8";
    default:
      return "float16";
  }
}

bool is_integer(std::string_view type) {
  return type.starts_with("int") || type.starts_with("uint") || type.starts_with("bool");
}

/// What the lines need of the inputs, or of the outputs.
struct Differences {
  std::vector<std::string> said;     ///< "output 'boxes' is int8"
  std::vector<std::string> entries;  ///< for the map; none for types that it has not
};

Differences differences(std::span<const PlainTensor> plain, bool inputs,
                        const std::vector<TensorSpec>& specs) {
  std::vector<PlainTensor> tensors;
  std::ranges::copy_if(plain, std::back_inserter(tensors),
                       [&](const PlainTensor& tensor) { return tensor.is_input == inputs; });
  Differences result;
  for (size_t i = 0; i < tensors.size(); ++i) {
    auto spec = std::ranges::find(specs, tensors[i].name, &TensorSpec::name);
    if (spec == specs.end() && tensors.size() == specs.size())
      spec = specs.begin() + static_cast<ptrdiff_t>(i);
    const std::string& type = tensors[i].type;
    if (spec == specs.end() || !is_integer(type) || type == name_of(spec->type)) continue;
    result.said.push_back(fmt::format("{} '{}' is {}", inputs ? "input" : "output", spec->name, type));
    if (type == "int8" || type == "uint8") {
      result.entries.push_back(
          fmt::format(R"("{}": {{"type": "{}", "scale": S, "zero_point": Z}})", spec->name, type));
    }
  }
  return result;
}

}  // namespace

std::string types_that_differ(const std::string& label, const std::string& key,
                              std::span<const PlainTensor> plain, const Signature& signature) {
  const Differences inputs = differences(plain, true, signature.inputs);
  const Differences outputs = differences(plain, false, signature.outputs);
  std::vector<std::string> said = inputs.said;
  said.insert(said.end(), outputs.said.begin(), outputs.said.end());
  if (said.empty()) return "";
  std::vector<std::string> kinds;
  if (!inputs.entries.empty())
    kinds.push_back(fmt::format(R"("inputs": {{{}}})", fmt::join(inputs.entries, ", ")));
  if (!outputs.entries.empty())
    kinds.push_back(fmt::format(R"("outputs": {{{}}})", fmt::join(outputs.entries, ", ")));
  const std::string remedy =
      kinds.empty()
          ? "this runtime does not have these types"
          : fmt::format(
                "WEIR_RKNN_HOST_MAP needs, with each scale S and zero point Z as rknn_query tells them "
                R"(on a board: {{"models": {{"{}": {{{}}}}}}})",
                key, fmt::join(kinds, ", "));
  return fmt::format(
      "model {}: on a board {}, but what runs here is told as other types, and a program that reads "
      "those of the board misreads it; {}",
      label, fmt::join(said, ", "), remedy);
}

}  // namespace weir::rknn_host
