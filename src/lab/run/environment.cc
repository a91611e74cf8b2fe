// SPDX-License-Identifier: Apache-2.0
#include "lab/run/environment.h"

#include <chrono>
#include <fstream>

#include <sys/utsname.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/cpu.h"
#include "base/text.h"
#include "infer/model_store.h"
#include "memory/system_memory.h"

namespace weir::lab {
namespace {

/// "model name : Intel(R) ..." of the first processor; arm64 kernels have no such line.
std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

}  // namespace

std::string this_command() {
  std::ifstream file("/proc/self/cmdline");
  std::string command;
  for (std::string word; std::getline(file, word, '\0');) {
    command += command.empty() ? "weir" : " " + shell_quoted(word);
  }
  return command;
}

Environment this_environment(const std::vector<std::string>& models) {
  utsname system{};
  uname(&system);
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const auto memory = sample_system();
  Environment environment{.date = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now)),
                          .weir_version = WEIR_VERSION,
                          .commit = WEIR_COMMIT,
                          .cpu = cpu_name(),
                          .cores = available_cores(),
                          .memory_bytes = memory ? std::optional(memory->total_bytes) : std::nullopt,
                          .kernel = fmt::format("{} {} {}", system.sysname, system.release, system.machine)};
  if (environment.cpu.empty()) environment.cpu = system.machine;
  for (const std::string& model : models) {
    environment.models.push_back({model, content_hash(model).value_or("")});
  }
  return environment;
}

}  // namespace weir::lab
