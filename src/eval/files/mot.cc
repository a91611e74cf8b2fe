// SPDX-License-Identifier: Apache-2.0
#include "eval/files/mot.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "eval/files/json_lines.h"

namespace weir::eval {
namespace {

/// More frames than a sequence has: so that one number can't take all memory.
constexpr int64_t kMaxFrames = 1'000'000;

constexpr int kPedestrian = 1;
/// Somebody on a vehicle, somebody who never moves, a picture of somebody, a reflection: they excuse a box.
constexpr std::array kDistractors{2, 7, 8, 12};

struct MotLine {
  int64_t frame = 0;  ///< from 0
  int64_t id = 0;
  Rect box;
  double confidence = 1;  ///< in a truth: whether it counts
  int object_class = -1;  ///< -1: not told
};

Error not_mot(std::string what) {
  return {ErrorCode::kInvalidArgument, std::move(what)};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// The numbers of a line: six at least, of which further ones are read as far as they are used.
Result<std::vector<double>> read_numbers(std::string_view line) {
  constexpr size_t kUsed = 8;
  constexpr size_t kNeeded = 6;
  std::vector<double> numbers;
  while (!line.empty() && numbers.size() < kUsed) {
    const std::string_view field = trimmed(line.substr(0, line.find(',')));
    line.remove_prefix(std::min(line.size(), line.find(',') == line.npos ? line.size() : line.find(',') + 1));
    const auto value = number(field);
    if (!value) return not_mot(fmt::format("'{}' is not a number", field.substr(0, 40)));
    numbers.push_back(*value);
  }
  if (numbers.size() >= kNeeded) return numbers;
  return not_mot("must be frame,id,left,top,width,height and more");
}

bool is_whole(double value, double low, double high) {
  return value >= low && value <= high && value == std::floor(value);
}

Result<MotLine> read_mot_line(std::string_view text) {
  WEIR_ASSIGN_OR_RETURN(const std::vector<double> numbers, read_numbers(text));
  constexpr double kMaxId = 1e15;
  MotLine line;
  if (!is_whole(numbers[0], 1, kMaxFrames)) {
    return not_mot(fmt::format("the frame must be 1 to {}, not {}", kMaxFrames, numbers[0]));
  }
  if (!is_whole(numbers[1], -1, kMaxId)) return not_mot(fmt::format("the id can't be {}", numbers[1]));
  if (numbers[4] < 0 || numbers[5] < 0) return not_mot("width and height can't be negative");
  line.frame = static_cast<int64_t>(numbers[0]) - 1;
  line.id = static_cast<int64_t>(numbers[1]);
  line.box = {numbers[2], numbers[3], numbers[4], numbers[5]};
  if (numbers.size() > 6) line.confidence = numbers[6];
  if (numbers.size() > 7 && is_whole(numbers[7], 0, 1000)) line.object_class = static_cast<int>(numbers[7]);
  return line;
}

Status for_each_mot_line(const std::string& path, const std::function<Status(const MotLine&)>& read) {
  WEIR_ASSIGN_OR_RETURN(std::ifstream file, open_to_read(path));
  int64_t number = 0;
  for (std::string text; std::getline(file, text);) {
    ++number;
    if (trimmed(text).empty()) continue;
    const Result<MotLine> line = read_mot_line(text);
    const Status status = line ? read(*line) : Status(line.error());
    if (!status) return status.error().in(fmt::format("{}, line {}", path, number));
  }
  return {};
}

/// "MOT17-02" for MOT17-02/gt/gt.txt, "gate" for gate.txt.
std::string sequence_name(const std::filesystem::path& path) {
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  const bool is_inside = folder.filename() == "gt" || folder.filename() == "det";
  return (is_inside ? folder.parent_path().filename() : path.stem()).string();
}

Role role_of(const MotLine& line) {
  if (std::ranges::find(kDistractors, line.object_class) != kDistractors.end()) return Role::kIgnored;
  const bool is_pedestrian = line.object_class == kPedestrian || line.object_class < 0;
  return is_pedestrian && line.confidence != 0 ? Role::kCounts : Role::kAside;
}

Status add_mot_truth(const std::string& path, Truth& truth) {
  const std::string name = sequence_name(path);
  if (truth.streams.find(name))
    return not_mot(fmt::format("{}: the sequence '{}' comes a second time", path, name));
  const size_t stream = truth.streams.add(name);
  const size_t label = truth.labels.add(kMotLabel);
  const auto info_path = std::filesystem::absolute(path).parent_path().parent_path() / "seqinfo.ini";
  WEIR_ASSIGN_OR_RETURN(const auto info, read_mot_sequence(info_path.string()));
  const FrameSize size = info ? info->size : FrameSize{};
  int64_t frames = info ? info->frames : 0;
  WEIR_RETURN_IF_ERROR(for_each_mot_line(path, [&](const MotLine& line) -> Status {
    frames = std::max(frames, line.frame + 1);
    TruthFrame& frame = truth.frames[{stream, line.frame}];
    const Object object{.box = line.box, .area_px2 = line.box.area()};
    frame.objects.push_back({.label = label, .object = object, .id = line.id, .role = role_of(line)});
    return {};
  }));
  for (int64_t frame = 0; frame < frames; ++frame) truth.frames[{stream, frame}].size = size;
  return {};
}

}  // namespace

Result<bool> is_mot(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;  // a pipe can be read once only
  WEIR_ASSIGN_OR_RETURN(std::ifstream file, open_to_read(path));
  for (std::string text; std::getline(file, text);) {
    if (!trimmed(text).empty()) return read_numbers(text).has_value();
  }
  return false;
}

Result<std::optional<MotSequence>> read_mot_sequence(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::optional<MotSequence>();
  WEIR_ASSIGN_OR_RETURN(std::ifstream file, open_to_read(path));
  MotSequence sequence;
  for (std::string text; std::getline(file, text);) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos) continue;
    const std::string_view key = trimmed(std::string_view(text).substr(0, equals));
    const std::string_view value = trimmed(std::string_view(text).substr(equals + 1));
    if (key == "name") sequence.name = value;
    const bool is_count = key == "seqLength" || key == "imWidth" || key == "imHeight";
    if (!is_count && key != "frameRate") continue;
    const auto read = number(value);
    if (!read || *read < 0 || *read > kMaxFrames) {
      return not_mot(fmt::format("{}: {} can't be '{}'", path, key, value));
    }
    if (key == "frameRate") sequence.frame_rate = *read;
    if (key == "seqLength") sequence.frames = static_cast<int64_t>(*read);
    if (key == "imWidth") sequence.size.width = static_cast<int64_t>(*read);
    if (key == "imHeight") sequence.size.height = static_cast<int64_t>(*read);
  }
  return std::optional(sequence);
}

Result<Results> read_mot_results(const std::string& path) {
  Results results;
  results.gaps_are_empty = true;
  const size_t stream = results.streams.add(sequence_name(path));
  const size_t label = results.labels.add(kMotLabel);
  WEIR_RETURN_IF_ERROR(for_each_mot_line(path, [&](const MotLine& line) -> Status {
    const Found found{line.box, std::clamp(line.confidence, 0.0, 1.0)};
    // 0 is no track here, and may be one there.
    results.frames[{stream, line.frame}].found.push_back({label, found, line.id + 1});
    return {};
  }));
  return results;
}

Result<Truth> read_mot_truth(std::span<const std::string> paths) {
  Truth truth;
  for (const std::string& path : paths) WEIR_RETURN_IF_ERROR(add_mot_truth(path, truth));
  if (!truth.frames.empty()) return truth;
  return not_mot(fmt::format("{}: there is no truth in it", paths.empty() ? "" : paths.front()));
}

}  // namespace weir::eval
