// SPDX-License-Identifier: Apache-2.0
// An MPEG-TS may go on as another one: a second file was appended, an encoder was restarted, an advert put
// in. libav then gives the last frames of the old video after all of the new one, or the new one not at all.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace weir {

/// Where a video ends and the one that takes its place begins, as offsets.
struct MpegtsJoint {
  int64_t ends_at = 0;    ///< the old video's packets are before it
  int64_t begins_at = 0;  ///< the tables that announce the new one; no later than ends_at
  int pid = 0;            ///< the new video's
};

/// Looks for the joint of one video in a transport stream, which is where
///  - its program names another PID for its video, or another kind of video, or gives way to another program,
///    and the first packet of that video is there; or
///  - all counters start anew, with a table of programs right before the video's next frame: another file.
/// Other programs that were there all the time, and further videos of its own, don't matter.
/// Format: ISO/IEC 13818-1, sections 2.4.3 and 2.4.4.
class MpegtsJointFinder {
 public:
  /// Of the video of that PID; without one, of the first video that comes.
  explicit MpegtsJointFinder(std::optional<int> pid = std::nullopt) : pid_(pid) {}

  /// The bytes that follow those of the last call. After a joint nothing more is looked at.
  void read(std::span<const uint8_t> bytes);

  [[nodiscard]] const std::optional<MpegtsJoint>& joint() const { return joint_; }
  [[nodiscard]] std::optional<int> pid() const { return pid_; }
  [[nodiscard]] bool has_seen(int pid) const { return seen_.contains(pid); }  ///< a frame of that PID
  [[nodiscard]] int64_t position() const { return position_; }                ///< bytes read

 private:
  struct Packet;
  struct Track {
    int pid;
    int type;
  };

  [[nodiscard]] bool get_in_step(size_t& at);
  void read_packet(std::span<const uint8_t> bytes, int64_t offset);
  void read_frames(const Packet& packet);
  void read_tables(const Packet& packet);
  void read_sections(int pid, std::vector<uint8_t>& bytes);
  void read_programs(std::span<const uint8_t> section);
  void read_program(std::span<const uint8_t> section);
  [[nodiscard]] bool is_video(int pid) const;
  void choose(int pid);
  void follow(int program);
  [[nodiscard]] bool is_gone(int program) const;
  [[nodiscard]] bool takes_our_place(int program) const;

  std::optional<int> pid_;
  std::optional<int> type_;     // of our video
  std::optional<int> program_;  // that it is part of
  std::set<int> others_;        // programs that were there beside it
  std::set<int> seen_;          // videos that had a frame
  std::optional<Track> next_;   // announced in place of ours, but not there yet

  std::map<int, int> programs_;                   // now: by the PID of their tables
  std::map<int, std::vector<Track>> videos_;      // of each program
  std::map<int, std::vector<uint8_t>> sections_;  // by PID, as far as they are there

  int64_t tables_at_ = 0;       // the beginning of the last run of packets with tables
  bool in_tables_ = false;      // the last packet is part of it
  int programs_counter_ = 0;    // of the last table of programs
  bool tables_begin_ = false;   // one was counted 0, and our video had no packet since
  bool tables_jump_ = false;    // that 0 didn't follow the counter of the table before
  std::optional<int> counter_;  // of our video's last packet

  std::vector<uint8_t> unread_;  // less than a packet, or too few to find the step
  int step_ = 0;                 // bytes from packet to packet; 0: not known
  int64_t position_ = 0;
  std::optional<MpegtsJoint> joint_;
};

}  // namespace weir
