// SPDX-License-Identifier: Apache-2.0
// The hardware that is not there: what WEIR_RKNN_HOST says of it, and what it lets fail.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backends/rknn/abi/rknn_api.h"

namespace weir::rknn_host {

struct Simulation {
  struct Fault {
    int64_t number =
        0;  ///< of a run: which one, from 1; of an init: how many contexts are made before all fail
    int code = RKNN_ERR_FAIL;
  };
  struct SlowCore {
    int core = 0;
    double factor = 1;
  };

  int cores = 3;                           ///< 1 to 16
  std::chrono::microseconds core_time{0};  ///< the least time that an inference holds its core
  int64_t memory_bytes = 0;  ///< what weights, activations and tensors may take together; 0: no limit
  std::vector<Fault> fail_runs;
  std::vector<Fault> fail_inits;
  std::vector<SlowCore> slow_cores;
  bool report_leaks = true;  ///< say what a program never gave back

  /// Reads
  /// "cores=3,core_ms=25,fail_run=7:TIMEOUT,fail_init=4:MALLOC_FAIL,slow_core=2:4x,memory_mb=512,leaks=0"; ""
  /// gives the defaults; fail_run, fail_init and slow_core may be given several times. Throws Failure
  /// RKNN_ERR_PARAM_INVALID.
  [[nodiscard]] static Simulation parse(std::string_view text);

  /// What the `number`-th run of the process returns: RKNN_SUCC, or the code of its fault.
  [[nodiscard]] int run_result(int64_t number) const;
  /// What making a context returns once `made` contexts were made.
  [[nodiscard]] int init_result(int64_t made) const;
  /// How many times slower an inference on these cores (bits) is.
  [[nodiscard]] double slowness(uint32_t cores_held) const;
  /// "3 simulated NPU cores, 25 ms each", for rknn_sdk_version::drv_version.
  [[nodiscard]] std::string describe() const;
};

}  // namespace weir::rknn_host
