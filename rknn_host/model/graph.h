// SPDX-License-Identifier: Apache-2.0
// The network as OpenVINO compiles it: which numbers go in, f32 out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <openvino/core/model.hpp>
#include <openvino/runtime/core.hpp>

#include "rknn_host/model/model_map.h"
#include "rknn_host/model/tensor_spec.h"

namespace weir::rknn_host {

/// What an input of pixels takes. Two graphs, because pixels of 8 bits without a copy are what programs
/// mostly give, and give the same bytes as weir's own OpenVINO backend, while everything else needs floats.
enum class Form {
  kPixels,  ///< pictures: [N,H,W,C] u8, mean and deviation inside the graph; other inputs as in kNumbers
  kNumbers  ///< f32 in the network's own layout, ready for the network
};

/// The tensors of one set of input shapes.
struct Signature {
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;

  /// A picture is among the inputs, so that Form::kPixels differs from Form::kNumbers.
  [[nodiscard]] bool has_pictures() const;
};

/// Gives the model's inputs these shapes; an empty set keeps its own, with 1 where the batch is open. Throws
/// Failure RKNN_ERR_MODEL_INVALID: a shape that it can't take, or an open dimension.
void set_shapes(ov::Model& model, const ShapeSet& shapes, const std::string& label);

/// Reads names and shapes; types, quantisation, mean and deviation as `entry` has them. Throws Failure
/// RKNN_ERR_MODEL_INVALID: a name in `entry` that the model has not, a number of channels that differs.
[[nodiscard]] Signature read_signature(const ov::Model& model, const ModelEntry& entry,
                                       const std::string& label);

/// The most that one operation reads and writes, as f32: what activations take at least.
[[nodiscard]] int64_t largest_operation_bytes(const ov::Model& model);

/// A network that contexts run. Immutable, thread-safe.
class Graph {
 public:
  struct Options {
    int parallel_runs = 1;  ///< how many contexts compute at the same time
    bool profiling = false;
  };

  /// `model` is changed. Throws Failure RKNN_ERR_MODEL_INVALID.
  Graph(ov::Core& core, const std::shared_ptr<ov::Model>& model, Form form, Signature signature,
        const Options& options, const std::string& label);

  [[nodiscard]] const Signature& signature() const { return signature_; }
  [[nodiscard]] Form form() const { return form_; }
  /// The i-th input is [N,H,W,C] u8.
  [[nodiscard]] bool takes_pixels(size_t i) const {
    return form_ == Form::kPixels && signature_.inputs[i].is_picture();
  }
  [[nodiscard]] ov::Shape input_shape(size_t i) const;
  [[nodiscard]] ov::InferRequest new_request() const;

 private:
  Signature signature_;
  Form form_;
  mutable ov::CompiledModel compiled_;  // create_infer_request() is not const there
};

}  // namespace weir::rknn_host
