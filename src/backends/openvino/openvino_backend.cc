// SPDX-License-Identifier: Apache-2.0
#include "backends/openvino/openvino_backend.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include <fmt/format.h>
#include <openvino/runtime/core.hpp>
#include <openvino/runtime/properties.hpp>

#include "backends/openvino/openvino_graph.h"
#include "backends/openvino/openvino_model.h"
#include "base/cpu.h"
#include "memory/process_memory.h"

namespace weir {
namespace {

using openvino::cause;
using openvino::Graph;
using openvino::read_graph;

ov::element::Type to_element_type(Precision precision) {
  switch (precision) {
    case Precision::kBf16:
      return ov::element::bf16;
    case Precision::kF16:
      return ov::element::f16;
    case Precision::kAuto:
    case Precision::kF32:
    case Precision::kI8:  // not among this device's
      break;
  }
  return ov::element::f32;
}

class OpenvinoModel;

class OpenvinoContext : public Context {
 public:
  OpenvinoContext(std::shared_ptr<OpenvinoModel> model, ov::InferRequest request)
      : model_(std::move(model)), request_(std::move(request)) {}
  Status run(InputBuffer& input) override;
  ConstTensorView output(int i) const override;

 private:
  std::shared_ptr<OpenvinoModel> model_;
  mutable ov::InferRequest request_;  // get_output_tensor() is not const there
};

class OpenvinoModel : public Model, public std::enable_shared_from_this<OpenvinoModel> {
 public:
  OpenvinoModel(ModelInfo info, ov::CompiledModel compiled, int64_t weights_bytes, int64_t shared_bytes)
      : info_(std::move(info)),
        compiled_(std::move(compiled)),
        weights_bytes_(weights_bytes),
        shared_bytes_(shared_bytes) {}

  const ModelInfo& info() const override { return info_; }

  MemoryBill bill() const override {
    return {.weights_bytes = weights_bytes_, .shared_bytes = shared_bytes_, .context_bytes = context_bytes_};
  }

  Result<InputBuffer> allocate_input() override {
    constexpr size_t kCacheLine = 64;
    constexpr int kGray = 114;
    const size_t bytes = info_.inputs[0].size_bytes;
    void* memory = std::aligned_alloc(kCacheLine, (bytes + kCacheLine - 1) / kCacheLine * kCacheLine);
    if (memory == nullptr) return Error{ErrorCode::kResourceExhausted, "no memory for an input buffer"};
    std::memset(memory, kGray, bytes);  // so that it exists, and the ledger is right, before the first frame
    return InputBuffer({static_cast<uint8_t*>(memory), bytes}, std::shared_ptr<void>(memory, std::free));
  }

  /// Runs the new context once, so that its memory exists and a model that can't run says so now.
  Result<std::unique_ptr<Context>> new_context(int /*core*/) override {
    const int64_t before = settled_anonymous_bytes();
    try {
      auto context = std::make_unique<OpenvinoContext>(shared_from_this(), compiled_.create_infer_request());
      {
        WEIR_ASSIGN_OR_RETURN(InputBuffer input, allocate_input());
        WEIR_RETURN_IF_ERROR(context->run(input));
      }
      context_bytes_ += grown_anonymous_bytes(before);
      return context;
    } catch (const std::exception& error) {
      return Error{ErrorCode::kInternal,
                   fmt::format("model '{}': new context: {}", info_.path, cause(error))};
    }
  }

 private:
  const ModelInfo info_;
  ov::CompiledModel compiled_;
  const int64_t weights_bytes_;
  const int64_t shared_bytes_;
  std::atomic<int64_t> context_bytes_{0};
};

Status OpenvinoContext::run(InputBuffer& input) {
  WEIR_RETURN_IF_ERROR(check_input(input, model_->info()));
  const TensorInfo& info = model_->info().inputs[0];
  const ov::Shape shape(info.shape.begin(), info.shape.end());
  try {
    request_.set_input_tensor(ov::Tensor(ov::element::u8, shape, input.bytes().data()));
    // Asynchronous, so that the runtime's own threads, one per core, compute: whoever calls only waits, and
    // more contexts than cores queue up there instead of fighting for the cores.
    request_.start_async();
    request_.wait();
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInternal, fmt::format("inference failed: {}", cause(error))};
  }
  return {};
}

ConstTensorView OpenvinoContext::output(int i) const {
  const auto index = static_cast<size_t>(i);
  return {&model_->info().outputs.at(index), request_.get_output_tensor(index).data()};
}

class OpenvinoBackend : public Backend {
 public:
  std::string_view name() const override { return "openvino"; }

  Status probe() override {
    const auto device_info = device();
    return device_info ? Status{} : Status{device_info.error()};
  }

  Result<DeviceInfo> device() override {
    try {
      DeviceInfo info{.name = core().get_property("CPU", ov::device::full_name),
                      .cores = available_cores(),
                      .precisions = {Precision::kF32},
                      .runtime_version = ov::get_openvino_version().buildNumber};
      for (const std::string& capability : core().get_property("CPU", ov::device::capabilities)) {
        if (capability == ov::device::capability::BF16) info.precisions.push_back(Precision::kBf16);
        if (capability == ov::device::capability::FP16) info.precisions.push_back(Precision::kF16);
      }
      return info;
    } catch (const std::exception& error) {
      return Error{ErrorCode::kUnavailable, fmt::format("OpenVINO's CPU plugin can't run: {}", cause(error))};
    }
  }

  Result<ModelInfo> inspect(const ModelSpec& spec) override {
    WEIR_ASSIGN_OR_RETURN(Graph graph, read_graph(spec));
    WEIR_ASSIGN_OR_RETURN(graph.info.precision, choose_precision(spec.precision));
    return std::move(graph.info);
  }

  Result<std::shared_ptr<Model>> load(const ModelSpec& spec) override {
    WEIR_ASSIGN_OR_RETURN(const Precision precision, choose_precision(spec.precision));
    const int64_t before = settled_anonymous_bytes();
    WEIR_ASSIGN_OR_RETURN(Graph graph, read_graph(spec));
    graph.info.precision = precision;
    try {
      ov::CompiledModel compiled = core().compile_model(
          graph.model, "CPU", ov::num_streams(spec.cores), ov::inference_num_threads(spec.cores),
          ov::hint::enable_cpu_pinning(false), ov::hint::inference_precision(to_element_type(precision)));
      graph.model.reset();
      const int64_t shared = grown_anonymous_bytes(before) - graph.weights_bytes;
      return std::make_shared<OpenvinoModel>(std::move(graph.info), std::move(compiled), graph.weights_bytes,
                                             std::max<int64_t>(0, shared));
    } catch (const std::exception& error) {
      return Error{ErrorCode::kInternal,
                   fmt::format("model '{}' can't be compiled: {}", spec.path, cause(error))};
    }
  }

 private:
  /// Loaded at first use: a program that only prints its help needs no plugin.
  ov::Core& core() {
    std::call_once(core_once_, [this] { core_.emplace(); });
    return *core_;
  }

  /// kAuto: bf16 where the CPU multiplies it natively, else f32.
  Result<Precision> choose_precision(Precision wanted) {
    WEIR_ASSIGN_OR_RETURN(const DeviceInfo info, device());
    const auto has = [&](Precision p) {
      return std::ranges::find(info.precisions, p) != info.precisions.end();
    };
    if (wanted == Precision::kAuto) return has(Precision::kBf16) ? Precision::kBf16 : Precision::kF32;
    if (has(wanted)) return wanted;
    std::string list;
    for (const Precision p : info.precisions)
      list += fmt::format("{}{}", list.empty() ? "" : ", ", to_string(p));
    return Error{ErrorCode::kUnsupported,
                 fmt::format("this CPU doesn't compute {}; it computes {}", to_string(wanted), list)};
  }

  std::once_flag core_once_;
  std::optional<ov::Core> core_;
};

}  // namespace

std::unique_ptr<Backend> make_openvino_backend() {
  return std::make_unique<OpenvinoBackend>();
}

}  // namespace weir
