// SPDX-License-Identifier: Apache-2.0
#include "support/made_up.h"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

namespace weir::testing {
namespace {

class MadeUpSource final : public Source {
 public:
  explicit MadeUpSource(MadeUpSourceConfig config) : config_(std::move(config)), counted_(config_.sources) {
    info_.width_px = config_.width_px;
    info_.height_px = config_.height_px;
    info_.frame_rate = config_.frame_rate;
    info_.frames = config_.frames;
    info_.still = config_.still;
    info_.description = "made up";
  }

  const SourceInfo& info() const override { return info_; }

  Result<std::optional<Picture>> read(const std::stop_token& stop) override {
    if (next_ >= config_.frames) return std::optional<Picture>();
    WEIR_RETURN_IF_ERROR(config_.before_read(next_, stop));
    return std::optional<Picture>(paint(next_++));
  }

  Status rewind() override {
    next_ = 0;
    return {};
  }

  int64_t surface_bytes() const override { return 0; }

 private:
  struct Pixels {
    explicit Pixels(const MadeUpSourceConfig& config)
        : counted(config.pictures), luma(static_cast<size_t>(config.width_px) * config.height_px, 100) {}
    Counted counted;
    std::vector<uint8_t> luma;
  };

  Picture paint(int64_t frame) const {
    auto pixels = std::make_shared<Pixels>(config_);
    constexpr int kSide = 16;
    const auto x = static_cast<int>(frame * 8 % std::max(1, config_.width_px - kSide));
    for (int y = 0; y < std::min(kSide, config_.height_px); ++y) {
      std::memset(pixels->luma.data() + static_cast<ptrdiff_t>(y) * config_.width_px + x, 235,
                  static_cast<size_t>(std::min(kSide, config_.width_px - x)));
    }
    Picture picture;
    picture.view.format = PixelFormat::kGray;
    picture.view.width_px = config_.width_px;
    picture.view.height_px = config_.height_px;
    picture.view.planes[0] = pixels->luma.data();
    picture.view.strides[0] = config_.width_px;
    picture.pts = std::chrono::nanoseconds(static_cast<int64_t>(1e9 / config_.frame_rate)) * frame;
    picture.demuxed_at = std::chrono::steady_clock::now();
    picture.owner = std::move(pixels);
    return picture;
  }

  const MadeUpSourceConfig config_;
  const Counted counted_;
  SourceInfo info_;
  int64_t next_ = 0;
};

/// A YOLOX head whose scores are all 0.
ModelInfo made_up_info(const ModelSpec& spec) {
  constexpr int kClasses = 1;
  const InputSize size = spec.input_size.value_or(InputSize{32, 32});
  int64_t cells = 0;
  for (const int stride : {8, 16, 32}) cells += int64_t{size.width_px / stride} * (size.height_px / stride);
  ModelInfo info{.path = spec.path, .backend = "made up", .input_size = size};
  info.inputs = {{.name = "picture",
                  .shape = {1, size.height_px, size.width_px, 3},
                  .type = ElementType::kU8,
                  .layout = Layout::kNhwc,
                  .row_stride_bytes = static_cast<size_t>(size.width_px) * 3,
                  .size_bytes = static_cast<size_t>(size.width_px) * size.height_px * 3}};
  info.outputs = {{.name = "head", .shape = {1, cells, 5 + kClasses}}};
  info.class_names = {"nothing"};
  return info;
}

class MadeUpModel final : public Model, public std::enable_shared_from_this<MadeUpModel> {
 public:
  MadeUpModel(ModelInfo info, MadeUpBackendConfig config)
      : info_(std::move(info)), config_(std::move(config)), counted_(config_.models) {}

  const ModelInfo& info() const override { return info_; }
  MemoryBill bill() const override { return {.weights_bytes = 1000}; }

  Result<InputBuffer> allocate_input() override {
    auto bytes = std::make_shared<std::vector<uint8_t>>(info_.inputs[0].size_bytes);
    return InputBuffer({bytes->data(), bytes->size()}, bytes);
  }

  Result<std::unique_ptr<Context>> new_context(int core) override;

  const ModelInfo info_;
  const MadeUpBackendConfig config_;

 private:
  const Counted counted_;
};

class MadeUpContext final : public Context {
 public:
  explicit MadeUpContext(std::shared_ptr<MadeUpModel> model)
      : model_(std::move(model)),
        counted_(model_->config_.contexts),
        zeros_(static_cast<size_t>(model_->info_.outputs[0].elements())) {}

  Status run(InputBuffer& /*input*/) override {
    EXPECT_FALSE(running_.exchange(true)) << "a context is run by two threads at the same time";
    const Status status = model_->config_.in_run();
    running_ = false;
    return status;
  }
  ConstTensorView output(int /*i*/) const override { return {&model_->info_.outputs[0], zeros_.data()}; }

 private:
  const std::shared_ptr<MadeUpModel> model_;
  const Counted counted_;
  const std::vector<float> zeros_;
  std::atomic<bool> running_{false};
};

Result<std::unique_ptr<Context>> MadeUpModel::new_context(int /*core*/) {
  return std::make_unique<MadeUpContext>(shared_from_this());
}

class MadeUpBackend final : public Backend {
 public:
  explicit MadeUpBackend(MadeUpBackendConfig config) : config_(std::move(config)) {}
  std::string_view name() const override { return "made up"; }
  Status probe() override { return {}; }
  Result<DeviceInfo> device() override {
    return DeviceInfo{.name = "made up", .cores = config_.cores, .runtime_version = "1"};
  }
  Result<ModelInfo> inspect(const ModelSpec& spec) override { return made_up_info(spec); }
  Result<std::shared_ptr<Model>> load(const ModelSpec& spec) override {
    return std::make_shared<MadeUpModel>(made_up_info(spec), config_);
  }

 private:
  const MadeUpBackendConfig config_;
};

class MadeUpSink final : public Sink {
 public:
  explicit MadeUpSink(std::shared_ptr<MadeUpSinkState> state) : state_(std::move(state)) {}
  ~MadeUpSink() override { state_->destroyed = true; }

  bool wants_picture() const override { return state_->wants_picture; }

  Status open_stream(const StreamInfo& stream) override {
    const std::lock_guard lock(state_->mutex);
    EXPECT_EQ(state_->finished, 0);
    EXPECT_TRUE(state_->streams.try_emplace(stream.id, SinkLog{.name = stream.name}).second);
    return {};
  }

  Status write(StreamId stream, const FrameResult& result, const Picture* picture) override {
    EXPECT_EQ(picture != nullptr, state_->wants_picture && result.outcome != Outcome::kDropped);
    if (Status status = state_->in_write(result); !status) return status;
    const std::lock_guard lock(state_->mutex);
    SinkLog& log = state_->streams.at(stream);
    EXPECT_FALSE(log.closed);
    log.records.push_back(result);
    return {};
  }

  Status close_stream(StreamId stream) override {
    const std::lock_guard lock(state_->mutex);
    SinkLog& log = state_->streams.at(stream);
    EXPECT_FALSE(std::exchange(log.closed, true));
    return {};
  }

  Status finish() override {
    const std::lock_guard lock(state_->mutex);
    EXPECT_EQ(state_->finished++, 0);
    return {};
  }

  void interrupt() override {
    state_->interrupted = true;
    state_->on_interrupt();
  }

 private:
  const std::shared_ptr<MadeUpSinkState> state_;
};

}  // namespace

void Census::come() {
  const int64_t now = ++now_;
  int64_t most = most_;
  while (now > most && !most_.compare_exchange_weak(most, now)) continue;
}

void Census::go() {
  --now_;
}

void Door::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

void Door::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return open_; });
}

void Door::wait_or(const std::atomic<bool>& other) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return open_ || other; });
}

void Door::wake() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

std::unique_ptr<Source> make_made_up_source(MadeUpSourceConfig config) {
  return std::make_unique<MadeUpSource>(std::move(config));
}

std::unique_ptr<Backend> make_made_up_backend(MadeUpBackendConfig config) {
  return std::make_unique<MadeUpBackend>(std::move(config));
}

std::unique_ptr<Sink> make_made_up_sink(std::shared_ptr<MadeUpSinkState> state) {
  return std::make_unique<MadeUpSink>(std::move(state));
}

EngineParts made_up_parts(const MadeUpSourceConfig& source, const MadeUpBackendConfig& backend) {
  EngineParts parts;
  parts.open_source = [source](const StreamConfig&) -> Result<std::unique_ptr<Source>> {
    return make_made_up_source(source);
  };
  parts.open_backend = [backend](const EngineConfig&,
                                 const ModelConfig&) -> Result<std::unique_ptr<Backend>> {
    return make_made_up_backend(backend);
  };
  parts.open_sink = [](const OutputConfig&) -> Result<std::unique_ptr<Sink>> {
    return Error{ErrorCode::kInvalidArgument, "no outputs here"};
  };
  parts.on_event = [](const Event&) {};
  return parts;
}

}  // namespace weir::testing
