// SPDX-License-Identifier: Apache-2.0
#include "backends/rknn/rknn_context.h"

#include <bit>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace weir {

Status RknnContext::run(InputBuffer& input) {
  WEIR_RETURN_IF_ERROR(check_input(input, model_->info()));
  Status status = session_->run(*static_cast<RknnInput*>(input.owner()));
  failures_ = status ? 0 : failures_ + 1;
  if (failures_ == kFailuresToReplace) {
    failures_ = 0;
    replace_session();
  }
  return status;
}

/// Where that fails, too, the old one stays: the next failures try again.
void RknnContext::replace_session() {
  const Status replaced = model_->replace(session_, core_);
  // An NPU that is gone fails for good: said the 1st, 2nd, 4th, 8th ... time.
  if (!std::has_single_bit(++replacements_)) return;
  const std::string what =
      fmt::format("a context on core {} failed {} times in a row", core_, kFailuresToReplace);
  if (replaced) {
    spdlog::warn(fmt::format("{}: replaced by a fresh one", what));
  } else {
    spdlog::error(fmt::format("{}, and can't be replaced: {}", what, replaced.error().message));
  }
}

ConstTensorView RknnContext::output(int i) const {
  const auto index = static_cast<size_t>(i);
  return {&model_->info().outputs.at(index), session_->output(index)};
}

}  // namespace weir
