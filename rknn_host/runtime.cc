// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/runtime.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>
#include <openvino/runtime/properties.hpp>

#include "base/cpu.h"
#include "memory/process_memory.h"
#include "rknn_host/failure.h"

namespace weir::rknn_host {
namespace {

constexpr uint32_t kFences = RKNN_FLAG_FENCE_IN_OUTSIDE | RKNN_FLAG_FENCE_OUT_OUTSIDE;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// "3 outputs, 1200 bytes, were"
std::string counted(const Leftovers& left, std::string_view one, std::string_view many) {
  return fmt::format("{} {}, {} bytes, {}", left.count, left.count == 1 ? one : many, left.bytes,
                     left.count == 1 ? "was" : "were");
}

}  // namespace

Runtime::Runtime() : process_(getpid()) {}

Runtime& Runtime::instance() {
  static Runtime* const runtime = new Runtime();
  return *runtime;
}

Device& Runtime::device() {
  std::call_once(device_once_, [this] {
    device_ = std::make_unique<Device>(Simulation::parse(environment("WEIR_RKNN_HOST")));
  });
  return *device_;
}

template <class Make>
rknn_context Runtime::measured(Make&& make) {
  Device& on = device();
  const std::lock_guard lock(on.making);
  const int64_t made = on.contexts_made;
  if (const int code = on.simulation.init_result(made); code != RKNN_SUCC) {
    throw Failure(code, fmt::format("{} contexts were made: more fail, as WEIR_RKNN_HOST says", made));
  }
  // The CPU plugin is loaded by now, so that it is not taken for a part of the first context.
  const std::shared_ptr<ov::Core> core = on.core();
  (void)core->get_property("CPU", ov::device::full_name);
  const int64_t before = settled_anonymous_bytes();
  std::shared_ptr<HostContext> context = make(on);
  const bool has_new_model = context->model().use_count() == 1;
  const int64_t new_weights = has_new_model ? context->model()->weights_bytes() : 0;
  context->charge_internal(settled_anonymous_bytes() - before - new_weights);
  ++on.contexts_made;
  return handles_.add(std::move(context));
}

rknn_context Runtime::init(const char* path, std::span<const uint8_t> bytes, uint32_t flags,
                           const rknn_init_extend* extend) {
  if ((flags & kFences) != 0)
    log_.once("fences (RKNN_FLAG_FENCE_*) are not simulated: runs neither wait for nor give any");
  const Catalog catalog{.map = ModelMap::read(environment("WEIR_RKNN_HOST_MAP")),
                        .folders = ModelFolders::parse(environment("WEIR_RKNN_HOST_MODELS"))};
  Slice slice;
  if (extend != nullptr) slice = {.offset = extend->real_model_offset, .size = extend->real_model_size};
  ModelSource source = path != nullptr ? ModelSource::from_path(path, slice, catalog)
                                       : ModelSource::from_bytes(bytes, slice, catalog);
  return measured([&](Device& on) {
    std::shared_ptr<HostModel> model = load(std::move(source), flags, extend);
    for (const std::string& note : model->notes()) log_.once(note);
    const size_t shape_set = model->largest_shape_set();
    return std::make_shared<HostContext>(on, std::move(model), flags, shape_set, nullptr);
  });
}

rknn_context Runtime::duplicate(rknn_context context) {
  const std::shared_ptr<HostContext> original = handles_.context(context);
  return measured([&](Device&) { return original->duplicate(); });
}

void Runtime::destroy(rknn_context context) {
  const std::shared_ptr<HostContext> gone = handles_.remove(context);
  if (const char* other = gone->begin_call("rknn_destroy")) note_overlap(context, "rknn_destroy", other);
  if (!device().simulation.report_leaks) return;
  if (const Leftovers outputs = gone->outputs_left(); outputs.count > 0) {
    log_.line(fmt::format("rknn_destroy: {} never released (rknn_outputs_release)",
                          counted(outputs, "output of the context", "outputs of the context")));
  }
  if (const Leftovers memory = handles_.memory_left_by(context); memory.count > 0) {
    log_.line(fmt::format("rknn_destroy: {} not destroyed before (rknn_destroy_mem)",
                          counted(memory, "memory made with the context", "memories made with the context")));
  }
}

void Runtime::report_leftovers() {
  if (getpid() != process_) return;
  log_.flush();
  if (device_ == nullptr || !device_->simulation.report_leaks) return;
  const auto contexts = handles_.contexts();
  Leftovers outputs;
  for (const auto& context : contexts) outputs += context->outputs_left();
  if (outputs.count > 0)
    log_.once(fmt::format("at the end: {} never released (rknn_outputs_release)",
                          counted(outputs, "output", "outputs")));
  if (const Leftovers memory = handles_.memory_left(); memory.count > 0)
    log_.once(fmt::format("at the end: {} never destroyed (rknn_destroy_mem)",
                          counted(memory, "memory", "memories")));
  if (!contexts.empty()) {
    log_.once(
        fmt::format("at the end: {} never destroyed (rknn_destroy), the first of model {}",
                    contexts.size() == 1 ? "1 context was" : fmt::format("{} contexts were", contexts.size()),
                    contexts.front()->model()->source().label()));
  }
}

void Runtime::note_overlap(rknn_context context, std::string_view function, std::string_view other) {
  log_.line(fmt::format(
      "{}: another thread is in {} of the context {:#x}: what the two give and get is mixed up; a "
      "context is for one thread at a time, rknn_dup_context makes further ones",
      function, other, context));
}

std::shared_ptr<HostModel> Runtime::load(ModelSource source, uint32_t flags, const rknn_init_extend* extend) {
  if ((flags & RKNN_FLAG_SHARE_WEIGHT_MEM) != 0) {
    if (extend == nullptr)
      throw Failure(RKNN_ERR_PARAM_INVALID, "RKNN_FLAG_SHARE_WEIGHT_MEM needs extend->ctx");
    std::shared_ptr<HostModel> shared = handles_.context(extend->ctx)->model();
    if (!source.hash().empty() && shared->source().hash() == source.hash()) return shared;
    log_.line(fmt::format("model {} is not that of extend->ctx: its weights are loaded on their own",
                          source.label()));
  }
  const int cores = std::min(device().simulation.cores, available_cores());
  const Graph::Options options{.parallel_runs = cores,
                               .profiling = (flags & RKNN_FLAG_COLLECT_PERF_MASK) != 0};
  return std::make_shared<HostModel>(device().core(), std::move(source), options, device().memory);
}

}  // namespace weir::rknn_host
