// SPDX-License-Identifier: Apache-2.0
// What is read of the kernel's files, of this process and of others.
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "memory/process_memory.h"
#include "memory/system_memory.h"

namespace weir {
namespace {

TEST(ProcessMemory, SeesMemoryThatIsWritten) {
  constexpr int64_t kBytes = 64'000'000;
  const auto before = sample_self();
  ASSERT_TRUE(before.has_value());
  const std::vector<char> written(kBytes, 1);
  const auto after = sample_self();
  EXPECT_GE(after->pss_anon_bytes - before->pss_anon_bytes, kBytes - 1'000'000);
  EXPECT_GE(after->uss_bytes, kBytes);  // no difference: another test's start makes pages of libraries shared
  EXPECT_EQ(after->pss_bytes, after->pss_anon_bytes + after->pss_file_bytes);
  EXPECT_LE(after->uss_bytes, after->pss_bytes);
  EXPECT_LE(after->pss_bytes, after->rss_bytes);
}

TEST(ProcessMemory, OfAProcessAsThatProcessSeesItself) {
  const auto resident = sample_resident(getpid());
  const auto whole = sample_process(getpid());
  ASSERT_TRUE(resident && whole);
  EXPECT_NEAR(static_cast<double>(resident->rss_bytes), static_cast<double>(whole->rss_bytes), 4e6);
  EXPECT_GE(resident->peak_rss_bytes, resident->rss_bytes);
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

TEST(SystemMemory, SomeOfItIsAvailable) {
  const auto memory = sample_system();
  ASSERT_TRUE(memory.has_value());
  EXPECT_GT(memory->available_bytes, 0);
  EXPECT_GT(memory->total_bytes, memory->available_bytes);
}

}  // namespace
}  // namespace weir
