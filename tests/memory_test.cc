// SPDX-License-Identifier: Apache-2.0
// What is read of the kernel's files, of this process and of others.
#include <filesystem>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "memory/process_memory.h"
#include "memory/system_memory.h"
#include "support/media.h"

namespace weir {
namespace {

TEST(ProcessMemory, SeesMemoryThatIsWritten) {
  constexpr int64_t kBytes = 64'000'000;
  const auto before = sample_self();
  ASSERT_TRUE(before.has_value());
  const std::vector<char> written(kBytes, 1);
  const auto after = sample_self();
  ASSERT_EQ(after->measure, MemoryMeasure::kPss);
  EXPECT_GE(after->anonymous_bytes - before->anonymous_bytes, kBytes - 1'000'000);
  EXPECT_GE(after->uss_bytes.value(),
            kBytes);  // no difference: another test's start makes pages of libraries shared
  EXPECT_EQ(after->bytes, after->anonymous_bytes + after->file_bytes);
  EXPECT_LE(after->uss_bytes.value(), after->bytes);
  EXPECT_LE(after->bytes, after->rss_bytes);
}

TEST(ProcessMemory, OfAProcessAsThatProcessSeesItself) {
  const auto resident = sample_resident(getpid());
  const auto whole = sample_process(getpid());
  ASSERT_TRUE(resident && whole);
  EXPECT_NEAR(static_cast<double>(resident->rss_bytes), static_cast<double>(whole->rss_bytes), 4e6);
  EXPECT_GE(resident->peak_rss_bytes.value(), resident->rss_bytes);
}

// Between its end and its parent's wait() a process still has a folder in /proc, with no memory in it.
TEST(ProcessMemory, OfAnEndedProcessIsAnErrorNotZero) {
  const pid_t pid = fork();
  if (pid == 0) _exit(0);
  siginfo_t ended{};
  waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT);
  EXPECT_FALSE(sample_process(pid).has_value());
  EXPECT_FALSE(sample_resident(pid).has_value());
  waitpid(pid, nullptr, 0);
  EXPECT_FALSE(sample_process(pid).has_value());
}

/// Made-up kernels: a folder in the place of /proc/<pid>.
class OtherKernels : public ::testing::Test {
 protected:
  void add(const std::string& name, const std::string& text) const {
    testing::write_bytes(folder_.file(name), text);
  }
  /// The source without the folder.
  std::string source(const ProcessMemory& memory) const {
    return memory.source.substr(folder_.path().size());
  }
  Result<ProcessMemory> read() const { return read_process_memory(folder_.path()); }

  testing::TempFolder folder_;
};

constexpr const char* kRollup =
    "55d0c8a00000-7ffe1d3f2000 ---p 00000000 00:00 0                          [rollup]\n"
    "Rss:               10000 kB\nPss:                6000 kB\nPss_Dirty:          4100 kB\n"
    "Pss_Anon:           4000 kB\nPss_File:           1500 kB\nPss_Shmem:           500 kB\n"
    "Shared_Clean:       5000 kB\nShared_Dirty:          0 kB\nPrivate_Clean:       900 kB\n"
    "Private_Dirty:      4100 kB\nAnonymous:          4000 kB\n";

/// Before Linux 5.4.
constexpr const char* kOldRollup =
    "55d0c8a00000-7ffe1d3f2000 ---p 00000000 00:00 0                          [rollup]\n"
    "Rss:               10000 kB\nPss:                6000 kB\nShared_Clean:       5000 kB\n"
    "Private_Clean:       900 kB\nPrivate_Dirty:      4100 kB\nAnonymous:          4000 kB\n";

constexpr const char* kSmaps =
    "55d0c8a00000-55d0c8b00000 r-xp 00000000 fe:01 1234                       /usr/bin/weir kB\n"
    "Size:               1024 kB\nRss:                 800 kB\nPss:                 500 kB\n"
    "Private_Clean:       300 kB\nPrivate_Dirty:         0 kB\nAnonymous:             0 kB\n"
    "VmFlags: rd ex mr mw me dw\n"
    "55d0c8b00000-55d0c8c00000 rw-p 00100000 fe:01 1234                       /usr/bin/weir kB\n"
    "Rss:                 100 kB\nPss:                  90 kB\n"
    "Private_Clean:         0 kB\nPrivate_Dirty:        80 kB\nAnonymous:            80 kB\n"
    "55d0c9000000-55d0ca000000 rw-p 00000000 00:00 0                          [heap]\n"
    "Rss:                4000 kB\nPss:                3900 kB\n"
    "Private_Clean:         0 kB\nPrivate_Dirty:      3800 kB\nAnonymous:          4000 kB\n"
    "ProtectionKey:         0\n"
    "7f0000000000-7f0000100000 rw-p 00000000 00:00 0 \n"
    "Rss:                  64 kB\nPss:                  64 kB\n"
    "Private_Clean:         0 kB\nPrivate_Dirty:        64 kB\nAnonymous:            64 kB\n"
    "7f0000200000-7f0000300000 rw-p 00000000 00:00 0                          [anon:/not/a/file]\n"
    "Rss:                  32 kB\nPss:                  32 kB\n"
    "Private_Clean:         0 kB\nPrivate_Dirty:        32 kB\nAnonymous:            32 kB\n"
    "7f0000300000-7f0000400000 rw-s 00000000 00:01 77                         /memfd:tensors (deleted)\n"
    "Rss:                 512 kB\nPss:                 512 kB\n"
    "Private_Clean:         0 kB\nPrivate_Dirty:       512 kB\nAnonymous:             0 kB\n"
    "7f0000400000-7f0000500000 rw-s 00000000 00:05 9                          /dev/dri/card0\n"
    "Rss:                 256 kB\nPss:                 128 kB\n"
    "Private_Clean:         0 kB\nPrivate_Dirty:         0 kB\nAnonymous:             0 kB\n";

constexpr const char* kStatus =
    "Name:\tweir\nState:\tS (sleeping)\nVmPeak:\t  999999 kB\nVmSize:\t  999999 kB\nVmHWM:\t    9000 kB\n"
    "VmRSS:\t    8000 kB\nRssAnon:\t    5000 kB\nRssFile:\t    2700 kB\nRssShmem:\t     300 kB\n"
    "VmData:\t   70000 kB\nThreads:\t8\n";

/// Before Linux 4.5.
constexpr const char* kOldStatus =
    "Name:\tweir\nVmHWM:\t    9000 kB\nVmRSS:\t    8000 kB\nVmData:\t   70000 kB\n";

TEST_F(OtherKernels, TheRollUpIsTakenFirst) {
  add("smaps_rollup", kRollup);
  add("smaps", kSmaps);
  add("status", kStatus);
  const auto memory = read();
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->measure, MemoryMeasure::kPss);
  EXPECT_EQ(source(*memory), "/smaps_rollup");
  EXPECT_EQ(memory->bytes, 6000 * 1024);
  EXPECT_EQ(memory->anonymous_bytes, 4000 * 1024);
  EXPECT_EQ(memory->file_bytes, 1500 * 1024);
  EXPECT_EQ(memory->rss_bytes, 10000 * 1024);
  EXPECT_EQ(memory->uss_bytes, 5000 * 1024);
}

TEST_F(OtherKernels, WithoutARollUpTheMappingsAreAddedUp) {
  add("smaps", kSmaps);
  add("status", kStatus);
  const auto memory = read();
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->measure, MemoryMeasure::kPss);
  EXPECT_EQ(source(*memory), "/smaps");
  EXPECT_EQ(memory->bytes, (500 + 90 + 3900 + 64 + 32 + 512 + 128) * 1024);
  EXPECT_EQ(memory->anonymous_bytes, (80 + 3900 + 64 + 32) * 1024) << "never more than a mapping's PSS";
  EXPECT_EQ(memory->file_bytes, (500 + 10) * 1024) << "shared memory and devices are no files";
  EXPECT_EQ(memory->rss_bytes, (800 + 100 + 4000 + 64 + 32 + 512 + 256) * 1024);
  EXPECT_EQ(memory->uss_bytes, (300 + 80 + 3800 + 64 + 32 + 512) * 1024);
}

TEST_F(OtherKernels, ARollUpThatDoesNotSayWhatThePagesAreIsNotEnough) {
  add("smaps_rollup", kOldRollup);
  add("smaps", kSmaps);
  const auto memory = read();
  ASSERT_TRUE(memory);
  EXPECT_EQ(source(*memory), "/smaps");
  EXPECT_GT(memory->anonymous_bytes, 0);
}

TEST_F(OtherKernels, WithoutPssItIsRssAndSaysSo) {
  add("status", kStatus);
  add("statm", "30000 2000 700 10 0 500 0\n");
  auto memory = read();
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->measure, MemoryMeasure::kRss);
  EXPECT_EQ(source(*memory), "/status");
  EXPECT_EQ(memory->bytes, 8000 * 1024);
  EXPECT_EQ(memory->rss_bytes, memory->bytes);
  EXPECT_EQ(memory->anonymous_bytes, 5000 * 1024);
  EXPECT_EQ(memory->file_bytes, 2700 * 1024);
  EXPECT_EQ(memory->uss_bytes, std::nullopt);

  add("status", kOldStatus);
  memory = read();
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->measure, MemoryMeasure::kRss);
  EXPECT_EQ(source(*memory), "/statm");
  EXPECT_EQ(memory->bytes, 2000 * sysconf(_SC_PAGESIZE));
  EXPECT_EQ(memory->anonymous_bytes, 1300 * sysconf(_SC_PAGESIZE));
  EXPECT_EQ(memory->file_bytes, 700 * sysconf(_SC_PAGESIZE));
}

TEST_F(OtherKernels, WhatHoldsNothingIsAnErrorNotZero) {
  EXPECT_FALSE(read()) << "no /proc";
  // As of a process that has ended and that nobody has waited for.
  add("smaps_rollup", "");
  add("smaps", "");
  add("status", "Name:\tweir\nState:\tZ (zombie)\nThreads:\t1\n");
  add("statm", "0 0 0 0 0 0 0\n");
  EXPECT_FALSE(read());
  EXPECT_FALSE(read_resident_memory(folder_.path()));
  for (const char* text : {"", "x", "1", "1 2", "-1 -1 -1"}) {
    add("statm", text);
    EXPECT_FALSE(read()) << text;
  }
  add("smaps", "55d0c8a00000-55d0c8b00000 r-xp 00000000 fe:01 1 /a\nSize: 4 kB\nRss: 4 kB\n");
  add("smaps_rollup", "Rss: 4 kB\nPss: x kB\n");
  EXPECT_FALSE(read());
}

TEST_F(OtherKernels, APeakIsNotMadeUp) {
  add("status", kStatus);
  EXPECT_EQ(read_resident_memory(folder_.path())->peak_rss_bytes, 9000 * 1024);
  add("status", "Name:\tweir\nVmSize:\t 9999 kB\nVmRSS:\t    8000 kB\n");
  EXPECT_EQ(read_resident_memory(folder_.path())->rss_bytes, 8000 * 1024);
  EXPECT_EQ(read_resident_memory(folder_.path())->peak_rss_bytes, std::nullopt);
  std::filesystem::remove(folder_.file("status"));
  add("statm", "30000 2000 700 10 0 500 0\n");
  EXPECT_EQ(read_resident_memory(folder_.path())->rss_bytes, 2000 * sysconf(_SC_PAGESIZE));
}

// All the ways to read this process, held against each other.
TEST_F(OtherKernels, AllSourcesAgreeOnThisProcess) {
  const auto whole = sample_self();
  ASSERT_TRUE(whole);
  for (const char* name : {"smaps", "status", "statm"}) {
    std::filesystem::create_symlink(std::string("/proc/self/") + name, folder_.file(name));
    const auto memory = read();
    ASSERT_TRUE(memory);
    EXPECT_EQ(source(*memory), std::string("/") + name);
    const int64_t expected = memory->measure == MemoryMeasure::kPss ? whole->bytes : whole->rss_bytes;
    constexpr double kTolerated = 3e6;  // kernels count RSS in batches
    EXPECT_NEAR(static_cast<double>(memory->bytes), static_cast<double>(expected), kTolerated) << name;
    EXPECT_NEAR(static_cast<double>(memory->rss_bytes), static_cast<double>(whole->rss_bytes), kTolerated);
    EXPECT_NEAR(static_cast<double>(memory->anonymous_bytes), static_cast<double>(whole->anonymous_bytes),
                kTolerated);
    std::filesystem::remove(folder_.file(name));
  }
}

TEST(GrownAnonymousBytes, OfAStep) {
  constexpr int64_t kBytes = 30'000'000;
  const int64_t before = settled_anonymous_bytes();
  const std::vector<char> written(kBytes, 1);
  EXPECT_GE(grown_anonymous_bytes(before), kBytes - 1'000'000);
  EXPECT_EQ(grown_anonymous_bytes(settled_anonymous_bytes() + 10 * kBytes), 0)
      << "it can't be less than nothing";
  EXPECT_EQ(grown_anonymous_bytes(0), 0) << "the first could not be read";
}

TEST(SystemMemory, SomeOfItIsAvailable) {
  const auto memory = sample_system();
  ASSERT_TRUE(memory.has_value());
  EXPECT_GT(memory->available_bytes, 0);
  EXPECT_GT(memory->total_bytes, memory->available_bytes);
}

}  // namespace
}  // namespace weir
