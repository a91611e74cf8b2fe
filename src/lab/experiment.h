// SPDX-License-Identifier: Apache-2.0
// What the lab measured, and nothing derived from it: the source of the table, the CSV, the JSON and the
// report. docs/measuring.md says what each figure is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types/ledger.h"
#include "types/memory_measure.h"

namespace weir::lab {

/// A child process's memory at one moment, from outside.
struct Sample {
  double seconds = 0;  ///< since the child was started
  int64_t rss_bytes = 0;
  std::optional<int64_t> system_bytes;  ///< MemAvailable just before the child started, less that of now
  std::optional<int64_t> pss_bytes;     ///< if they were read: not each time, for that costs time
  std::optional<int64_t> uss_bytes;
};

struct StreamFigures {
  std::string name;
  int64_t inferred = 0;
  int64_t dropped = 0;  ///< for whatever reason
  double frames_per_second = 0;
  double latency_p50_ms = 0;
  double latency_p99_ms = 0;
};

/// What the child said of itself at its end: the summary of `weir run`, of the time after the warm-up.
struct ChildFigures {
  std::string backend;
  std::string backend_version;
  std::string device;
  std::string precision;
  std::string input_size;
  int64_t models_loaded = 0;
  int64_t contexts = 0;
  int64_t cores = 0;
  double wall_seconds = 0;
  double frames_per_second = 0;
  double cpu_ms_per_frame = 0;
  MemoryMeasure measure = MemoryMeasure::kPss;  ///< what the child could read of its own memory
  std::vector<LedgerEntry> ledger;              ///< adds up to ledger_bytes
  int64_t ledger_bytes = 0;                     ///< by `measure`
  std::vector<StreamFigures> streams;
};

/// One child process.
struct Repeat {
  int number = 1;                    ///< 1, 2, ...: those of equal number ran one after the other
  double measured_from_seconds = 0;  ///< since the child was started: end of the warm-up
  double measured_to_seconds = 0;
  /// From its start to its end, by the kernel; of a kernel that doesn't keep it, the highest sample.
  std::optional<int64_t> peak_rss_bytes;
  double harness_cpu_ratio = 0;  ///< CPU time of the lab, while the child ran, divided by the child's
  std::vector<Sample> samples;   ///< from start to end; those within the measured time count
  ChildFigures figures;
};

struct Failure {
  int repeat = 1;
  std::string message;  ///< the child's own words
  /// What the child was given can't be used: no repeat would do better. Not in the JSON.
  bool is_usage = false;
};

/// One combination of sharing, contexts and streams, as often as it was run.
struct SetupRuns {
  std::string name;
  std::vector<std::string> arguments;  ///< of the child, as after `weir`; without --summary and --quiet
  std::vector<Repeat> repeats;
  std::vector<Failure> failures;
};

struct ModelFile {
  std::string path;
  std::string hash;  ///< "" where it could not be read
};

/// Where it ran.
struct Environment {
  std::string date;  ///< ISO 8601, UTC
  std::string weir_version;
  std::string commit;  ///< "" where unknown
  std::string cpu;
  int cores = 0;
  std::optional<int64_t> memory_bytes;
  std::string kernel;
  std::vector<ModelFile> models;
};

/// How it was run.
struct Protocol {
  std::string command;  ///< as it was typed, fit to be typed again; "" where unknown
  int streams = 0;
  int contexts_per_stream = 0;
  int repeats = 0;
  double warmup_seconds = 0;
  double duration_seconds = 0;  ///< measured, after the warm-up
  std::string pace;
  std::vector<std::string> inputs;
};

/// kSharing: set-ups of one number of streams that share more and more, held against `none`.
/// kEngine: the model alone, then one engine with more and more streams.
enum class Kind { kSharing, kEngine };

[[nodiscard]] std::string_view to_string(Kind kind);

/// Names of set-ups that mean something to those who read an experiment.
inline constexpr std::string_view kUnshared = "none";  ///< kSharing: what the others are held against
inline constexpr std::string_view kBackToBack =
    "back to back";  ///< kEngine: the compiled model and nothing else
inline constexpr std::string_view kSmallPictures =
    "small pictures";  ///< kEngine: streams that cost no decoding

struct Experiment {
  Kind kind = Kind::kSharing;
  Environment environment;
  Protocol protocol;
  bool interrupted = false;  ///< somebody stopped it: not all repeats are there
  std::vector<SetupRuns> setups;
};

}  // namespace weir::lab
