// SPDX-License-Identifier: Apache-2.0
// An MP4 file with one video, whose times are right however far apart they are.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "sinks/libav_output.h"

namespace weir {

/// How long a picture stays is a number of 31 bits, in ticks that are the same in all of the file. They are
/// short, unless a picture stays for so long that longer ones are needed: then what was written is copied
/// into a new file that counts in these. All functions return 0 or libav's error code.
class Mp4File {
 public:
  /// In which times are given: whole numbers for all usual frame rates.
  static constexpr AVRational kTick{1, 90'000};

  explicit Mp4File(std::string path) : path_(std::move(path)) {}

  /// Creates or empties the file, for what `encoder` makes.
  [[nodiscard]] int open(const AVCodecContext& encoder);

  /// The next picture; its pts and dts are equal and rise from picture to picture.
  [[nodiscard]] int write(AVPacket& packet);

  /// Writes the index. Does nothing if there is no file, or none any more after a failure.
  [[nodiscard]] int close();

 private:
  [[nodiscard]] int create(const std::string& path, int ticks_per_second);
  [[nodiscard]] int append(AVPacket& packet, AVRational tick);
  [[nodiscard]] int count_in(int ticks_per_second);
  [[nodiscard]] int append_file(const std::string& path);

  std::string path_;
  LibavOutputPtr<AVCodecParameters> parameters_;
  AVRational frame_rate_{};
  LibavOutputPtr<AVFormatContext> file_;
  int64_t last_ = -1;  // in the file's ticks
};

}  // namespace weir
