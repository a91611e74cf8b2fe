// SPDX-License-Identifier: Apache-2.0
// RKNN C API: rknn_query.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <openvino/core/version.hpp>

#include "rknn_host/api/border.h"

using namespace weir::rknn_host;

namespace {

/// rknn_mem_size had its two first members only, before version 1.4.
constexpr uint32_t kOldMemorySize = 2 * sizeof(uint32_t);

/// As the real runtime: a buffer that is larger than the answer is fine, a smaller one is not.
void require_size(uint32_t size, size_t needed, const char* type) {
  if (size < needed) {
    throw Failure(RKNN_ERR_PARAM_INVALID, fmt::format("size {} < sizeof({}) {}", size, type, needed));
  }
}

template <class T>
T& answer_in(void* info, uint32_t size, const char* type) {
  require_size(size, sizeof(T), type);
  return *static_cast<T*>(info);
}

void copy_text(std::string_view text, char* to, size_t size) {
  const size_t length = std::min(text.size(), size - 1);
  std::copy_n(text.begin(), length, to);
  std::fill(to + length, to + size, '\0');
}

uint32_t checked(uint32_t index, const std::vector<TensorSpec>& specs, int code) {
  if (index >= specs.size()) throw Failure(code, fmt::format("index {}: there are {}", index, specs.size()));
  return index;
}

void answer_attributes(const std::vector<TensorSpec>& specs, View view, void* info, uint32_t size) {
  auto& attr = answer_in<rknn_tensor_attr>(info, size, "rknn_tensor_attr");
  const uint32_t index = checked(attr.index, specs, RKNN_ERR_PARAM_INVALID);
  attr = attributes(specs[index], index, view);
}

void answer_range(const HostModel& model, void* info, uint32_t size) {
  auto& range = answer_in<rknn_input_range>(info, size, "rknn_input_range");
  const uint32_t index = checked(range.index, model.signature(0).inputs, RKNN_ERR_PARAM_INVALID);
  const rknn_tensor_attr first = attributes(model.signature(0).inputs[index], index, View::kPlain);
  range = {.index = index,
           .shape_number = static_cast<uint32_t>(model.shape_sets()),
           .fmt = first.fmt,
           .n_dims = first.n_dims};
  std::memcpy(range.name, first.name, sizeof(range.name));
  for (size_t set = 0; set < model.shape_sets(); ++set) {
    std::ranges::copy(told_dims(model.signature(set).inputs[index]), range.dyn_range[set]);
  }
}

void answer_memory_size(const HostContext& context, void* info, uint32_t size) {
  const rknn_mem_size answer = context.memory_size();
  if (size == kOldMemorySize) {
    std::memcpy(info, &answer, kOldMemorySize);
  } else {
    answer_in<rknn_mem_size>(info, size, "rknn_mem_size") = answer;
  }
}

void answer_versions(void* info, uint32_t size) {
  auto& version = answer_in<rknn_sdk_version>(info, size, "rknn_sdk_version");
  copy_text(fmt::format("2.3.2 (weir host runtime, OpenVINO {})", ov::get_openvino_version().buildNumber),
            version.api_version, sizeof(version.api_version));
  copy_text(Runtime::instance().device().simulation.describe(), version.drv_version,
            sizeof(version.drv_version));
}

void answer_numbers(const Signature& signature, void* info, uint32_t size) {
  answer_in<rknn_input_output_num>(info, size, "rknn_input_output_num") = {
      .n_input = static_cast<uint32_t>(signature.inputs.size()),
      .n_output = static_cast<uint32_t>(signature.outputs.size())};
}

void answer(HostContext& context, rknn_query_cmd command, void* info, uint32_t size) {
  const Signature& first = context.first_signature();
  switch (static_cast<int>(command)) {
    case RKNN_QUERY_IN_OUT_NUM:
      return answer_numbers(first, info, size);
    case RKNN_QUERY_INPUT_ATTR:
      return answer_attributes(first.inputs, View::kPlain, info, size);
    case RKNN_QUERY_OUTPUT_ATTR:
      return answer_attributes(first.outputs, View::kPlain, info, size);
    case RKNN_QUERY_NATIVE_INPUT_ATTR:
    case RKNN_QUERY_NATIVE_NHWC_INPUT_ATTR:
      return answer_attributes(first.inputs, View::kNative, info, size);
    case RKNN_QUERY_NATIVE_OUTPUT_ATTR:
      return answer_attributes(first.outputs, View::kNative, info, size);
    case RKNN_QUERY_NATIVE_NHWC_OUTPUT_ATTR:
      return answer_attributes(first.outputs, View::kNativeNhwc, info, size);
    case RKNN_QUERY_CURRENT_INPUT_ATTR:
      return answer_attributes(context.current_signature().inputs, View::kPlain, info, size);
    case RKNN_QUERY_CURRENT_OUTPUT_ATTR:
      return answer_attributes(context.current_signature().outputs, View::kPlain, info, size);
    case RKNN_QUERY_CURRENT_NATIVE_INPUT_ATTR:
      return answer_attributes(context.current_signature().inputs, View::kNative, info, size);
    case RKNN_QUERY_CURRENT_NATIVE_OUTPUT_ATTR:
      return answer_attributes(context.current_signature().outputs, View::kNative, info, size);
    case RKNN_QUERY_INPUT_DYNAMIC_RANGE:
      return answer_range(*context.model(), info, size);
    case RKNN_QUERY_MEM_SIZE:
      return answer_memory_size(context, info, size);
    case RKNN_QUERY_SDK_VERSION:
      return answer_versions(info, size);
    case RKNN_QUERY_PERF_RUN:
      answer_in<rknn_perf_run>(info, size, "rknn_perf_run").run_duration = context.last_run_us();
      return;
    case RKNN_QUERY_PERF_DETAIL: {
      const std::string_view text = context.performance();
      answer_in<rknn_perf_detail>(info, size, "rknn_perf_detail") = {
          .perf_data = const_cast<char*>(text.data()), .data_len = text.size()};
      return;
    }
    case RKNN_QUERY_CUSTOM_STRING: {
      auto& custom = answer_in<rknn_custom_string>(info, size, "rknn_custom_string");
      return copy_text(context.model()->custom_string(), custom.string, sizeof(custom.string));
    }
    default:
      throw Failure(RKNN_ERR_PARAM_INVALID,
                    fmt::format("query command {} is not known", static_cast<int>(command)));
  }
}

}  // namespace

WEIR_RKNN_EXPORT int rknn_query(rknn_context context, rknn_query_cmd cmd, void* info, uint32_t size) {
  return guarded("rknn_query", [&] {
    const auto asked = context_of(context);
    require(info, "info");
    // Programs ask every model for this: it is no mistake, and nothing is said.
    if (cmd == RKNN_QUERY_INPUT_DYNAMIC_RANGE && !asked->model()->has_dynamic_shapes())
      return RKNN_ERR_MODEL_INVALID;
    answer(*asked, cmd, info, size);
    return RKNN_SUCC;
  });
}
