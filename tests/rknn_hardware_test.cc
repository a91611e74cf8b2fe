// SPDX-License-Identifier: Apache-2.0
#include "backends/rknn/npu_hardware.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/media.h"

namespace weir {
namespace {

using ::testing::HasSubstr;
using Driver = NpuHardware::Driver;

/// A folder in the place of "/".
class Machine {
 public:
  Machine& has(const std::string& path, std::string_view bytes) {
    std::filesystem::create_directories(std::filesystem::path(folder_.file(path)).parent_path());
    testing::write_bytes(folder_.file(path), bytes);
    return *this;
  }
  [[nodiscard]] NpuHardware read() const { return read_npu_hardware(folder_.path()); }

 private:
  testing::TempFolder folder_;
};

constexpr std::string_view kRock5b("radxa,rock-5b\0rockchip,rk3588\0", 30);
constexpr const char* kCompatible = "proc/device-tree/compatible";

TEST(NpuHardware, NothingIsExpectedOfAPc) {
  const NpuHardware hardware = Machine().read();
  EXPECT_EQ(hardware.chip, "");
  EXPECT_TRUE(check_npu_hardware(hardware));
  EXPECT_THAT(describe(hardware), HasSubstr("names no Rockchip chip"));
}

TEST(NpuHardware, ABoardWithTheVendorsDriver) {
  Machine machine;
  machine.has(kCompatible, kRock5b)
      .has("sys/class/drm/renderD128/device/uevent", "DRIVER=panthor\nOF_NAME=gpu\n")
      .has("sys/class/drm/card1/device/uevent", "DRIVER=RKNPU\n")
      .has("sys/class/drm/renderD129/device/uevent", "DRIVER=RKNPU\nOF_NAME=npu\n")
      .has("sys/kernel/debug/rknpu/version", "RKNPU driver: v0.9.8\n")
      .has("dev/dri/renderD129", "");
  const NpuHardware hardware = machine.read();
  EXPECT_EQ(hardware.chip, "RK3588");
  EXPECT_EQ(hardware.cores, 3);
  EXPECT_EQ(hardware.driver, Driver::kRknpu);
  EXPECT_EQ(hardware.driver_version, "0.9.8");
  EXPECT_EQ(hardware.device_node, "/dev/dri/renderD129");
  EXPECT_TRUE(hardware.accessible);
  EXPECT_TRUE(check_npu_hardware(hardware));
  EXPECT_EQ(describe(hardware), "RK3588, NPU of 3 cores, driver rknpu 0.9.8, /dev/dri/renderD129");
}

TEST(NpuHardware, KernelsWithoutDrmHaveANodeOfTheirOwn) {
  Machine machine;
  machine.has(kCompatible, std::string_view("rockchip,rk3576\0", 16)).has("dev/rknpu", "");
  const NpuHardware hardware = machine.read();
  EXPECT_EQ(hardware.cores, 2);
  EXPECT_EQ(hardware.device_node, "/dev/rknpu");
  EXPECT_TRUE(check_npu_hardware(hardware));
}

TEST(NpuHardware, CoresAreTheChips) {
  const std::vector<std::pair<std::string, int>> chips{
      {std::string("rockchip,rk3588s-orangepi-5\0rockchip,rk3588s\0", 45), 3},
      {std::string("a,b\0rockchip,rk3576\0", 20), 2},
      {std::string("rockchip,rk3566-evb\0rockchip,rk3566\0", 36), 1},
      {std::string("rockchip,rk3562\0", 16), 1},
      {std::string("rockchip,rv1106\0", 16), 1},
      {"rockchip,rk3568", 1},
      {std::string("rockchip,rk3399\0", 16), 0}};
  for (const auto& [compatible, cores] : chips) {
    Machine machine;
    EXPECT_EQ(machine.has(kCompatible, compatible).read().cores, cores) << compatible;
  }
}

/// Code and words of what is wrong.
void expect_wrong(const NpuHardware& hardware, ErrorCode code, const std::string& words) {
  const Status status = check_npu_hardware(hardware);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, code);
  EXPECT_THAT(status.error().message, HasSubstr(words));
}

TEST(NpuHardware, SaysWhatABoardLacks) {
  Machine bare;
  expect_wrong(bare.has(kCompatible, kRock5b).read(), ErrorCode::kUnavailable, "no kernel driver");

  Machine mainline;
  mainline.has(kCompatible, kRock5b).has("sys/class/accel/accel0/device/uevent", "DRIVER=rocket\n");
  const NpuHardware rocket = mainline.read();
  EXPECT_EQ(rocket.device_node, "/dev/accel/accel0");
  expect_wrong(rocket, ErrorCode::kUnsupported, "rocket");

  Machine old;
  expect_wrong(old.has(kCompatible, std::string_view("rockchip,rk3399\0", 16)).read(),
               ErrorCode::kUnsupported, "RK3399 has no NPU");

  expect_wrong({.chip = "RK3588",
                .cores = 3,
                .driver = Driver::kRknpu,
                .device_node = "/dev/dri/renderD129",
                .node_group = "video",
                .node_exists = true},
               ErrorCode::kFailedPrecondition, "usermod -aG video");
  expect_wrong({.chip = "RK3588", .cores = 3, .driver = Driver::kRknpu, .device_node = "/dev/dri/renderD129"},
               ErrorCode::kFailedPrecondition, "container");
}

}  // namespace
}  // namespace weir
