// SPDX-License-Identifier: Apache-2.0
#include "sources/container/mpegts_joint.h"

#include <algorithm>
#include <array>

extern "C" {
#include <libavutil/crc.h>
}

namespace weir {
namespace {

constexpr uint8_t kSync = 0x47;
constexpr size_t kPacketBytes = 188;
constexpr int kTimedStep = 192;  // 4 bytes of time before each packet: Blu-ray, cameras
constexpr std::array kSteps{188, kTimedStep, 204};

constexpr int kProgramsPid = 0;
constexpr int kLastTablePid = 0x1F;
constexpr int kNullPid = 0x1FFF;
constexpr int kProgramsId = 0;
constexpr int kProgramId = 2;
constexpr size_t kChecksumBytes = 4;

int pid_at(std::span<const uint8_t> bytes, size_t at) {
  return (bytes[at] & 0x1F) << 8 | bytes[at + 1];
}

int number_at(std::span<const uint8_t> bytes, size_t at) {
  return bytes[at] << 8 | bytes[at + 1];
}

size_t length_at(std::span<const uint8_t> bytes, size_t at) {
  return static_cast<size_t>((bytes[at] & 0x0F) << 8 | bytes[at + 1]);
}

/// Of table 2-34 and its private extensions: MPEG-1, MPEG-2, MPEG-4, H.264, JPEG 2000, HEVC, VVC, AVS, VC-1.
bool is_video_type(int stream_type) {
  constexpr std::array kTypes{0x01, 0x02, 0x10, 0x1B, 0x21, 0x24, 0x33, 0x42, 0xD2, 0xD4, 0xEA};
  return std::ranges::find(kTypes, stream_type) != kTypes.end();
}

/// In force, undamaged, and all of its table. Tables of several sections (hundreds of programs) aren't read.
bool is_usable(std::span<const uint8_t> section) {
  constexpr size_t kLeastBytes = 12;  // header and checksum
  return section.size() >= kLeastBytes && (section[5] & 1) != 0 && section[7] == 0 &&
         av_crc(av_crc_get_table(AV_CRC_32_IEEE), UINT32_MAX, section.data(), section.size()) == 0;
}

}  // namespace

struct MpegtsJointFinder::Packet {
  int pid;
  int counter;
  bool starts;  // a frame, or a section
  bool jumps;   // says that its counter doesn't follow the last one
  int64_t offset;
  std::span<const uint8_t> payload;
};

void MpegtsJointFinder::read(std::span<const uint8_t> bytes) {
  if (joint_) return;
  const int64_t first = position_ - static_cast<int64_t>(unread_.size());
  position_ += static_cast<int64_t>(bytes.size());
  unread_.insert(unread_.end(), bytes.begin(), bytes.end());
  size_t at = 0;
  while (!joint_ && (step_ != 0 || get_in_step(at)) && at + static_cast<size_t>(step_) <= unread_.size()) {
    if (unread_[at] != kSync) {
      step_ = 0;
      continue;
    }
    read_packet(std::span(unread_).subspan(at, kPacketBytes), first + static_cast<int64_t>(at));
    at += static_cast<size_t>(step_);
  }
  unread_.erase(unread_.begin(), unread_.begin() + static_cast<ptrdiff_t>(at));
}

/// From `at` on, where three packets follow each other; false where the bytes don't suffice to tell.
bool MpegtsJointFinder::get_in_step(size_t& at) {
  for (; at + 2 * kSteps.back() < unread_.size(); ++at) {
    const auto fits = [&](int step) {
      const auto bytes = static_cast<size_t>(step);
      return unread_[at] == kSync && unread_[at + bytes] == kSync && unread_[at + 2 * bytes] == kSync;
    };
    if (const auto* step = std::ranges::find_if(kSteps, fits); step != kSteps.end()) {
      step_ = *step;
      return true;
    }
  }
  return false;
}

void MpegtsJointFinder::read_packet(std::span<const uint8_t> bytes, int64_t offset) {
  const bool damaged = (bytes[1] & 0x80) != 0;
  const bool has_payload = (bytes[3] & 0x10) != 0;
  const bool has_field = (bytes[3] & 0x20) != 0;
  const size_t head = has_field ? 5 + size_t{bytes[4]} : 4;
  if (damaged || !has_payload || head >= bytes.size()) return;
  const Packet packet{.pid = pid_at(bytes, 1),
                      .counter = bytes[3] & 0x0F,
                      .starts = (bytes[1] & 0x40) != 0,
                      .jumps = has_field && bytes[4] > 0 && (bytes[5] & 0x80) != 0,
                      .offset = step_ == kTimedStep ? std::max<int64_t>(0, offset - 4) : offset,
                      .payload = bytes.subspan(head)};
  if (packet.pid == kNullPid) return;
  const bool has_tables = packet.pid <= kLastTablePid || programs_.contains(packet.pid);
  if (has_tables && !in_tables_) tables_at_ = packet.offset;
  in_tables_ = has_tables;
  if (packet.pid == kProgramsPid || programs_.contains(packet.pid)) {
    read_tables(packet);
  } else if (packet.pid == pid_ || is_video(packet.pid)) {
    read_frames(packet);
  }
}

void MpegtsJointFinder::read_frames(const Packet& packet) {
  const auto make_joint = [&] { joint_ = MpegtsJoint{packet.offset, tables_at_, packet.pid}; };
  if (packet.starts && next_ && next_->pid == packet.pid) return make_joint();
  if (packet.starts && !pid_) choose(packet.pid);
  if (packet.starts && (counter_ || packet.pid == pid_)) seen_.insert(packet.pid);
  if (packet.pid != pid_) return;
  const bool follows = !counter_ || packet.jumps || packet.counter == ((*counter_ + 1) & 0x0F);
  const bool begins = packet.starts && packet.counter == 0 && tables_begin_;
  if (begins && counter_ && (!follows || tables_jump_)) return make_joint();
  counter_ = packet.counter;
  tables_begin_ = false;
}

/// Puts sections together.
void MpegtsJointFinder::read_tables(const Packet& packet) {
  std::vector<uint8_t>& bytes = sections_[packet.pid];
  std::span<const uint8_t> payload = packet.payload;
  if (packet.starts) {
    if (packet.pid == kProgramsPid) {
      if (packet.counter == 0) {
        tables_begin_ = true;
        tables_jump_ = programs_counter_ != 0x0F;
      }
      programs_counter_ = packet.counter;
    }
    const size_t rest_bytes = std::min<size_t>(payload[0], payload.size() - 1);  // of the section before
    const auto rest = payload.subspan(1, rest_bytes);
    bytes.insert(bytes.end(), rest.begin(), rest.end());
    read_sections(packet.pid, bytes);
    bytes.clear();
    payload = payload.subspan(1 + rest_bytes);
  } else if (bytes.empty()) {
    return;  // its beginning was lost
  }
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  read_sections(packet.pid, bytes);
}

/// Reads those that are whole and takes them away.
void MpegtsJointFinder::read_sections(int pid, std::vector<uint8_t>& bytes) {
  constexpr uint8_t kNothingMore = 0xFF;
  size_t at = 0;
  while (bytes.size() >= at + 3 && bytes[at] != kNothingMore) {
    const size_t length = 3 + length_at(bytes, at + 1);
    if (bytes.size() < at + length) break;
    const auto section = std::span<const uint8_t>(bytes).subspan(at, length);
    if (is_usable(section)) {
      if (pid == kProgramsPid && section[0] == kProgramsId) read_programs(section);
      if (pid != kProgramsPid && section[0] == kProgramId) read_program(section);
    }
    at += length;
  }
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(at));
}

void MpegtsJointFinder::read_programs(std::span<const uint8_t> section) {
  programs_.clear();
  const size_t end = section.size() - kChecksumBytes;
  for (size_t at = 8; at + 4 <= end; at += 4) {
    const int program = number_at(section, at);
    if (program != 0) programs_[pid_at(section, at + 2)] = program;  // 0: the table of networks
  }
  if (program_ && !is_gone(*program_)) follow(*program_);
}

void MpegtsJointFinder::read_program(std::span<const uint8_t> section) {
  const int program = number_at(section, 3);
  std::vector<Track>& videos = videos_[program];
  videos.clear();
  const size_t end = section.size() - kChecksumBytes;
  for (size_t at = 12 + length_at(section, 10); at + 5 <= end; at += 5 + length_at(section, at + 3)) {
    if (is_video_type(section[at])) videos.push_back({pid_at(section, at + 1), section[at]});
  }
  if (!pid_ || (program_ && program != *program_ && !takes_our_place(program))) return;

  const auto ours = std::ranges::find(videos, *pid_, &Track::pid);
  if (ours != videos.end()) {
    follow(program);
    if (!type_) type_ = ours->type;
    next_ = ours->type == *type_ ? std::nullopt : std::optional(*ours);
  } else if (program_) {
    const auto is_new = [&](const Track& video) { return !seen_.contains(video.pid); };
    const auto first = std::ranges::find_if(videos, is_new);
    next_ = first == videos.end() ? std::nullopt : std::optional(*first);
    if (next_) follow(program);
  }
}

bool MpegtsJointFinder::is_video(int pid) const {
  return std::ranges::any_of(videos_, [&](const auto& program) {
    return std::ranges::find(program.second, pid, &Track::pid) != program.second.end();
  });
}

/// The first video is ours.
void MpegtsJointFinder::choose(int pid) {
  pid_ = pid;
  for (const auto& [program, videos] : videos_) {
    const auto ours = std::ranges::find(videos, pid, &Track::pid);
    if (ours == videos.end()) continue;
    type_ = ours->type;
    return follow(program);
  }
}

void MpegtsJointFinder::follow(int program) {
  program_ = program;
  for (const auto& [pid, number] : programs_) {
    if (number != program) others_.insert(number);
  }
}

bool MpegtsJointFinder::is_gone(int program) const {
  return std::ranges::none_of(programs_, [&](const auto& entry) { return entry.second == program; });
}

bool MpegtsJointFinder::takes_our_place(int program) const {
  return is_gone(*program_) && !others_.contains(program);
}

}  // namespace weir
