// SPDX-License-Identifier: Apache-2.0
// A context of the RKNN runtime that gets over its failures.
#pragma once

#include <memory>

#include "backends/rknn/rknn_model.h"
#include "backends/rknn/rknn_session.h"
#include "infer/backend.h"

namespace weir {

/// A failed run is its frame's error. After kFailuresToReplace of them in a row the session is replaced by a
/// fresh one of the same model; other contexts go on meanwhile.
class RknnContext : public Context {
 public:
  static constexpr int kFailuresToReplace = 3;

  /// `bytes`: what it takes, for the bill.
  RknnContext(std::shared_ptr<RknnModel> model, std::unique_ptr<RknnSession> session, int core, int64_t bytes)
      : model_(std::move(model)), session_(std::move(session)), core_(core), bytes_(bytes) {
    model_->begin(*session_, bytes_);
  }
  ~RknnContext() override { model_->end(std::move(session_), bytes_); }
  RknnContext(const RknnContext&) = delete;
  RknnContext& operator=(const RknnContext&) = delete;

  /// `input`: of any model of the rknn backend that takes the same.
  Status run(InputBuffer& input) override;
  ConstTensorView output(int i) const override;

 private:
  void replace_session();

  std::shared_ptr<RknnModel> model_;
  std::unique_ptr<RknnSession> session_;
  const int core_;
  const int64_t bytes_;
  int failures_ = 0;           ///< in a row
  unsigned replacements_ = 0;  ///< tried
};

}  // namespace weir
