// SPDX-License-Identifier: Apache-2.0
// Models that tests make themselves, so that nothing that matters depends on downloaded ones.
#pragma once

#include <string>

#include "types/size.h"

namespace weir::testing {

/// Writes a fake backend's model file; `extra` is JSON to add, such as R"("run_ms": 20)". Returns `path`.
std::string write_fake_model(const std::string& path, const std::string& extra = "");

/// Writes an OpenVINO IR (`path` ends in .xml; its .bin beside it) that computes what the fake backend does,
/// of three classes, own size `size`, and takes other sizes: the same detections from a real runtime.
/// `names` goes into the metadata as an ONNX file's would. Returns `path`; "" where this build has no
/// OpenVINO.
std::string write_openvino_model(const std::string& path, const std::string& names = "",
                                 InputSize size = {416, 416});

}  // namespace weir::testing
