// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/simulation.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "rknn_host/failure.h"

namespace weir::rknn_host {
namespace {

constexpr int kMostCores = 16;
constexpr double kLongestCoreMs = 60'000;
constexpr double kMostSlowness = 1000;
constexpr int64_t kMostMemoryMb = int64_t{1} << 20;
constexpr int64_t kMostRuns = int64_t{1} << 40;

/// One `key=value` of the text.
struct Setting {
  std::string_view key;
  std::string_view value;

  [[noreturn]] void reject(std::string_view right) const {
    throw Failure(RKNN_ERR_PARAM_INVALID, fmt::format("WEIR_RKNN_HOST: '{}={}': {}", key, value, right));
  }

  template <class Number>
  Number number(std::string_view text, Number least, Number most, std::string_view right) const {
    Number result{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (error != std::errc{} || end != text.data() + text.size() || !(result >= least && result <= most)) {
      reject(right);
    }
    return result;
  }

  /// What stands before and after the colon.
  std::pair<std::string_view, std::string_view> pair(std::string_view right) const {
    const size_t colon = value.find(':');
    if (colon == std::string_view::npos) reject(right);
    return {value.substr(0, colon), value.substr(colon + 1)};
  }

  Simulation::Fault fault(int64_t least, std::string_view right) const {
    const auto [number_text, code_text] = pair(right);
    const auto code = parse_error_code(code_text);
    if (!code) reject(right);
    return {.number = number<int64_t>(number_text, least, kMostRuns, right), .code = *code};
  }

  Simulation::SlowCore slow_core() const {
    constexpr std::string_view kRight = "should be CORE:FACTORx, such as 2:4x";
    auto [core, factor] = pair(kRight);
    if (!factor.ends_with('x')) reject(kRight);
    factor.remove_suffix(1);
    return {.core = number(core, 0, kMostCores - 1, kRight),
            .factor = number(factor, 1.0, kMostSlowness, kRight)};
  }
};

void apply(const Setting& setting, Simulation& simulation) {
  if (setting.key == "cores") {
    simulation.cores = setting.number(setting.value, 1, kMostCores, "should be 1 to 16");
  } else if (setting.key == "core_ms") {
    const double ms =
        setting.number(setting.value, 0.0, kLongestCoreMs, "should be milliseconds, 0 to 60000");
    simulation.core_time = std::chrono::microseconds(static_cast<int64_t>(ms * 1000));
  } else if (setting.key == "memory_mb") {
    simulation.memory_bytes = setting.number<int64_t>(setting.value, 1, kMostMemoryMb, "should be megabytes")
                              << 20U;
  } else if (setting.key == "fail_run") {
    simulation.fail_runs.push_back(setting.fault(1, "should be RUN:CODE, such as 7:TIMEOUT or 7:-2"));
  } else if (setting.key == "fail_init") {
    simulation.fail_inits.push_back(
        setting.fault(0, "should be CONTEXTS:CODE, such as 4:MALLOC_FAIL or 4:-4"));
  } else if (setting.key == "leaks") {
    simulation.report_leaks = setting.number(setting.value, 0, 1, "should be 0 or 1") == 1;
  } else if (setting.key == "slow_core") {
    simulation.slow_cores.push_back(setting.slow_core());
  } else {
    setting.reject("no such key; there are cores, core_ms, memory_mb, fail_run, fail_init, slow_core, leaks");
  }
}

}  // namespace

Simulation Simulation::parse(std::string_view text) {
  Simulation simulation;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const size_t equals = item.find('=');
    if (equals == std::string_view::npos) {
      throw Failure(RKNN_ERR_PARAM_INVALID, fmt::format("WEIR_RKNN_HOST: '{}' should be key=value", item));
    }
    apply({.key = item.substr(0, equals), .value = item.substr(equals + 1)}, simulation);
  }
  for (const SlowCore& slow : simulation.slow_cores) {
    if (slow.core >= simulation.cores) {
      throw Failure(RKNN_ERR_PARAM_INVALID, fmt::format("WEIR_RKNN_HOST: slow_core={}: the cores are 0 to {}",
                                                        slow.core, simulation.cores - 1));
    }
  }
  return simulation;
}

int Simulation::run_result(int64_t number) const {
  const auto fault = std::ranges::find(fail_runs, number, &Fault::number);
  return fault == fail_runs.end() ? RKNN_SUCC : fault->code;
}

int Simulation::init_result(int64_t made) const {
  const auto fault = std::ranges::find_if(fail_inits, [&](const Fault& f) { return made >= f.number; });
  return fault == fail_inits.end() ? RKNN_SUCC : fault->code;
}

double Simulation::slowness(uint32_t cores_held) const {
  double most = 1;
  for (const SlowCore& slow : slow_cores) {
    if ((cores_held >> static_cast<unsigned>(slow.core) & 1U) != 0) most = std::max(most, slow.factor);
  }
  return most;
}

std::string Simulation::describe() const {
  std::string text = fmt::format("{} simulated NPU {}", cores, cores == 1 ? "core" : "cores");
  if (core_time.count() > 0) {
    text += fmt::format(", {} ms an inference", static_cast<double>(core_time.count()) / 1000);
  }
  if (memory_bytes > 0) text += fmt::format(", {} MB of memory", memory_bytes >> 20U);
  return text;
}

}  // namespace weir::rknn_host
