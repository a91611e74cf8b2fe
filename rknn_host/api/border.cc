// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/api/border.h"

#include <new>

#include <fmt/format.h>

#include "backends/openvino/openvino_model.h"

namespace weir::rknn_host {
namespace {

Failure current_failure() {
  try {
    throw;
  } catch (const Failure& failure) {
    return failure;
  } catch (const std::bad_alloc&) {
    return {RKNN_ERR_MALLOC_FAIL, "out of memory"};
  } catch (const std::exception& error) {
    return {RKNN_ERR_FAIL, openvino::cause(error)};
  } catch (...) {
    return {RKNN_ERR_FAIL, "unknown exception"};
  }
}

}  // namespace

int report_failure(const char* function) noexcept {
  try {
    const Failure failure = current_failure();
    Runtime::instance().log().line(
        fmt::format("{}: {} ({} {})", function, failure.what(), code_name(failure.code()), failure.code()));
    return failure.code();
  } catch (...) {
    return RKNN_ERR_MALLOC_FAIL;  // not even a line of text
  }
}

ContextInUse::ContextInUse(rknn_context handle, const char* function) : context_(context_of(handle)) {
  if (const char* other = context_->begin_call(function))
    Runtime::instance().note_overlap(handle, function, other);
}

void require(const void* pointer, const char* name) {
  if (pointer == nullptr) throw Failure(RKNN_ERR_PARAM_INVALID, fmt::format("{} is NULL", name));
}

}  // namespace weir::rknn_host
