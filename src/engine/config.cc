// SPDX-License-Identifier: Apache-2.0
#include "engine/config.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace weir {
namespace {

constexpr int kMostContexts = 1024;

/// Collects what is wrong.
class Check {
 public:
  void fail(std::string field, std::string message) {
    errors_.push_back({std::move(field), std::move(message)});
  }
  void count(const std::string& field, const std::optional<int>& value) {
    if (value && (*value < 1 || *value > kMostContexts))
      fail(field, fmt::format("must be 1 to {}, not {}", kMostContexts, *value));
  }
  void threshold(const std::string& field, std::optional<float> value) {
    if (value && !(*value >= 0.0F && *value <= 1.0F))
      fail(field, fmt::format("must be 0 to 1, not {:g}", *value));
  }
  void input_size(const std::string& field, const InputSizeChoice& choice) {
    constexpr int kMost = 8192;
    constexpr int kStep = 32;
    if (choice.kind != InputSizeChoice::Kind::kExact) return;
    const auto fits = [](int side) { return side >= kStep && side <= kMost && side % kStep == 0; };
    const InputSize size = choice.exact;
    if (fits(size.width_px) && fits(size.height_px)) return;
    fail(field, fmt::format("sides must be multiples of {} up to {}, not {}x{}", kStep, kMost, size.width_px,
                            size.height_px));
  }
  void add(std::vector<FieldError> errors) { std::ranges::move(errors, std::back_inserter(errors_)); }
  [[nodiscard]] std::vector<FieldError> errors() && { return std::move(errors_); }

 private:
  std::vector<FieldError> errors_;
};

void check_streams(const EngineConfig& config, Check& check) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < config.streams.size(); ++i) {
    const StreamConfig& stream = config.streams[i];
    const std::string field = fmt::format("streams[{}]", i);
    if (!stream.name.empty() && !names.insert(stream.name).second)
      check.fail(field + ".name", fmt::format("is '{}', and so is another stream's", stream.name));
    if (config.find_model(stream.model) == nullptr)
      check.fail(field + ".model", fmt::format("names no model: '{}'", stream.model));
    check.add(validate(stream, field));
  }
}

void check_models(const EngineConfig& config, Check& check) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < config.models.size(); ++i) {
    const ModelConfig& model = config.models[i];
    const std::string field = fmt::format("models[{}]", i);
    if (!names.insert(model.name).second)
      check.fail(field + ".name", fmt::format("is '{}', and so is another model's", model.name));
    if (model.path.empty()) check.fail(field + ".path", "is empty");
    check.threshold(field + ".score", model.score);
    check.threshold(field + ".nms", model.nms);
    check.input_size(field + ".input_size", model.input_size);
  }
}

void check_sharing(const EngineConfig& config, Check& check) {
  check.count("contexts", config.contexts);
  check.count("contexts_per_stream", config.contexts_per_stream);
  check.count("cores", config.cores);
  if (config.contexts && config.contexts_per_stream)
    check.fail("contexts", "(pooled) and {contexts_per_stream} (dedicated) exclude each other");
  if (config.contexts && config.sharing == Sharing::kStream)
    check.fail("contexts", "belong to no stream, which {share} stream needs: use {contexts_per_stream}");
}

}  // namespace

std::string_view to_string(Sharing sharing) {
  switch (sharing) {
    case Sharing::kNone:
      return "none";
    case Sharing::kStream:
      return "stream";
    case Sharing::kAll:
      return "all";
  }
  return "?";
}

std::string_view to_string(Pace pace) {
  return pace == Pace::kMax ? "max" : "realtime";
}

std::string_view to_string(WhenFull when_full) {
  return when_full == WhenFull::kBlock ? "block" : "drop-oldest";
}

std::string_view to_string(WhenBehind when_behind) {
  return when_behind == WhenBehind::kBlock ? "block" : "drop-oldest";
}

WhenFull StreamConfig::effective_when_full() const {
  return when_full.value_or(pace == Pace::kMax ? WhenFull::kBlock : WhenFull::kDropOldest);
}

bool OutputConfig::takes(std::string_view stream) const {
  return streams.empty() || std::ranges::find(streams, stream) != streams.end();
}

const ModelConfig* EngineConfig::find_model(std::string_view name) const {
  const auto found = std::ranges::find(models, name, &ModelConfig::name);
  return found == models.end() ? nullptr : &*found;
}

std::string FieldError::text(const std::function<std::string(std::string_view)>& name_of) const {
  std::string text = name_of(field) + " ";
  std::string_view rest = message;
  for (size_t open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
    const size_t close = rest.find('}', open);
    text += rest.substr(0, open);
    text += name_of(rest.substr(open + 1, close - open - 1));
    rest.remove_prefix(close + 1);
  }
  return text.append(rest);
}

std::vector<FieldError> validate(const StreamConfig& stream, const std::string& field) {
  Check check;
  if (stream.name.empty()) check.fail(field + ".name", "is empty");
  if (stream.input.empty()) check.fail(field + ".input", "is empty");
  check.threshold(field + ".score", stream.score);
  check.threshold(field + ".nms", stream.nms);
  if (stream.frames && *stream.frames < 1)
    check.fail(field + ".frames", fmt::format("must be at least 1, not {}", *stream.frames));
  return std::move(check).errors();
}

std::vector<FieldError> EngineConfig::validate() const {
  Check check;
  check_models(*this, check);
  check_streams(*this, check);
  check_sharing(*this, check);
  return std::move(check).errors();
}

std::vector<FieldError> RunLimits::validate() const {
  Check check;
  if (duration && duration->count() <= 0) check.fail("duration", "must be longer than nothing");
  if (warmup.count() < 0 || (duration && warmup >= *duration))
    check.fail("warmup", "must be shorter than {duration}: it is part of it");
  return std::move(check).errors();
}

}  // namespace weir
