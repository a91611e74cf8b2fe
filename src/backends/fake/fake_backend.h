// SPDX-License-Identifier: Apache-2.0
// A backend without a network, for tests of everything around the network: its "models" are small JSON
// files, its detections are the bright places of the picture, its faults come when the file says so.
#pragma once

#include <memory>

#include "infer/backend.h"

namespace weir {

/// The model file (every key but the first optional):
///   {"weir_fake_model": 1, "input": [416, 416], "fixed_size": false, "classes": 3,
///    "weights_bytes": 0, "context_bytes": 0, "run_ms": 0, "fail_runs": [5, 9]}
/// The output is a YOLOX head, [1,N,5+classes] f32, strides 8, 16 and 32: each cell of the grid is a box of
/// its own size whose objectness is (mean brightness - 128) / 127, cut to 0..1, and whose class is the
/// brightest channel (blue 0, green 1, red 2) modulo `classes`. `weights_bytes` and `context_bytes` are
/// allocated and touched. `fail_runs` counts the runs of all contexts of one model from 1.
[[nodiscard]] std::unique_ptr<Backend> make_fake_backend();

}  // namespace weir
