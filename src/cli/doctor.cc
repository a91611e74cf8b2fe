// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "detect/decoder.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kFake = "fake";

std::string precisions_text(const DeviceInfo& device) {
  std::string text;
  for (const Precision precision : device.precisions) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", to_string(precision));
  }
  return text;
}

std::string names_text(const std::vector<std::string>& names) {
  constexpr size_t kShown = 4;
  if (names.empty()) return "no class names in it";
  std::string text = fmt::format("{} classes: ", names.size());
  for (size_t i = 0; i < std::min(kShown, names.size()); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ", names[i]);
  return names.size() > kShown ? text + ", ..." : text;
}

/// "    word        text", indented below its backend.
std::string detail(std::string_view word, std::string_view text) {
  return fmt::format("  {:<12}{}\n", word, text);
}

std::string model_text(const Result<ModelInfo>& model) {
  if (!model) return detail("model", model.error().message);
  const InputSize size = model->input_size;
  std::string text = detail("model", fmt::format("takes {}x{}, computes {}", size.width_px, size.height_px,
                                                 to_string(model->precision)));
  for (const TensorInfo& output : model->outputs) {
    text += detail("  gives", fmt::format("{} {}", describe(output), to_string(output.type)));
  }
  return text + detail("  names", names_text(model->class_names));
}

std::string backend_text(const BackendFinding& finding) {
  if (finding.name == kFake) return "backend fake: for tests of weir itself\n";
  if (!finding.device)
    return fmt::format("backend {}: can't run\n  {}\n", finding.name, finding.device.error().message);
  const DeviceInfo& device = *finding.device;
  std::string text = fmt::format("backend {}: ready\n", finding.name);
  text +=
      detail("device", fmt::format("{}, {} core{}", device.name, device.cores, device.cores == 1 ? "" : "s"));
  text += detail("precisions", precisions_text(device));
  text += detail("version", device.runtime_version);
  return finding.model ? text + model_text(*finding.model) : text;
}

ordered_json model_json(const Result<ModelInfo>& model) {
  if (!model) return {{"error", model.error().message}};
  ordered_json outputs = ordered_json::array();
  for (const TensorInfo& output : model->outputs) {
    outputs.push_back({{"name", output.name}, {"shape", output.shape}, {"type", to_string(output.type)}});
  }
  return {{"input_size", fmt::format("{}x{}", model->input_size.width_px, model->input_size.height_px)},
          {"precision", to_string(model->precision)},
          {"outputs", std::move(outputs)},
          {"class_names", model->class_names}};
}

ordered_json backend_json(const BackendFinding& finding) {
  ordered_json json{{"name", finding.name}, {"can_run", finding.device.has_value()}};
  if (!finding.device) {
    json["error"] = finding.device.error().message;
    return json;
  }
  json["device"] = finding.device->name;
  json["cores"] = finding.device->cores;
  json["precisions"] = ordered_json::array();
  for (const Precision precision : finding.device->precisions)
    json["precisions"].push_back(to_string(precision));
  json["version"] = finding.device->runtime_version;
  if (finding.model) json["model"] = model_json(*finding.model);
  return json;
}

/// How a run's memory is measured.
std::string memory_text(const Result<ProcessMemory>& memory) {
  if (!memory) return "not measured: " + memory.error().message;
  std::string text = fmt::format("{}, from {}", to_string(memory->measure), memory->source);
  if (memory->measure == MemoryMeasure::kRss) text += " (no PSS in smaps_rollup and smaps there)";
  return text;
}

ordered_json memory_json(const Result<ProcessMemory>& memory) {
  if (!memory) return {{"measure", nullptr}, {"error", memory.error().message}};
  return {{"measure", to_string(memory->measure)}, {"source", memory->source}};
}

}  // namespace

bool Findings::can_run() const {
  return std::ranges::any_of(backends, [](const BackendFinding& f) { return f.name != kFake && f.fit(); });
}

Findings examine(const std::vector<std::unique_ptr<Backend>>& backends, const std::string& model_path) {
  Findings findings{.model_path = model_path, .npu = read_npu_hardware(), .memory = sample_self()};
  for (const auto& backend : backends) {
    BackendFinding& finding = findings.backends.emplace_back(
        BackendFinding{.name = std::string(backend->name()), .device = backend->device()});
    if (model_path.empty() || !finding.device) continue;
    finding.model = backend->inspect({.path = model_path});
    if (!*finding.model || finding.name == kFake) continue;
    if (const auto decoder = create_decoder(**finding.model); !decoder) finding.model = decoder.error();
  }
  return findings;
}

std::string to_text(const Findings& findings) {
  std::string text;
  for (const BackendFinding& finding : findings.backends) text += backend_text(finding);
  return text +
         fmt::format("Rockchip NPU: {}\nmemory: {}\n", describe(findings.npu), memory_text(findings.memory));
}

std::string to_json_text(const Findings& findings) {
  ordered_json json{{"can_run", findings.can_run()}};
  if (!findings.model_path.empty()) json["model"] = findings.model_path;
  json["backends"] = ordered_json::array();
  for (const BackendFinding& finding : findings.backends) json["backends"].push_back(backend_json(finding));
  json["npu"] = describe(findings.npu);
  json["memory"] = memory_json(findings.memory);
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace weir::cli
