// SPDX-License-Identifier: Apache-2.0
#include "backends/rknn/rknn_model.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "backends/rknn/rknn_context.h"
#include "backends/rknn/rknn_error.h"
#include "memory/process_memory.h"

namespace weir {
namespace {

std::string of_model(const std::string& path) {
  return fmt::format("model '{}'", path);
}

Status check_precision(Precision wanted, Precision computed) {
  if (wanted == Precision::kAuto || wanted == computed) return {};
  return Error{ErrorCode::kUnsupported,
               fmt::format("computes {}, as it was converted, not {}: --precision auto", to_string(computed),
                           to_string(wanted))};
}

}  // namespace

Result<RknnLoaded> load_rknn(RknnRuntime& runtime, const ModelSpec& spec) {
  WEIR_ASSIGN_OR_RETURN(std::shared_ptr<RknnHandle> handle, runtime.init(spec.path));
  auto tensors = read_tensors(runtime.library(), handle->context, spec.input_size);
  if (!tensors) return tensors.error().in(of_model(spec.path));
  const Status precision = check_precision(spec.precision, tensors->info.precision);
  if (!precision) return precision.error().in(of_model(spec.path));
  tensors->info.path = spec.path;
  tensors->info.backend = "rknn";
  return RknnLoaded{std::move(handle), *std::move(tensors)};
}

Result<std::shared_ptr<RknnModel>> RknnModel::load(std::shared_ptr<RknnRuntime> runtime,
                                                   const ModelSpec& spec) {
  const int64_t before = settled_anonymous_bytes();
  WEIR_ASSIGN_OR_RETURN(RknnLoaded loaded, load_rknn(*runtime, spec));
  const int64_t grown = grown_anonymous_bytes(before);
  rknn_mem_size size{};
  const Status asked = WEIR_RKNN_QUERY(runtime->library(), loaded.handle->context, RKNN_QUERY_MEM_SIZE, size);
  if (!asked) return asked.error().in(of_model(spec.path));
  // A board has the weights in memory of the NPU's, a PC among everything else.
  const int64_t weights_among_it = runtime->library().host_runtime ? int64_t{size.total_weight_size} : 0;
  return std::make_shared<RknnModel>(std::move(runtime), std::move(loaded), size.total_weight_size,
                                     std::max<int64_t>(0, grown - weights_among_it));
}

RknnModel::RknnModel(std::shared_ptr<RknnRuntime> runtime, RknnLoaded loaded, int64_t weights_bytes,
                     int64_t shared_bytes)
    : runtime_(std::move(runtime)),
      first_(std::move(loaded.handle)),
      tensors_(std::move(loaded.tensors)),
      weights_bytes_(weights_bytes),
      shared_bytes_(shared_bytes) {}

MemoryBill RknnModel::bill() const {
  return {.weights_bytes = weights_bytes_ * (1 + further_copies_),
          .shared_bytes = shared_bytes_,
          .context_bytes = context_bytes_};
}

Result<InputBuffer> RknnModel::allocate_input() {
  constexpr int kGray = 114;
  WEIR_ASSIGN_OR_RETURN(std::shared_ptr<RknnInput> input, RknnInput::create(first_, tensors_.input_bytes));
  const std::span bytes(static_cast<uint8_t*>(input->memory()->virt_addr),
                        tensors_.info.inputs[0].size_bytes);
  std::memset(bytes.data(), kGray, bytes.size());  // so that it exists before the first frame
  return InputBuffer(bytes, input->owner());
}

Result<std::unique_ptr<Context>> RknnModel::new_context(int core) {
  const int64_t before = settled_anonymous_bytes();
  std::shared_ptr<RknnHandle> handle = take_first();
  const bool is_first = handle != nullptr;
  if (!is_first) {
    WEIR_ASSIGN_OR_RETURN(handle, make_handle());
  }
  const auto make = [&]() -> Result<std::unique_ptr<Context>> {
    WEIR_ASSIGN_OR_RETURN(std::unique_ptr<RknnSession> session, make_session(std::move(handle), core));
    WEIR_ASSIGN_OR_RETURN(const int64_t bytes, bytes_of(*session, before));
    return std::make_unique<RknnContext>(shared_from_this(), std::move(session), core, bytes);
  };
  Result<std::unique_ptr<Context>> context = make();
  if (context) return context;
  if (is_first) first_is_free_ = true;
  return context.error().in(of_model(tensors_.info.path));
}

/// What a new context takes, where the process had `before` bytes of anonymous memory. A board has
/// activations in memory of the NPU's, of which only the runtime knows.
Result<int64_t> RknnModel::bytes_of(RknnSession& session, int64_t before) const {
  if (runtime_->library().host_runtime) {
    return grown_anonymous_bytes(before) + session.output_bytes();
  }
  WEIR_ASSIGN_OR_RETURN(const int64_t internal, session.query_internal_bytes());
  return internal + session.output_bytes();
}

void RknnModel::begin(const RknnSession& session, int64_t bytes) {
  context_bytes_ += bytes;
  if (is_further_copy(session)) ++further_copies_;
}

void RknnModel::end(std::unique_ptr<RknnSession> session, int64_t bytes) {
  context_bytes_ -= bytes;
  if (is_further_copy(*session)) --further_copies_;
  const bool was_first = session->handle() == first_;
  session.reset();
  if (was_first) first_is_free_ = true;
}

Status RknnModel::replace(std::unique_ptr<RknnSession>& failing, int core) {
  WEIR_ASSIGN_OR_RETURN(std::shared_ptr<RknnHandle> handle, make_handle());
  WEIR_ASSIGN_OR_RETURN(std::unique_ptr<RknnSession> session, make_session(std::move(handle), core));
  if (is_further_copy(*failing)) --further_copies_;
  if (is_further_copy(*session)) ++further_copies_;
  failing = std::move(session);
  return {};
}

bool RknnModel::is_further_copy(const RknnSession& session) const {
  return !session.handle()->shares_weights && session.handle() != first_;
}

/// Null where somebody has it.
std::shared_ptr<RknnHandle> RknnModel::take_first() {
  return first_is_free_.exchange(false) ? first_ : nullptr;
}

Result<std::shared_ptr<RknnHandle>> RknnModel::make_handle() {
  if (can_duplicate_) {
    Result<std::shared_ptr<RknnHandle>> handle = duplicate();
    if (handle) {
      has_duplicated_ = true;
      return handle;
    }
    // What has worked once, and a device that does not answer, may work again: that is no reason for copies.
    const ErrorCode code = handle.error().code;
    if (has_duplicated_ || code == ErrorCode::kResourceExhausted || code == ErrorCode::kUnavailable)
      return handle;
    can_duplicate_ = false;
    runtime_->tell_once(
        fmt::format("contexts can't share weights here, each has its own: {}", handle.error().message));
  }
  return runtime_->init(tensors_.info.path);
}

Result<std::shared_ptr<RknnHandle>> RknnModel::duplicate() {
  const RknnLibrary& library = runtime_->library();
  if (library.dup_context == nullptr) {
    return Error{ErrorCode::kUnsupported, fmt::format("{} has no rknn_dup_context", library.path)};
  }
  const std::lock_guard lock(first_->mutex);
  rknn_context original = first_->context;
  rknn_context context = 0;
  WEIR_RETURN_IF_ERROR(rknn_status("rknn_dup_context", library.dup_context(&original, &context)));
  return std::make_shared<RknnHandle>(first_->library, context, /*shares=*/true);
}

/// Puts a context on its core. Where that can't be had, on whichever is free.
Status RknnModel::place(RknnHandle& handle, int core) {
  const int cores = runtime_->cores();
  if (cores == 1) return {};  // such chips refuse every mask
  const RknnLibrary& library = runtime_->library();
  if (library.set_core_mask == nullptr) {
    runtime_->tell_once(
        fmt::format("contexts run on whichever core is free: {} has no rknn_set_core_mask", library.path));
    return {};
  }
  const std::lock_guard lock(handle.mutex);
  if (core < cores) {
    const int code = library.set_core_mask(handle.context, static_cast<rknn_core_mask>(1U << unsigned(core)));
    if (code == RKNN_SUCC) return {};
    runtime_->tell_once(
        fmt::format("contexts for core {} run on whichever is free: rknn_set_core_mask gives {}, "
                    "as where the NPU has no such core",
                    core, rknn_code_name(code)));
  } else {
    runtime_->tell_once(
        fmt::format("contexts for core {} run on whichever is free: this NPU has {} cores, "
                    "numbered from 0",
                    core, cores));
  }
  library.set_core_mask(handle.context, RKNN_NPU_CORE_AUTO);  // the default: where refused, it is so anyway
  return {};
}

/// Runs it once, so that its memory exists and what can't run says so now.
Result<std::unique_ptr<RknnSession>> RknnModel::make_session(std::shared_ptr<RknnHandle> handle, int core) {
  WEIR_RETURN_IF_ERROR(place(*handle, core));
  WEIR_ASSIGN_OR_RETURN(std::unique_ptr<RknnSession> session,
                        RknnSession::create(std::move(handle), tensors_));
  WEIR_ASSIGN_OR_RETURN(const InputBuffer input, allocate_input());
  WEIR_RETURN_IF_ERROR(session->run(*static_cast<RknnInput*>(input.owner())));
  return session;
}

}  // namespace weir
