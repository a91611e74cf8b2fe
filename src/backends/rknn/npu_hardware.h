// SPDX-License-Identifier: Apache-2.0
// Which Rockchip NPU this machine has and who drives it, read from files: what is wrong with a board can be
// said before a runtime fails on it with -1.
#pragma once

#include <string>

#include "base/result.h"

namespace weir {

struct NpuHardware {
  enum class Driver { kNone, kRknpu, kRocket };

  std::string chip;  ///< "RK3588"; "" where this is no Rockchip machine
  int cores = 0;     ///< of the NPU; 0: weir knows of none in this chip
  Driver driver = Driver::kNone;
  std::string driver_version;  ///< "0.9.8"; "" where it can't be read, as by all but root
  std::string device_node;     ///< "/dev/dri/renderD129"; "" where there is none
  std::string node_group;      ///< the group that may use it
  bool node_exists = false;    ///< not so in a container that it was not passed into
  bool accessible = false;     ///< this process may read and write it
};

/// `root`: "/", or a folder with what of proc, sys and dev a test needs.
[[nodiscard]] NpuHardware read_npu_hardware(const std::string& root = "/");

/// Why the vendor's runtime can't work on it, in words a user can act on; fine where there is nothing to
/// check.
[[nodiscard]] Status check_npu_hardware(const NpuHardware& hardware);

/// "RK3588, NPU of 3 cores, driver rknpu 0.9.8, /dev/dri/renderD129"; "none known: ..."
[[nodiscard]] std::string describe(const NpuHardware& hardware);

}  // namespace weir
