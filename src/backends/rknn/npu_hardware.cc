// SPDX-License-Identifier: Apache-2.0
#include "backends/rknn/npu_hardware.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

struct Chip {
  std::string_view name;  ///< as the device tree has it
  int npu_cores;
};

/// Those that librknnrt.so (or its small sister for the RV chips) serves. RK3588S is an RK3588 with fewer
/// pins.
constexpr std::array kChips{Chip{"rk3588", 3}, Chip{"rk3588s", 3}, Chip{"rk3576", 2}, Chip{"rk3562", 1},
                            Chip{"rk3566", 1}, Chip{"rk3568", 1},  Chip{"rv1103", 1}, Chip{"rv1103b", 1},
                            Chip{"rv1106", 1}, Chip{"rv1106b", 1}, Chip{"rv1126b", 1}};

/// "" where there is no such file.
std::string text_of(const fs::path& path) {
  return read_file(path).value_or("");
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

/// `compatible` of a device tree: names with a NUL behind each, from the board's own to the chip's.
void find_chip(std::string_view compatible, NpuHardware& hardware) {
  constexpr std::string_view kVendor = "rockchip,";
  while (!compatible.empty()) {
    const std::string_view name = compatible.substr(0, compatible.find('\0'));
    compatible.remove_prefix(std::min(compatible.size(), name.size() + 1));
    if (!name.starts_with(kVendor)) continue;
    const std::string_view chip = name.substr(kVendor.size());
    hardware.chip = upper(chip);
    const auto* known = std::ranges::find(kChips, chip, &Chip::name);
    if (known == kChips.end()) continue;  // a board by the chip's vendor, or a chip without such an NPU
    hardware.cores = known->npu_cores;
    return;
  }
}

/// The first device of a class whose driver has that name: "renderD129"; "" where there is none.
std::string device_driven_by(const fs::path& devices, std::string_view driver) {
  const std::string line = fmt::format("DRIVER={}\n", driver);
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(devices, absent)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("card")) continue;  // the same device, for those who also show pictures
    if (text_of(entry.path() / "device/uevent").find(line) != std::string::npos) return name;
  }
  return "";
}

void find_driver(const fs::path& root, NpuHardware& hardware) {
  using Driver = NpuHardware::Driver;
  std::error_code absent;
  if (const std::string node = device_driven_by(root / "sys/class/drm", "RKNPU"); !node.empty()) {
    hardware.driver = Driver::kRknpu;
    hardware.device_node = "/dev/dri/" + node;
  } else if (fs::exists(root / "dev/rknpu", absent)) {  // kernels that don't drive it as a DRM device
    hardware.driver = Driver::kRknpu;
    hardware.device_node = "/dev/rknpu";
  } else if (const std::string accel = device_driven_by(root / "sys/class/accel", "rocket"); !accel.empty()) {
    hardware.driver = Driver::kRocket;
    hardware.device_node = "/dev/accel/" + accel;
  }
  // "RKNPU driver: v0.9.8"
  const std::string version = text_of(root / "sys/kernel/debug/rknpu/version");
  if (const size_t at = version.rfind('v'); at != std::string::npos) {
    const std::string_view number = std::string_view(version).substr(at + 1);
    hardware.driver_version = number.substr(0, number.find_first_not_of("0123456789."));
  }
}

void find_access(const fs::path& root, NpuHardware& hardware) {
  if (hardware.device_node.empty()) return;
  const fs::path node = root / hardware.device_node.substr(1);
  hardware.accessible = access(node.c_str(), R_OK | W_OK) == 0;
  struct stat status {};
  hardware.node_exists = stat(node.c_str(), &status) == 0;
  if (!hardware.node_exists) return;
  const group* owner = getgrgid(status.st_gid);
  hardware.node_group = owner != nullptr ? owner->gr_name : std::to_string(status.st_gid);
}

}  // namespace

NpuHardware read_npu_hardware(const std::string& root) {
  NpuHardware hardware;
  find_chip(text_of(fs::path(root) / "proc/device-tree/compatible"), hardware);
  if (hardware.chip.empty()) return hardware;
  find_driver(root, hardware);
  find_access(root, hardware);
  return hardware;
}

Status check_npu_hardware(const NpuHardware& hardware) {
  if (hardware.chip.empty()) return {};
  if (hardware.cores == 0) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("{} has no NPU that librknnrt.so serves, as far as weir knows", hardware.chip)};
  }
  switch (hardware.driver) {
    case NpuHardware::Driver::kNone:
      return Error{ErrorCode::kUnavailable,
                   fmt::format("{} has an NPU, but no kernel driver for it is loaded (no DRIVER=RKNPU in "
                               "/sys/class/drm/renderD*/device/uevent, no /dev/rknpu): boot a kernel of the "
                               "board's vendor with CONFIG_ROCKCHIP_RKNPU",
                               hardware.chip)};
    case NpuHardware::Driver::kRocket:
      return Error{
          ErrorCode::kUnsupported,
          fmt::format("the kernel drives the NPU with the mainline driver 'rocket' ({}), with which the "
                      "vendor's librknnrt.so can't work: boot a kernel of the board's vendor, whose "
                      "driver is rknpu",
                      hardware.device_node)};
    case NpuHardware::Driver::kRknpu:
      break;
  }
  if (hardware.accessible) return {};
  if (!hardware.node_exists) {
    return Error{ErrorCode::kFailedPrecondition,
                 fmt::format("the NPU's {0} is not here; a container needs it passed in (--device {0})",
                             hardware.device_node)};
  }
  return Error{
      ErrorCode::kFailedPrecondition,
      fmt::format("this user may not use the NPU's {0}: sudo usermod -aG {1} $USER, then log in again",
                  hardware.device_node, hardware.node_group.empty() ? "render" : hardware.node_group)};
}

std::string describe(const NpuHardware& hardware) {
  if (hardware.chip.empty()) return "none known: /proc/device-tree/compatible names no Rockchip chip";
  std::string text = hardware.chip;
  if (hardware.cores > 0) {
    text += fmt::format(", NPU of {} core{}", hardware.cores, hardware.cores == 1 ? "" : "s");
  }
  switch (hardware.driver) {
    case NpuHardware::Driver::kNone:
      return text + ", no driver";
    case NpuHardware::Driver::kRknpu:
      text += ", driver rknpu";
      break;
    case NpuHardware::Driver::kRocket:
      text += ", driver rocket (mainline)";
      break;
  }
  if (!hardware.driver_version.empty()) text += " " + hardware.driver_version;
  return text + ", " + hardware.device_node;
}

}  // namespace weir
