// SPDX-License-Identifier: Apache-2.0
// What control groups grant, read from made-up machines: a folder with the files that the kernel would show.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/cpu_quota.h"
#include "support/media.h"

namespace weir {
namespace {

class CpuQuota : public ::testing::Test {
 protected:
  /// Adds a file below the made-up root.
  void add(const std::string& path, const std::string& text) const {
    const std::string file = root_.path() + path;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    testing::write_bytes(file, text);
  }
  /// Lines of /proc/self/mountinfo, among others that have nothing to do with it.
  void mounts(const std::string& lines) const {
    add("/proc/self/mountinfo",
        "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw,errors=remount-ro\n"
        "25 22 0:22 / /proc rw,nosuid - proc proc rw\n" +
            lines + "40 22 0:35 / /tmp rw - tmpfs tmpfs rw,size=1024k\n");
  }
  void groups(const std::string& lines) const { add("/proc/self/cgroup", lines); }
  /// Version 1 has two files where version 2 has one.
  void add_v1(const std::string& folder, const std::string& quota, const std::string& period) const {
    add(folder + "/cpu.cfs_quota_us", quota + "\n");
    add(folder + "/cpu.cfs_period_us", period + "\n");
  }
  double quota() const { return cpu_quota(root_.path()).value_or(0); }

  testing::TempFolder root_;
};

constexpr const char* kV2 =
    "30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST_F(CpuQuota, NoneWhereNothingLimits) {
  EXPECT_EQ(cpu_quota(root_.path()), std::nullopt) << "no /proc, no /sys";
  mounts(kV2);
  groups("0::/\n");
  EXPECT_EQ(cpu_quota(root_.path()), std::nullopt) << "the topmost group has no such file";
  add("/sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_EQ(cpu_quota(root_.path()), std::nullopt);
}

TEST_F(CpuQuota, OfAContainerInItsOwnNamespace) {
  mounts(kV2);
  groups("0::/\n");
  add("/sys/fs/cgroup/cpu.max", "150000 100000\n");
  EXPECT_EQ(quota(), 1.5);
}

TEST_F(CpuQuota, TheLeastOfTheGroupAndThoseItIsIn) {
  mounts(kV2);
  groups("0::/user.slice/job.scope/inner\n");
  add("/sys/fs/cgroup/user.slice/cpu.max", "200000 100000\n");
  add("/sys/fs/cgroup/user.slice/job.scope/cpu.max", "40000 10000\n");
  add("/sys/fs/cgroup/user.slice/job.scope/inner/cpu.max", "max 100000\n");
  add("/sys/fs/cgroup/user.slice/other/cpu.max", "1000 100000\n");
  EXPECT_EQ(quota(), 2);
  add("/sys/fs/cgroup/user.slice/job.scope/inner/cpu.max", "50000 100000\n");
  EXPECT_EQ(quota(), 0.5);
}

TEST_F(CpuQuota, OfVersionOne) {
  mounts(
      "31 22 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
      "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 master:2 - cgroup cgroup rw,cpu,cpuacct\n"
      "33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n");
  groups("5:cpuset:/\n4:cpu,cpuacct:/jobs/a:b\n1:name=systemd:/elsewhere\n");
  add_v1("/sys/fs/cgroup/cpu,cpuacct", "-1", "100000");
  add_v1("/sys/fs/cgroup/cpu,cpuacct/jobs", "300000", "100000");
  add_v1("/sys/fs/cgroup/cpu,cpuacct/jobs/a:b", "-1", "100000");
  add_v1("/sys/fs/cgroup/cpuset/jobs", "1000", "100000");  // another controller's
  EXPECT_EQ(quota(), 3);
  add_v1("/sys/fs/cgroup/cpu,cpuacct/jobs/a:b", "125000", "50000");
  EXPECT_EQ(quota(), 2.5);
}

// A container that sees the names of its host: what is mounted is its own group.
TEST_F(CpuQuota, OfAMountThatBeginsAtTheGroup) {
  mounts("32 31 0:29 /docker/0a1b /sys/fs/cgroup/cpu ro,nosuid - cgroup cgroup rw,cpu\n");
  groups("4:cpu:/docker/0a1b\n");
  add_v1("/sys/fs/cgroup/cpu", "200000", "100000");
  EXPECT_EQ(quota(), 2);
  groups("4:cpu:/docker/0a1b/deeper\n");
  add_v1("/sys/fs/cgroup/cpu/deeper", "100000", "100000");
  EXPECT_EQ(quota(), 1);
  groups("4:cpu:/docker/0a1bc\n");  // not below it, though it begins alike
  EXPECT_EQ(quota(), 2);
  groups("4:cpu:/../../elsewhere\n");  // outside of what this namespace shows
  EXPECT_EQ(quota(), 2);
}

// systemd's hybrid layout: version 2 is there, but the controller is version 1's.
TEST_F(CpuQuota, OfWhicheverVersionLimitsMore) {
  mounts(
      "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  groups("1:cpu:/a\n0::/a\n");
  add_v1("/sys/fs/cgroup/cpu/a", "400000", "100000");
  EXPECT_EQ(quota(), 4);
  add("/sys/fs/cgroup/unified/a/cpu.max", "300000 100000\n");
  EXPECT_EQ(quota(), 3);
}

TEST_F(CpuQuota, WhereverItIsMounted) {
  mounts(R"(30 22 0:26 / /mnt/control\040groups rw - cgroup2 none rw)"
         "\n");
  groups("0::/x\n");
  add("/mnt/control groups/x/cpu.max", "200000 100000\n");
  EXPECT_EQ(quota(), 2);
}

// Without /proc the usual places are all there is to go by.
TEST_F(CpuQuota, WithoutProcTheUsualPlaces) {
  add("/sys/fs/cgroup/cpu.max", "200000 100000\n");
  EXPECT_EQ(quota(), 2);
  add_v1("/sys/fs/cgroup/cpu", "100000", "100000");
  EXPECT_EQ(quota(), 1);
}

TEST_F(CpuQuota, NoneInGarbage) {
  mounts(std::string("30 22\n - cgroup2\n - \n30 22 0:26 / - cgroup2\n32 31 0:29 / /a rw - cgroup cgroup\n") +
         kV2);
  groups("\n:\n0\n0:\n::/\n0::x\n4:cpu\n");
  for (const char* text : {"", "\n", "max", "100000", "x y", "100000 0", "0 100000", "-1 100000", "nan 1"}) {
    add("/sys/fs/cgroup/cpu.max", text);
    EXPECT_EQ(cpu_quota(root_.path()), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace weir
