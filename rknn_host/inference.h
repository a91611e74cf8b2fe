// SPDX-License-Identifier: Apache-2.0
// One place where a graph runs: the program's bytes in, the program's bytes out.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <openvino/runtime/infer_request.hpp>

#include "rknn_host/conversion.h"
#include "rknn_host/model/graph.h"

namespace weir::rknn_host {

/// Bytes that an input is read from, or an output written to, at every run.
struct Binding {
  std::shared_ptr<void> owner;  ///< keeps `data` alive; null: nothing is bound
  uint8_t* data = nullptr;
  Packing packing;
  bool pass_through = false;  ///< inputs: the bytes are as the device stores them

  /// An input that Form::kPixels can read.
  [[nodiscard]] bool holds_pixels() const { return packing.type == RKNN_TENSOR_UINT8 && !pass_through; }
};

/// The form of the graph that reads these inputs: pixels where every picture comes as such.
[[nodiscard]] Form form_for(const Signature& signature, std::span<const Binding> inputs);

/// Thread-bound: whoever holds the context.
class Inference {
 public:
  explicit Inference(std::shared_ptr<const Graph> graph);

  [[nodiscard]] const Graph& graph() const { return *graph_; }
  [[nodiscard]] const std::shared_ptr<const Graph>& shared_graph() const { return graph_; }

  /// Runs once on zeros, so that the memory exists and a model that can't run says so.
  void warm_up();
  /// Reads every input, runs, and fills the outputs that are bound. Throws Failure RKNN_ERR_FAIL.
  void run(std::span<const Binding> inputs, std::span<const Binding> outputs);

  /// Of the last run: f32, in the network's order. Valid until the next.
  [[nodiscard]] const float* output(size_t i);
  /// Of the last run, one line per operation; the graph was compiled with profiling.
  [[nodiscard]] std::string profile() const;

 private:
  void set_input(size_t i, const Binding& binding);
  void set_output(size_t i, const Binding& binding);
  void infer();

  std::shared_ptr<const Graph> graph_;
  ov::InferRequest request_;
  std::vector<ov::Tensor> staging_;  ///< inputs that had to be converted; made at first use
  /// Keeps alive the program's memory that an output is in; null: it is in the request's own.
  std::vector<std::shared_ptr<void>> output_owner_;
};

/// Writes output `spec`, f32 in the network's order, as `packing` wants it. Floats of a quantised output have
/// been through its 8 bits, as on a board.
void write_output(const float* values, const TensorSpec& spec, const Packing& packing, uint8_t* to);

}  // namespace weir::rknn_host
