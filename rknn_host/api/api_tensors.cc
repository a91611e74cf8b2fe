// SPDX-License-Identifier: Apache-2.0
// RKNN C API: inputs, runs, outputs.
#include <span>

#include <fmt/format.h>

#include "rknn_host/api/border.h"

using namespace weir::rknn_host;

namespace {

/// How many elements of an array are looked at: 1 to `most`.
size_t counted(uint32_t count, size_t most, const char* what) {
  if (count == 0 || count > most) {
    throw Failure(RKNN_ERR_PARAM_INVALID, fmt::format("{} {}: there are {}", count, what, most));
  }
  return count;
}

/// Bytes that are passed through are read as the model's own type, whatever type the program gives them.
void note_misread(const rknn_input& input, const TensorSpec& spec) {
  if (input.pass_through == 0 || input.type == spec.type) return;
  Runtime::instance().log().once(fmt::format(
      "rknn_inputs_set: input '{}' is passed through as {}: it is read as {}, as rknn_query tells it",
      spec.name, get_type_string(input.type), get_type_string(spec.type)));
}

}  // namespace

WEIR_RKNN_EXPORT int rknn_inputs_set(rknn_context context, uint32_t n_inputs, rknn_input inputs[]) {
  return guarded("rknn_inputs_set", [&] {
    const ContextInUse target(context, "rknn_inputs_set");
    require(inputs, "inputs");
    const std::span<const rknn_input> given(
        inputs, counted(n_inputs, target->first_signature().inputs.size(), "inputs"));
    target->set_inputs(given);
    for (const rknn_input& input : given) note_misread(input, target->first_signature().inputs[input.index]);
  });
}

WEIR_RKNN_EXPORT int rknn_run(rknn_context context, rknn_run_extend* extend) {
  return guarded("rknn_run", [&] { ContextInUse(context, "rknn_run")->run(extend); });
}

WEIR_RKNN_EXPORT int rknn_wait(rknn_context context, rknn_run_extend* extend) {
  return guarded("rknn_wait", [&] { context_of(context)->wait(extend); });
}

WEIR_RKNN_EXPORT int rknn_outputs_get(rknn_context context, uint32_t n_outputs, rknn_output outputs[],
                                      rknn_output_extend* extend) {
  return guarded("rknn_outputs_get", [&] {
    const ContextInUse source(context, "rknn_outputs_get");
    require(outputs, "outputs");
    source->get_outputs({outputs, counted(n_outputs, source->first_signature().outputs.size(), "outputs")},
                        extend);
  });
}

WEIR_RKNN_EXPORT int rknn_outputs_release(rknn_context context, uint32_t n_ouputs, rknn_output outputs[]) {
  return guarded("rknn_outputs_release", [&] {
    const auto source = context_of(context);
    require(outputs, "outputs");
    source->release_outputs(
        {outputs, counted(n_ouputs, source->first_signature().outputs.size(), "outputs")});
  });
}
