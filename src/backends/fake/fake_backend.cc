// SPDX-License-Identifier: Apache-2.0
#include "backends/fake/fake_backend.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <fstream>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/cpu.h"

namespace weir {
namespace {

constexpr std::array kStrides{8, 16, 32};
constexpr int64_t kMostBytes = int64_t{1} << 32;
constexpr int kMostClasses = 10000;

struct FakeModelFile {
  InputSize own_size{416, 416};
  bool fixed_size = false;
  int classes = 3;
  int64_t weights_bytes = 0;
  int64_t context_bytes = 0;
  std::chrono::milliseconds run_time{0};
  std::set<int64_t> fail_runs;
};

Result<FakeModelFile> read_model_file(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) return Error{ErrorCode::kNotFound, fmt::format("no such model file: '{}'", path)};
  const auto json = nlohmann::json::parse(stream, nullptr, /*allow_exceptions=*/false);
  FakeModelFile file;
  try {
    if (!json.is_object()) throw std::invalid_argument("no JSON object in it");
    if (json.value("weir_fake_model", 0) != 1) throw std::invalid_argument("no \"weir_fake_model\": 1 in it");
    const auto size = json.value("input", std::vector<int>{file.own_size.width_px, file.own_size.height_px});
    file.own_size = {size.at(0), size.at(1)};
    file.fixed_size = json.value("fixed_size", file.fixed_size);
    file.classes = json.value("classes", file.classes);
    file.weights_bytes = json.value("weights_bytes", file.weights_bytes);
    file.context_bytes = json.value("context_bytes", file.context_bytes);
    file.run_time = std::chrono::milliseconds(json.value("run_ms", 0));
    file.fail_runs = json.value("fail_runs", file.fail_runs);
    for (const int64_t bytes : {file.weights_bytes, file.context_bytes}) {
      if (bytes < 0 || bytes > kMostBytes) throw std::invalid_argument("a number of bytes out of range");
    }
    if (file.classes < 1 || file.classes > kMostClasses) throw std::invalid_argument("classes out of range");
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("model '{}' is not a fake model: {}", path, error.what())};
  }
  return file;
}

Result<ModelInfo> describe_model(const ModelSpec& spec, const FakeModelFile& file) {
  if (spec.precision != Precision::kAuto && spec.precision != Precision::kF32) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("the fake backend computes f32, not {}", to_string(spec.precision))};
  }
  const InputSize size = spec.input_size.value_or(file.own_size);
  if (size.width_px < 32 || size.height_px < 32 || size.width_px % 32 != 0 || size.height_px % 32 != 0 ||
      (file.fixed_size && size != file.own_size)) {
    return Error{ErrorCode::kUnsupported, fmt::format("model '{}' can't take an input of {}x{}", spec.path,
                                                      size.width_px, size.height_px)};
  }
  int64_t cells = 0;
  for (const int stride : kStrides) cells += int64_t{size.width_px / stride} * (size.height_px / stride);
  const int64_t values = 5 + file.classes;
  ModelInfo info;
  info.path = spec.path;
  info.backend = "fake";
  info.input_size = size;
  info.inputs = {{.name = "images",
                  .shape = {1, size.height_px, size.width_px, 3},
                  .type = ElementType::kU8,
                  .layout = Layout::kNhwc,
                  .row_stride_bytes = static_cast<size_t>(size.width_px) * 3,
                  .size_bytes = static_cast<size_t>(size.width_px) * size.height_px * 3}};
  info.outputs = {{.name = "output",
                   .shape = {1, cells, values},
                   .type = ElementType::kF32,
                   .size_bytes = static_cast<size_t>(cells * values) * sizeof(float)}};
  return info;
}

/// Bytes that exist: not zero pages that the system only promises.
std::vector<uint8_t> touched(int64_t bytes) {
  return std::vector<uint8_t>(static_cast<size_t>(bytes), 1);
}

class FakeModel;

class FakeContext : public Context {
 public:
  explicit FakeContext(std::shared_ptr<FakeModel> model);
  Status run(InputBuffer& input) override;
  ConstTensorView output(int i) const override;

 private:
  void compute(const uint8_t* pixels);

  std::shared_ptr<FakeModel> model_;
  std::vector<uint8_t> activations_;
  std::vector<float> output_;
};

class FakeModel : public Model, public std::enable_shared_from_this<FakeModel> {
 public:
  FakeModel(ModelInfo info, FakeModelFile file)
      : info_(std::move(info)), file_(std::move(file)), weights_(touched(file_.weights_bytes)) {}

  const ModelInfo& info() const override { return info_; }
  const FakeModelFile& file() const { return file_; }

  MemoryBill bill() const override {
    const auto output_bytes = static_cast<int64_t>(info_.outputs[0].size_bytes);
    return {.weights_bytes = file_.weights_bytes,
            .context_bytes = contexts_ * (file_.context_bytes + output_bytes)};
  }

  Result<InputBuffer> allocate_input() override {
    auto bytes =
        std::make_shared<std::vector<uint8_t>>(touched(static_cast<int64_t>(info_.inputs[0].size_bytes)));
    return InputBuffer({bytes->data(), bytes->size()}, bytes);
  }

  Result<std::unique_ptr<Context>> new_context(int /*core*/) override {
    ++contexts_;
    return std::make_unique<FakeContext>(shared_from_this());
  }

  /// Counts the runs of all contexts from 1.
  int64_t next_run() { return ++runs_; }

 private:
  const ModelInfo info_;
  const FakeModelFile file_;
  const std::vector<uint8_t> weights_;
  std::atomic<int> contexts_{0};
  std::atomic<int64_t> runs_{0};
};

FakeContext::FakeContext(std::shared_ptr<FakeModel> model)
    : model_(std::move(model)),
      activations_(touched(model_->file().context_bytes)),
      output_(static_cast<size_t>(model_->info().outputs[0].elements())) {
  constexpr uint8_t kGrey = 114;
  compute(std::vector(model_->info().inputs[0].size_bytes, kGrey).data());
}

/// Mean of each channel over one cell of the grid.
std::array<float, 3> cell_means(const uint8_t* pixels, int width_px, int x0, int y0, int stride) {
  std::array<int, 3> sums{};
  for (int y = y0; y < y0 + stride; ++y) {
    const uint8_t* row = pixels + (static_cast<size_t>(y) * width_px + x0) * 3;
    for (int x = 0; x < stride; ++x) {
      for (size_t c = 0; c < 3; ++c) sums[c] += row[static_cast<size_t>(x) * 3 + c];
    }
  }
  const auto count = static_cast<float>(stride * stride);
  return {static_cast<float>(sums[0]) / count, static_cast<float>(sums[1]) / count,
          static_cast<float>(sums[2]) / count};
}

Status FakeContext::run(InputBuffer& input) {
  WEIR_RETURN_IF_ERROR(check_input(input, model_->info()));
  const FakeModelFile& file = model_->file();
  const int64_t run = model_->next_run();
  if (file.run_time.count() > 0) std::this_thread::sleep_for(file.run_time);
  if (file.fail_runs.contains(run)) {
    return Error{ErrorCode::kInternal, fmt::format("run {} fails, as the fake model says", run)};
  }
  compute(input.bytes().data());
  return {};
}

void FakeContext::compute(const uint8_t* pixels) {
  const InputSize size = model_->info().input_size;
  const int classes = model_->file().classes;
  float* cell = output_.data();
  for (const int stride : kStrides) {
    for (int y = 0; y < size.height_px; y += stride) {
      for (int x = 0; x < size.width_px; x += stride) {
        const auto means = cell_means(pixels, size.width_px, x, y, stride);
        const float brightness = (means[0] + means[1] + means[2]) / 3.0F;
        const auto brightest = std::max_element(means.begin(), means.end()) - means.begin();
        std::fill_n(cell, 5 + classes, 0.0F);
        cell[0] = cell[1] = 0.5F;  // the middle of the cell; exp(0) strides wide and high
        cell[4] = std::clamp((brightness - 128.0F) / 127.0F, 0.0F, 1.0F);
        cell[5 + brightest % classes] = 1.0F;
        cell += 5 + classes;
      }
    }
  }
}

ConstTensorView FakeContext::output(int i) const {
  return {&model_->info().outputs.at(static_cast<size_t>(i)), output_.data()};
}

class FakeBackend : public Backend {
 public:
  std::string_view name() const override { return "fake"; }
  Status probe() override { return {}; }

  Result<DeviceInfo> device() override {
    return DeviceInfo{.name = "no device",
                      .cores = available_cores(),
                      .precisions = {Precision::kF32},
                      .runtime_version = "1"};
  }

  Result<ModelInfo> inspect(const ModelSpec& spec) override {
    WEIR_ASSIGN_OR_RETURN(const FakeModelFile file, read_model_file(spec.path));
    return describe_model(spec, file);
  }

  Result<std::shared_ptr<Model>> load(const ModelSpec& spec) override {
    WEIR_ASSIGN_OR_RETURN(FakeModelFile file, read_model_file(spec.path));
    WEIR_ASSIGN_OR_RETURN(ModelInfo info, describe_model(spec, file));
    return std::make_shared<FakeModel>(std::move(info), std::move(file));
  }
};

}  // namespace

std::unique_ptr<Backend> make_fake_backend() {
  return std::make_unique<FakeBackend>();
}

}  // namespace weir
