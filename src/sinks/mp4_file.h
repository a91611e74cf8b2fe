// SPDX-License-Identifier: Apache-2.0
// An MP4 file with one video, whose times are right however far apart they are.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/interrupt.h"
#include "sinks/libav_output.h"
#include "sinks/output_file.h"

namespace weir {

/// How long a picture stays is a number of 31 bits, in ticks that are the same in all of the file. They are
/// short, unless a picture stays for so long that longer ones are needed: then what was written is copied
/// into a new file that counts in these. All functions return 0 or libav's error code.
class Mp4File {
 public:
  /// In which times are given: whole numbers for all usual frame rates.
  static constexpr AVRational kTick{1, 90'000};

  /// `interrupt` ends waiting for the reader of a named pipe.
  Mp4File(std::string path, std::shared_ptr<const Interrupt> interrupt)
      : path_(std::move(path)), interrupt_(std::move(interrupt)) {}

  /// Creates or empties the file, for what `encoder` makes. A named pipe, which can't be sought in, gets a
  /// fragmented MP4: then a picture that stays for more than 6.6 hours is an error.
  [[nodiscard]] int open(const AVCodecContext& encoder);

  /// The next picture; its pts and dts are equal and rise from picture to picture.
  [[nodiscard]] int write(AVPacket& packet);

  /// Writes the index. Does nothing if there is no file, or none any more after a failure.
  [[nodiscard]] int close();

  /// What kept it from being written, without its name.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  [[nodiscard]] int create(const std::string& path, int ticks_per_second);
  [[nodiscard]] int append(AVPacket& packet, AVRational tick);
  [[nodiscard]] int count_in(int ticks_per_second);
  [[nodiscard]] int append_file(const std::string& path);
  [[nodiscard]] int open_output(const std::string& path);
  [[nodiscard]] int noted(int code);
  void drop_file();

  std::string path_;
  std::shared_ptr<const Interrupt> interrupt_;
  std::optional<Error> failure_;
  std::unique_ptr<OutputFile> output_;
  LibavOutputPtr<AVIOContext> io_;  // writes to output_
  LibavOutputPtr<AVCodecParameters> parameters_;
  AVRational frame_rate_{};
  LibavOutputPtr<AVFormatContext> file_;
  int64_t last_ = -1;  // in the file's ticks
};

}  // namespace weir
