// SPDX-License-Identifier: Apache-2.0
#include "eval/files/mot_folder.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace weir::eval {
namespace {

/// A name as that of one file or folder: what is not a letter, digit, '.', '_' or '-' is '_'.
std::string file_name(const std::string& name) {
  std::string safe = name;
  for (char& c : safe) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_plain && c != '.' && c != '_' && c != '-') c = '_';
  }
  return safe.empty() || safe.front() == '.' ? "_" + safe : safe;
}

/// A tracker's lines end in three numbers that nobody uses, a truth's in the class and how much is visible.
std::string lines_of(size_t frame, const std::vector<TrackBox>& boxes, const std::vector<int64_t>& ids,
                     std::string_view ending) {
  std::string text;
  for (const TrackBox& one : boxes) {
    text += fmt::format("{},{},{},{},{},{},1,{}\n", frame + 1, ids[static_cast<size_t>(one.track)], one.box.x,
                        one.box.y, one.box.width, one.box.height, ending);
  }
  return text;
}

Status write_file(const std::filesystem::path& path, const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary);
  if (file << text && file.flush()) return {};
  return Error{ErrorCode::kUnavailable, fmt::format("'{}' can't be written: {}", path.string(),
                                                    error ? error.message() : std::strerror(errno))};
}

Status write_sequence(const std::filesystem::path& folder, const std::string& name,
                      const TrackSequence& sequence) {
  std::string truth;
  std::string found;
  for (size_t i = 0; i < sequence.frames.size(); ++i) {
    truth += lines_of(i, sequence.frames[i].objects, sequence.object_ids, "1,1");
    found += lines_of(i, sequence.frames[i].found, sequence.found_ids, "-1,-1,-1");
  }
  const auto own = folder / "gt" / name;
  const std::string info = fmt::format("[Sequence]\nname={}\nseqLength={}\n", name, sequence.frames.size());
  WEIR_RETURN_IF_ERROR(write_file(own / "gt" / "gt.txt", truth));
  WEIR_RETURN_IF_ERROR(write_file(own / "seqinfo.ini", info));
  return write_file(folder / "trackers" / "weir" / "data" / (name + ".txt"), found);
}

}  // namespace

Status write_mot_folder(const std::string& folder, const PairedTracks& paired, const Truth& truth) {
  for (const ClassTracks& one : paired.classes) {
    const auto own = std::filesystem::path(folder) / file_name(one.label);
    std::string names = "name\n";
    for (const TrackSequence& sequence : one.sequences) {
      const std::string name = file_name(truth.streams[sequence.stream]);
      names += name + "\n";
      WEIR_RETURN_IF_ERROR(write_sequence(own, name, sequence));
    }
    WEIR_RETURN_IF_ERROR(write_file(own / "gt" / "seqmaps" / "weir-all.txt", names));
  }
  return {};
}

}  // namespace weir::eval
