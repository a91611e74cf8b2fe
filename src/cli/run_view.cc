// SPDX-License-Identifier: Apache-2.0
#include "cli/run_view.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace weir::cli {
namespace {

constexpr double kBytesPerMegabyte = 1e6;

double megabytes(int64_t bytes) {
  return static_cast<double>(bytes) / kBytesPerMegabyte;
}

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

size_t longest_name(const RunReport& report) {
  constexpr size_t kLeast = 6;
  constexpr size_t kMost = 32;
  size_t width = kLeast;
  for (const StreamReport& stream : report.streams) width = std::max(width, stream.name.size());
  return std::min(width, kMost);
}

std::string state_of(const StreamReport& stream) {
  if (stream.state == StreamState::kFailed) return "not opened";
  if (!stream.problems.empty()) return "failed";
  return stream.state == StreamState::kEnded ? "done" : "";
}

std::string sizes_of(const RunReport& report) {
  std::string text;
  for (const InputSize& size : report.input_sizes) {
    text += fmt::format("{}{}x{}", text.empty() ? "" : ", ", size.width_px, size.height_px);
  }
  return text;
}

std::string precisions_of(const RunReport& report) {
  std::string text;
  for (const Precision precision : report.precisions)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", to_string(precision));
  return text;
}

/// " RSS" where that is what a figure of memory counts: it is PSS wherever nothing else is said.
std::string_view measure_mark(const MemoryReport& memory) {
  return memory.measure == MemoryMeasure::kRss ? " RSS" : "";
}

std::string memory_now(const MemoryReport& memory) {
  if (memory.measure == MemoryMeasure::kNone) return "memory not measured";
  return fmt::format("{:.0f} MB{}", megabytes(memory.bytes), measure_mark(memory));
}

std::string memory_text(const MemoryReport& memory) {
  if (memory.measure == MemoryMeasure::kNone) return "memory not measured: weir doctor says why\n";
  std::string text = fmt::format("memory{} {:.1f} MB (peak {:.1f} MB)\n", measure_mark(memory),
                                 megabytes(memory.bytes), megabytes(memory.peak_bytes));
  for (const auto& [kind, bytes] : by_kind(memory.ledger)) {
    text += fmt::format("  {:<18} {:>8.1f} MB\n", to_string(kind), megabytes(bytes));
  }
  return text;
}

std::string dropped_text(const StreamStatistics& statistics) {
  std::string text = fmt::format("{}", statistics.dropped_total());
  for (const auto& [reason, count] : statistics.dropped) text += fmt::format(" ({} {})", count, reason);
  return text;
}

}  // namespace

std::vector<std::string> status_lines(const RunReport& report, double cpu_cores, const Console& console) {
  const size_t width = longest_name(report);
  std::vector<std::string> lines;
  for (const StreamReport& stream : report.streams) {
    const StreamStatistics& statistics = stream.statistics;
    const std::string of = stream.expected ? fmt::format("/{}", *stream.expected) : "";
    const int64_t lost = statistics.dropped_total() + statistics.failed;
    const std::string dropped = fmt::format("{:>5} {}", lost, statistics.failed > 0 ? "lost   " : "dropped");
    lines.push_back(fmt::format("{:<{}.{}} {:>13} frames {:>7.1f} fps {} {:>7.0f} ms  {}", stream.name, width,
                                width, fmt::format("{}{}", statistics.inferred, of),
                                statistics.frames_per_second(),
                                lost > 0 ? console.colored(dropped, "33") : dropped,
                                statistics.latency.percentile_ms(0.5), state_of(stream)));
  }
  lines.push_back(fmt::format("{:<{}} {:>13.1f} s      {:>7.1f} fps {:>8.2f} cores {:>9}", "all", width,
                              seconds(report.wall_time), report.frames_per_second(), cpu_cores,
                              memory_now(report.memory)));
  return lines;
}

std::string progress_line(const RunReport& report, double cpu_cores) {
  const StreamStatistics totals = report.totals();
  return fmt::format("{:.0f} s: {} frames, {:.1f} fps, {} dropped, {} failed, {:.2f} cores, {}",
                     seconds(report.wall_time), totals.inferred, report.frames_per_second(),
                     totals.dropped_total(), totals.failed, cpu_cores, memory_now(report.memory));
}

std::string summary_text(const RunReport& report) {
  const size_t width = longest_name(report);
  const StreamStatistics totals = report.totals();
  const bool all_in_warm_up = totals.inferred > 0 && totals.measured == 0;
  std::string text =
      fmt::format("{}, {} frames in {:.1f} s: {}{}\n", plural(report.streams.size(), "stream"),
                  totals.inferred, seconds(report.wall_time),
                  all_in_warm_up ? "nothing was measured, all came within the warm-up"
                                 : fmt::format("{:.1f} frames a second, {:.1f} ms CPU a frame",
                                               report.frames_per_second(), report.cpu_ms_per_frame()),
                  report.interrupted ? " (interrupted)" : "");
  text += fmt::format("  {:<{}} {:>8} {:>8} {:>7} {:>8} {:>14}  {}\n", "stream", width, "decoded", "inferred",
                      "failed", "fps", "p50/p99 ms", "dropped");
  for (const StreamReport& stream : report.streams) {
    const StreamStatistics& s = stream.statistics;
    text +=
        fmt::format("  {:<{}.{}} {:>8} {:>8} {:>7} {:>8.1f} {:>14}  {}\n", stream.name, width, width,
                    s.decoded, s.inferred, s.failed, s.frames_per_second(),
                    fmt::format("{:.1f}/{:.1f}", s.latency.percentile_ms(0.5), s.latency.percentile_ms(0.99)),
                    dropped_text(s));
    for (const auto& [output, count] : stream.not_written)
      text += fmt::format("    {} records were not written to {}\n", count, output);
    for (const Error& problem : stream.problems) text += fmt::format("    {}\n", problem.message);
  }
  for (const Error& problem : report.problems) text += fmt::format("  {}\n", problem.message);
  text += fmt::format("{} loaded, {} on {}, sharing {}: {} {} at {}\n", plural(report.models_loaded, "model"),
                      plural(report.contexts, "context"), plural(static_cast<size_t>(report.cores), "core"),
                      report.sharing, report.backend, precisions_of(report), sizes_of(report));
  return text + memory_text(report.memory);
}

}  // namespace weir::cli
