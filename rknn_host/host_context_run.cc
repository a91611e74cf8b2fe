// SPDX-License-Identifier: Apache-2.0
// HostContext's runs and their results.
#include <algorithm>
#include <chrono>
#include <new>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "rknn_host/host_context.h"

#include "backends/openvino/openvino_model.h"

namespace weir::rknn_host {
namespace {

using Clock = std::chrono::steady_clock;

/// What the i-th entry of a program's array asks for. Programs that leave every index 0 mean the order of the
/// array.
std::vector<uint32_t> wanted_indices(std::span<const rknn_output> outputs, size_t count) {
  std::vector<uint32_t> indices;
  for (const rknn_output& output : outputs) indices.push_back(output.index);
  if (std::set(indices.begin(), indices.end()).size() != indices.size()) {
    for (uint32_t i = 0; i < indices.size(); ++i) indices[i] = i;
  }
  for (const uint32_t index : indices) {
    if (index >= count) {
      throw Failure(RKNN_ERR_OUTPUT_INVALID, fmt::format("output index {}: there are {}", index, count));
    }
  }
  return indices;
}

Packing wanted_packing(const rknn_output& output, const TensorSpec& spec) {
  return {.type = output.want_float != 0 ? RKNN_TENSOR_FLOAT32 : spec.type, .fmt = RKNN_TENSOR_NCHW};
}

}  // namespace

void HostContext::run(rknn_run_extend* extend) {
  const std::lock_guard lock(mutex_);
  settle();
  require_inputs_and_memory();
  if (has(RKNN_FLAG_ASYNC_MASK)) keep_frame();
  ++frame_id_;
  done_ = false;
  failed_.reset();
  const bool waits = extend == nullptr || extend->non_block == 0;
  const int timeout_ms = extend == nullptr ? 0 : extend->timeout_ms;
  if (extend != nullptr) extend->frame_id = frame_id_;
  if (has(RKNN_FLAG_ASYNC_MASK) || !waits) {
    start();
    return;
  }
  if (timeout_ms > 0) {
    start();
    if (!finish(timeout_ms)) throw Failure(RKNN_ERR_TIMEOUT, fmt::format("not done in {} ms", timeout_ms));
  } else {
    compute();
  }
  if (failed_) throw Failure(*failed_);
}

void HostContext::wait(const rknn_run_extend* extend) {
  const std::lock_guard lock(mutex_);
  const int timeout_ms = extend == nullptr ? 0 : extend->timeout_ms;
  if (!finish(timeout_ms)) throw Failure(RKNN_ERR_TIMEOUT, fmt::format("not done in {} ms", timeout_ms));
  kept_frame_.reset();  // who waits wants the outputs of what was waited for
  if (failed_) throw Failure(*failed_);
}

void HostContext::get_outputs(std::span<rknn_output> outputs, rknn_output_extend* extend) {
  const std::lock_guard lock(mutex_);
  const bool from_before = kept_frame_.has_value();
  if (!from_before) settle();
  if (const auto& failed = from_before ? kept_frame_->failed : failed_) {
    throw Failure(failed->code(), fmt::format("the run failed: {}", failed->what()));
  }
  if (!from_before && !done_) throw Failure(RKNN_ERR_FAIL, "no run yet, so there are no outputs");
  const std::vector<TensorSpec>& specs = signature().outputs;
  const std::vector<uint32_t> indices = wanted_indices(outputs, specs.size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    const TensorSpec& spec = specs[indices[i]];
    const size_t bytes = packed_bytes(spec.extent(), wanted_packing(outputs[i], spec));
    if (outputs[i].is_prealloc != 0 && (outputs[i].buf == nullptr || outputs[i].size < bytes)) {
      throw Failure(RKNN_ERR_PARAM_INVALID,
                    fmt::format("output '{}': {} bytes given, {} needed", spec.name,
                                outputs[i].buf == nullptr ? 0 : outputs[i].size, bytes));
    }
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    const uint32_t index = indices[i];
    outputs[i].index = index;
    give(outputs[i], specs[index],
         from_before ? kept_frame_->outputs[index].data() : inference_->output(index));
  }
  if (extend != nullptr) extend->frame_id = from_before ? kept_frame_->id : frame_id_;
}

void HostContext::release_outputs(std::span<rknn_output> outputs) {
  const std::lock_guard lock(mutex_);
  for (rknn_output& output : outputs) {
    if (output.is_prealloc != 0 || output.buf == nullptr) continue;
    const auto node = given_.extract(output.buf);
    if (node.empty()) {
      throw Failure(RKNN_ERR_OUTPUT_INVALID,
                    "a buffer that rknn_outputs_get did not give, or that was released before");
    }
    --outputs_left_;
    output_bytes_left_ -= node.mapped().size;
    output.buf = nullptr;
  }
}

int64_t HostContext::last_run_us() {
  const std::lock_guard lock(mutex_);
  finish(0);
  return last_run_us_;
}

std::string_view HostContext::performance() {
  const std::lock_guard lock(mutex_);
  settle();
  if (!has(RKNN_FLAG_COLLECT_PERF_MASK)) {
    throw Failure(RKNN_ERR_PARAM_INVALID, "the context was not made with RKNN_FLAG_COLLECT_PERF_MASK");
  }
  if (!done_) throw Failure(RKNN_ERR_FAIL, "no run yet");
  return performance_;
}

void HostContext::require_inputs_and_memory() const {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i].owner == nullptr) {
      throw Failure(RKNN_ERR_INPUT_INVALID,
                    fmt::format("input '{}' was not set", signature().inputs[i].name));
    }
  }
  if (has(RKNN_FLAG_MEM_ALLOC_OUTSIDE) && weight_memory_ == nullptr) {
    throw Failure(RKNN_ERR_FAIL, "RKNN_FLAG_MEM_ALLOC_OUTSIDE, but no rknn_set_weight_mem");
  }
  if (has(RKNN_FLAG_MEM_ALLOC_OUTSIDE | RKNN_FLAG_INTERNAL_ALLOC_OUTSIDE) && internal_memory_ == nullptr) {
    throw Failure(RKNN_ERR_FAIL, "activations are to be allocated outside, but no rknn_set_internal_mem");
  }
}

void HostContext::choose_graph() {
  const Form form = signature().has_pictures() ? form_for(signature(), inputs_) : Form::kNumbers;
  if (inference_->graph().form() == form) return;
  inference_ = std::make_unique<Inference>(model_->graph(shape_set_, form));
}

void HostContext::compute() {
  try {
    const int64_t number = ++device_.runs;
    if (const int code = device_.simulation.run_result(number); code != RKNN_SUCC) {
      throw Failure(code, fmt::format("run {} of the process fails, as WEIR_RKNN_HOST says", number));
    }
    choose_graph();
    const CoreQueue::Lease lease = device_.queue.acquire(cores_);
    const Clock::time_point begin = Clock::now();
    inference_->run(inputs_, outputs_);
    const Clock::duration least =
        std::max<Clock::duration>(Clock::now() - begin, device_.simulation.core_time);
    const double slowness = device_.simulation.slowness(lease.cores());
    std::this_thread::sleep_until(begin + std::chrono::duration_cast<Clock::duration>(least * slowness));
    last_run_us_ = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count();
    if (has(RKNN_FLAG_COLLECT_PERF_MASK)) performance_ = inference_->profile();
    done_ = true;
  } catch (const Failure& failure) {
    failed_ = failure;
  } catch (const std::bad_alloc&) {
    failed_ = Failure(RKNN_ERR_MALLOC_FAIL, "out of memory");
  } catch (const std::exception& error) {
    failed_ = Failure(RKNN_ERR_FAIL, openvino::cause(error));
  }
}

void HostContext::start() {
  pending_ = std::async(std::launch::async, [this] { compute(); });
}

bool HostContext::finish(int timeout_ms) {
  if (!pending_.valid()) return true;
  if (timeout_ms > 0 &&
      pending_.wait_for(std::chrono::milliseconds(timeout_ms)) != std::future_status::ready) {
    return false;
  }
  pending_.get();
  return true;
}

void HostContext::keep_frame() {
  kept_frame_.reset();
  if (!done_ && !failed_) return;
  Frame frame{.id = frame_id_, .failed = failed_};
  const size_t count = done_ ? signature().outputs.size() : 0;
  for (size_t i = 0; i < count; ++i) {
    const float* values = inference_->output(i);
    frame.outputs.emplace_back(values, values + signature().outputs[i].extent().elements());
  }
  kept_frame_ = std::move(frame);
}

void HostContext::give(rknn_output& output, const TensorSpec& spec, const float* values) {
  const Packing packing = wanted_packing(output, spec);
  if (output.is_prealloc == 0) {
    const size_t bytes = packed_bytes(spec.extent(), packing);
    auto buffer = std::make_unique_for_overwrite<uint8_t[]>(bytes);
    output.buf = buffer.get();
    output.size = static_cast<uint32_t>(bytes);
    given_.emplace(output.buf, Given{.bytes = std::move(buffer), .size = static_cast<int64_t>(bytes)});
    ++outputs_left_;
    output_bytes_left_ += static_cast<int64_t>(bytes);
  }
  write_output(values, spec, packing, static_cast<uint8_t*>(output.buf));
}

}  // namespace weir::rknn_host
