// SPDX-License-Identifier: Apache-2.0
// Where one video of a transport stream ends and another takes its place, from streams made packet by packet.
#include <cstdint>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "sources/container/mpegts_joint.h"

namespace weir {
namespace {

using Bytes = std::vector<uint8_t>;
using Tracks = std::vector<std::pair<int, int>>;  // PID and type

constexpr int kH264 = 0x1B;
constexpr int kHevc = 0x24;
constexpr int kAac = 0x0F;
constexpr int kPmt = 0x1000;
constexpr int kOtherPmt = 0x1001;

/// A transport stream, put together packet by packet.
class Stream {
 public:
  explicit Stream(size_t step = 188, size_t before_packet = 0) : step_(step), before_packet_(before_packet) {}

  /// The table of programs: number and PID of its table.
  Stream& programs(const std::vector<std::pair<int, int>>& list) {
    Bytes body{0, 1, 0xC1, 0, 0};
    for (const auto& [number, pid] : list) append16(append16(body, number), 0xE000 | pid);
    return table(0, 0, std::move(body));
  }

  /// The table of a program, `padding` bytes longer than it needs to be.
  Stream& program(int number, int pid, const Tracks& tracks, int padding = 0) {
    Bytes body;
    append16(body, number);
    body.insert(body.end(), {0xC1, 0, 0});
    append16(append16(body, 0xFFFF), 0xF000);
    for (const auto& [track, type] : tracks) {
      body.push_back(static_cast<uint8_t>(type));
      append16(append16(body, 0xE000 | track), 0xF000 | padding);
      body.insert(body.end(), static_cast<size_t>(padding), 0);
    }
    return table(pid, 2, std::move(body));
  }

  /// A frame of that many packets.
  Stream& frame(int pid, int packets = 3) {
    for (int i = 0; i < packets; ++i) packet(pid, i == 0, Bytes(184, 0xAA));
    return *this;
  }

  Stream& lose(int pid) { return ++counters_[pid], *this; }  ///< a packet of that PID
  Stream& restart() { return counters_.clear(), *this; }     ///< another file
  Stream& damage_last() { return bytes_[bytes_.size() - 170] ^= 0x10, *this; }
  Stream& add(size_t bytes) { return bytes_.insert(bytes_.end(), bytes, 0x11), *this; }

  [[nodiscard]] int64_t here() const { return static_cast<int64_t>(bytes_.size()); }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  static Bytes& append16(Bytes& bytes, int number) {
    bytes.push_back(static_cast<uint8_t>(number >> 8));
    bytes.push_back(static_cast<uint8_t>(number));
    return bytes;
  }

  /// ISO/IEC 13818-1, annex A, bit by bit.
  static uint32_t checksum(const Bytes& bytes) {
    uint32_t sum = 0xFFFFFFFF;
    for (const uint8_t byte : bytes) {
      sum ^= uint32_t{byte} << 24;
      for (int bit = 0; bit < 8; ++bit) sum = sum << 1 ^ ((sum >> 31) != 0 ? 0x04C11DB7U : 0);
    }
    return sum;
  }

  Stream& table(int pid, int id, Bytes body) {
    Bytes section{static_cast<uint8_t>(id)};
    append16(section, 0xB000 | static_cast<int>(body.size() + 4));
    section.insert(section.end(), body.begin(), body.end());
    const uint32_t sum = checksum(section);
    append16(append16(section, static_cast<int>(sum >> 16)), static_cast<int>(sum & 0xFFFF));
    section.insert(section.begin(), 0);  // the section begins right here
    for (size_t at = 0; at < section.size(); at += 184) {
      Bytes part(section.begin() + static_cast<ptrdiff_t>(at),
                 section.begin() + static_cast<ptrdiff_t>(std::min(section.size(), at + 184)));
      part.resize(184, 0xFF);
      packet(pid, at == 0, part);
    }
    return *this;
  }

  void packet(int pid, bool starts, const Bytes& payload) {
    bytes_.insert(bytes_.end(), before_packet_, 0x33);
    const auto counter = static_cast<uint8_t>(counters_[pid]++ & 0x0F);
    bytes_.insert(bytes_.end(), {0x47, static_cast<uint8_t>((starts ? 0x40 : 0) | pid >> 8),
                                 static_cast<uint8_t>(pid), static_cast<uint8_t>(0x10 | counter)});
    bytes_.insert(bytes_.end(), payload.begin(), payload.end());
    bytes_.insert(bytes_.end(), step_ - before_packet_ - 188, 0x33);
  }

  size_t step_;
  size_t before_packet_;
  std::map<int, int> counters_;
  Bytes bytes_;
};

std::optional<MpegtsJoint> joint_in(const Stream& stream, std::optional<int> pid = 0x100,
                                    size_t at_once = 1 << 20) {
  MpegtsJointFinder finder(pid);
  for (std::span<const uint8_t> rest(stream.bytes()); !rest.empty();) {
    const size_t bytes = std::min(at_once, rest.size());
    finder.read(rest.first(bytes));
    rest = rest.subspan(bytes);
  }
  return finder.joint();
}

::testing::AssertionResult is_at(const std::optional<MpegtsJoint>& joint, int64_t tables, int64_t frame,
                                 int pid) {
  if (!joint) return ::testing::AssertionFailure() << "no joint";
  if (joint->begins_at == tables && joint->ends_at == frame && joint->pid == pid)
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << joint->begins_at << ", " << joint->ends_at << ", PID " << joint->pid
                                       << " in place of " << tables << ", " << frame << ", PID " << pid;
}

/// One program with one video of PID 0x100, and some of it.
Stream& begin(Stream& stream) {
  return stream.programs({{1, kPmt}})
      .program(1, kPmt, {{0x100, kH264}, {0x101, kAac}})
      .frame(0x100)
      .frame(0x101, 1)
      .frame(0x100);
}

TEST(MpegtsJoint, AProgramThatNamesAnotherVideo) {
  for (const auto& [step, before] : {std::pair(188, 0), std::pair(192, 4), std::pair(204, 0)}) {
    Stream stream(static_cast<size_t>(step), static_cast<size_t>(before));
    begin(stream);
    const int64_t tables = stream.here();
    stream.program(1, kPmt, {{0x200, kH264}}).frame(0x100).frame(0x101, 1);  // the last of the old video
    const int64_t frame = stream.here();
    stream.frame(0x200).frame(0x200).frame(0x200);
    for (const size_t at_once : {1U, 7U, 188U, 1000U, 1U << 20}) {
      EXPECT_TRUE(is_at(joint_in(stream, 0x100, at_once), tables, frame, 0x200)) << step << " " << at_once;
      EXPECT_TRUE(is_at(joint_in(stream, std::nullopt, at_once), tables, frame, 0x200));
    }
    EXPECT_FALSE(joint_in(stream, 0x200));
  }
}

TEST(MpegtsJoint, ATableOfSeveralPackets) {
  Stream stream;
  begin(stream);
  const int64_t tables = stream.here();
  stream.program(1, kPmt, {{0x300, kAac}, {0x301, kAac}, {0x200, kH264}}, 120);
  const int64_t frame = stream.here();
  EXPECT_EQ(frame - tables, 3 * 188);
  EXPECT_TRUE(is_at(joint_in(stream.frame(0x200)), tables, frame, 0x200));
}

TEST(MpegtsJoint, NothingThatLeavesTheVideoAsItIs) {
  Stream stream;
  begin(stream)
      .program(1, kPmt, {{0x100, kH264}, {0x102, kAac}})
      .frame(0x102, 1)
      .frame(0x100);                                                                    // other sound
  stream.program(1, kPmt, {{0x200, kH264}, {0x100, kH264}}).frame(0x200).frame(0x100);  // a second video
  stream.programs({{1, kPmt}, {2, kOtherPmt}})
      .program(2, kOtherPmt, {{0x300, kH264}})
      .frame(0x300)
      .frame(0x100);
  stream.program(2, kOtherPmt, {{0x400, kHevc}}).frame(0x400).frame(0x100);  // another program's
  stream.programs({{2, kOtherPmt}})
      .program(2, kOtherPmt, {{0x400, kHevc}})
      .frame(0x400);                                            // which stays longer
  stream.program(2, kOtherPmt, {{0x500, kHevc}}).frame(0x500);  // and changes once more
  EXPECT_FALSE(joint_in(stream));
}

TEST(MpegtsJoint, OneOfTwoVideosThatEnds) {
  Stream stream;
  stream.programs({{1, kPmt}}).program(1, kPmt, {{0x100, kH264}, {0x200, kH264}}).frame(0x100).frame(0x200);
  stream.program(1, kPmt, {{0x200, kH264}}).frame(0x200).frame(0x200);
  EXPECT_FALSE(joint_in(stream)) << "the other one was there all the time";
}

TEST(MpegtsJoint, AnAnnouncementThatIsTakenBack) {
  Stream stream;
  begin(stream)
      .program(1, kPmt, {{0x200, kH264}})
      .program(1, kPmt, {{0x100, kH264}})
      .frame(0x200)
      .frame(0x100);
  EXPECT_FALSE(joint_in(stream));
}

TEST(MpegtsJoint, ADamagedTableAnnouncesNothing) {
  Stream stream;
  begin(stream).program(1, kPmt, {{0x200, kH264}}).damage_last().frame(0x200).frame(0x100);
  EXPECT_FALSE(joint_in(stream));
}

TEST(MpegtsJoint, AnotherKindOfVideo) {
  Stream stream;
  begin(stream);
  const int64_t tables = stream.here();
  stream.program(1, kPmt, {{0x100, kHevc}});
  const int64_t frame = stream.here();
  EXPECT_TRUE(is_at(joint_in(stream.frame(0x100)), tables, frame, 0x100));
}

TEST(MpegtsJoint, AnotherProgramInThePlaceOfOurs) {
  Stream stream;
  begin(stream);
  const int64_t tables = stream.here();
  stream.programs({{7, kOtherPmt}}).program(7, kOtherPmt, {{0x200, kH264}});
  const int64_t frame = stream.here();
  EXPECT_TRUE(is_at(joint_in(stream.frame(0x200)), tables, frame, 0x200));

  Stream renumbered;
  begin(renumbered).programs({{7, kOtherPmt}}).program(7, kOtherPmt, {{0x100, kH264}}).frame(0x100);
  EXPECT_FALSE(joint_in(renumbered)) << "the same video goes on";
}

TEST(MpegtsJoint, AnotherFile) {
  Stream stream;
  begin(stream).frame(0x100, 4).restart();
  const int64_t tables = stream.here();
  stream.programs({{1, kPmt}}).program(1, kPmt, {{0x100, kH264}});
  const int64_t frame = stream.here();
  EXPECT_TRUE(is_at(joint_in(stream.frame(0x100)), tables, frame, 0x100));
}

// One in sixteen: the second file's first packet of video has the number that would have come next.
TEST(MpegtsJoint, AnotherFileWhoseCounterHappensToFollow) {
  Stream stream;
  begin(stream).frame(0x100, 10).restart();
  const int64_t tables = stream.here();
  stream.programs({{1, kPmt}}).program(1, kPmt, {{0x100, kH264}});
  const int64_t frame = stream.here();
  EXPECT_TRUE(is_at(joint_in(stream.frame(0x100)), tables, frame, 0x100));

  Stream one_file;
  begin(one_file);
  for (int i = 0; i < 15; ++i) one_file.programs({{1, kPmt}}).program(1, kPmt, {{0x100, kH264}});
  one_file.frame(0x100, 10).programs({{1, kPmt}}).frame(0x100, 16);
  EXPECT_FALSE(joint_in(one_file)) << "all counters come to 0, one after 15";
}

TEST(MpegtsJoint, AFileThatWasCutOffBeforeAnotherOne) {
  Stream stream;
  begin(stream).frame(0x100, 4).add(100).restart();
  const int64_t tables = stream.here();
  stream.programs({{1, kPmt}}).program(1, kPmt, {{0x100, kH264}});
  const int64_t frame = stream.here();
  stream.frame(0x100).frame(0x100);
  EXPECT_TRUE(is_at(joint_in(stream), tables, frame, 0x100));
}

// Loss must stay loss, which the reader is told of.
TEST(MpegtsJoint, LostPacketsAreNone) {
  Stream between;
  begin(between).lose(0x100).programs({{1, kPmt}}).program(1, kPmt, {{0x100, kH264}}).frame(0x100);
  EXPECT_FALSE(joint_in(between)) << "the tables' counters go on";

  Stream inside;
  begin(inside).restart().programs({{1, kPmt}}).program(1, kPmt, {{0x100, kH264}});
  inside.lose(0x100).frame(0x100);
  EXPECT_FALSE(joint_in(inside)) << "the video's don't begin anew";
}

TEST(MpegtsJoint, StreamsWithoutTables) {
  Stream stream;
  stream.frame(0x100).frame(0x200).lose(0x100).frame(0x100).restart().frame(0x100);
  EXPECT_FALSE(joint_in(stream));
}

TEST(MpegtsJoint, TheFirstVideoIsTheOneWhoseFrameComesFirst) {
  Stream stream;
  stream.programs({{1, kPmt}, {2, kOtherPmt}});
  stream.program(1, kPmt, {{0x100, kH264}}).program(2, kOtherPmt, {{0x200, kH264}}).frame(0x200).frame(0x100);
  MpegtsJointFinder finder;
  finder.read(stream.bytes());
  EXPECT_EQ(finder.pid(), 0x200);
  EXPECT_TRUE(finder.has_seen(0x100));
  EXPECT_FALSE(finder.has_seen(0x300));
  EXPECT_EQ(finder.position(), stream.here());
}

// Nothing may crash or hang. The seed is printed.
TEST(MpegtsJoint, RandomBytesNeverHurt) {
  Stream stream;
  begin(stream).program(1, kPmt, {{0x200, kH264}}, 90).frame(0x200).programs({{2, kOtherPmt}});
  stream.program(2, kOtherPmt, {{0x300, kHevc}}).frame(0x300);
  const unsigned seed = std::random_device()();
  std::cout << "seed " << seed << '\n';
  std::mt19937 random(seed);
  for (int i = 0; i < 3000; ++i) {
    Bytes bytes = stream.bytes();
    for (auto flips = 1 + random() % 30; flips > 0; --flips)
      bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    if (random() % 4 == 0)
      bytes.erase(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(random() % bytes.size()));
    MpegtsJointFinder finder(random() % 2 == 0 ? std::optional(0x100) : std::nullopt);
    for (std::span<const uint8_t> rest(bytes); !rest.empty();) {
      const size_t part = std::min<size_t>(1 + random() % 700, rest.size());
      finder.read(rest.first(part));
      rest = rest.subspan(part);
    }
    if (!finder.joint()) continue;
    EXPECT_LE(finder.joint()->begins_at, finder.joint()->ends_at);
    EXPECT_LT(finder.joint()->ends_at, static_cast<int64_t>(bytes.size()));
  }
}

}  // namespace
}  // namespace weir
