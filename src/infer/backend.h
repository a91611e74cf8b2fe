// SPDX-License-Identifier: Apache-2.0
// The border between weir and whatever runs a network. No vendor's name or type passes it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "infer/formula.h"
#include "types/size.h"
#include "types/tensor.h"

namespace weir {

/// kAuto: the fastest the device computes natively without leaving the accuracy of a detector.
/// kI8: a model that was quantised; not to be asked for, a model is made so.
enum class Precision { kAuto, kF32, kBf16, kF16, kI8 };

[[nodiscard]] std::string_view to_string(Precision precision);

struct ModelSpec {
  std::string path;
  std::optional<InputSize> input_size;  ///< the model's own where absent
  Precision precision = Precision::kAuto;
  int cores = 1;  ///< how many of its contexts may run at the same time
};

struct ModelInfo {
  std::string path;
  std::string backend;
  Precision precision = Precision::kF32;  ///< what is computed; never kAuto
  InputSize input_size;
  std::vector<TensorInfo> inputs;  ///< inputs[0] is the picture: [1,H,W,3] u8 NHWC BGR 0..255
  std::vector<TensorInfo> outputs;
  std::vector<OutputFormulas> formulas;  ///< of each output; empty if the model's format doesn't show them
  std::vector<std::string> class_names;  ///< from the model's metadata; empty where it has none
};

/// What a model costs. docs/memory.md says which of it is told and which is measured.
struct MemoryBill {
  int64_t weights_bytes = 0;  ///< once per model
  int64_t shared_bytes = 0;   ///< once per model: compiled code, graph, shared activations
  int64_t context_bytes = 0;  ///< all contexts made so far: activations and outputs
};

struct DeviceInfo {
  std::string name;  ///< "Intel(R) Xeon(R) ..."
  int cores = 1;     ///< how many contexts can run at the same time without slowing each other
  std::vector<Precision> precisions;
  std::string runtime_version;
};

/// Memory that every context of one model reads its picture from without a copy. Move-only;
/// outlives no model (it holds what it needs of it). One writer or reader at a time.
class InputBuffer {
 public:
  InputBuffer() = default;
  InputBuffer(std::span<uint8_t> bytes, std::shared_ptr<void> owner)
      : bytes_(bytes), owner_(std::move(owner)) {}
  InputBuffer(InputBuffer&&) noexcept = default;
  InputBuffer& operator=(InputBuffer&&) noexcept = default;
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  /// Laid out as ModelInfo::inputs[0] says.
  [[nodiscard]] std::span<uint8_t> bytes() { return bytes_; }
  [[nodiscard]] std::span<const uint8_t> bytes() const { return bytes_; }
  /// What the backend that made it keeps behind it.
  [[nodiscard]] void* owner() const { return owner_.get(); }

 private:
  std::span<uint8_t> bytes_;
  std::shared_ptr<void> owner_;
};

/// kInvalidArgument: the buffer has not the size of inputs[0]. For Context::run().
[[nodiscard]] Status check_input(const InputBuffer& input, const ModelInfo& info);

/// One place where a model can run one frame at a time. One owner at a time; the owner may change.
/// Keeps its model alive.
class Context {
 public:
  virtual ~Context() = default;
  /// Blocks until the outputs are there; they stay valid until the next run. `input` is one of the model's
  /// own. After an error the context can run again.
  virtual Status run(InputBuffer& input) = 0;
  /// Native type. 0 <= i < ModelInfo::outputs.size().
  [[nodiscard]] virtual ConstTensorView output(int i) const = 0;
};

/// Weights and graph, loaded once; immutable; thread-safe.
class Model {
 public:
  virtual ~Model() = default;
  [[nodiscard]] virtual const ModelInfo& info() const = 0;
  [[nodiscard]] virtual MemoryBill bill() const = 0;
  [[nodiscard]] virtual Result<InputBuffer> allocate_input() = 0;
  /// `core`: 0 <= core < cores of the device; where the context runs, for devices that place contexts.
  /// It has run once, on a grey picture (every byte 114): what can't run says so now, and its outputs are
  /// there.
  [[nodiscard]] virtual Result<std::unique_ptr<Context>> new_context(int core) = 0;
};

/// Stateless towards its callers; thread-safe; outlived by its models.
class Backend {
 public:
  virtual ~Backend() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// Why it can't run here, in words a user can act on.
  [[nodiscard]] virtual Status probe() = 0;
  [[nodiscard]] virtual Result<DeviceInfo> device() = 0;
  /// What load() would give, without compiling. kUnsupported: the model can't take that input size.
  [[nodiscard]] virtual Result<ModelInfo> inspect(const ModelSpec& spec) = 0;
  /// Keeps none of the model file's bytes.
  [[nodiscard]] virtual Result<std::shared_ptr<Model>> load(const ModelSpec& spec) = 0;
};

}  // namespace weir
