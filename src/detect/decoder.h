// SPDX-License-Identifier: Apache-2.0
// What a family of models means by its outputs. A new family is one file and one line in decoder.cc.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "detect/nms.h"
#include "infer/backend.h"
#include "types/tensor.h"

namespace weir {

/// Immutable, thread-safe.
class Decoder {
 public:
  virtual ~Decoder() = default;
  [[nodiscard]] virtual int num_classes() const = 0;
  /// `outputs`: what the model has computed of a grey picture. kInvalidArgument: they are not what this
  /// decoder reads, which could not be seen before, because the model's format doesn't show how they are
  /// computed.
  [[nodiscard]] virtual Status check(std::span<const ConstTensorView> outputs) const = 0;
  /// Appends what scores at least `score_threshold`, boxes in input pixels. `outputs` are those of
  /// the model that the decoder was created for, in its order. A candidate with a value that is not
  /// finite is left out.
  virtual void decode(std::span<const ConstTensorView> outputs, float score_threshold,
                      std::vector<Candidate>& candidates) const = 0;
};

/// The decoder that fits the model's outputs. kInvalidArgument: none does.
[[nodiscard]] Result<std::unique_ptr<Decoder>> create_decoder(const ModelInfo& model);

}  // namespace weir
