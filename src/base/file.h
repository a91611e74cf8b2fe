// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace weir {

/// All bytes of a file; also of one that doesn't know its size, as those of /proc. Errors: kNotFound.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

/// The file that this process runs. Without /proc: as it was named when the process was started, which is
/// relative to the folder of then.
[[nodiscard]] std::string program_path();

/// Removes what could not be written whole, if it is a file: a device or a pipe that was named as an output
/// stays.
void remove_file(const std::string& path);

/// Whether this process has as many files open as it may, so that nothing can be opened or loaded.
[[nodiscard]] bool out_of_descriptors();

}  // namespace weir
