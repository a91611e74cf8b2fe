// SPDX-License-Identifier: Apache-2.0
// Temporary folders, and videos made by the ffmpeg tool while a test runs.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>

namespace weir::testing {

/// A folder that goes with the test.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// What a shell command prints; "" where it fails.
inline std::string output_of(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return "";
  std::string output;
  std::array<char, 4096> part{};
  while (const size_t bytes = std::fread(part.data(), 1, part.size(), pipe))
    output.append(part.data(), bytes);
  return pclose(pipe) == 0 ? output : "";
}

/// `ffmpeg ARGUMENTS`, quiet, overwriting.
inline bool run_ffmpeg(const std::string& arguments) {
  return std::system(("ffmpeg -nostdin -v error -y " + arguments + " 2>/dev/null").c_str()) == 0;
}

inline bool have_ffmpeg() {
  static const bool have = !output_of("ffmpeg -version").empty() && !output_of("ffprobe -version").empty();
  return have;
}

/// One value of a file's first video track, as ffprobe tells it: "nb_read_frames", "color_space", ...
inline std::string probe(const std::string& path, const std::string& key) {
  std::string value =
      output_of("ffprobe -v error -count_frames -select_streams v:0 -show_entries stream=" + key +
                " -of default=noprint_wrappers=1:nokey=1 '" + path + "'");
  return value.substr(0, value.find('\n'));
}

inline std::string read_bytes(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

inline void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Makes `path` from ffmpeg's moving test pattern; `size` "320x240", `options` for the encoder.
inline bool make_test_video(const std::string& path, const std::string& size, int frames,
                            const std::string& options) {
  return run_ffmpeg("-f lavfi -i testsrc2=size=" + size + ":rate=10 -frames:v " + std::to_string(frames) +
                    " " + options + " '" + path + "'");
}

/// A file of the shared test data (WEIR_TEST_DATA); "" where it is absent.
inline std::string shared_file(const std::string& name) {
  const char* folder = std::getenv("WEIR_TEST_DATA");
  const std::string path =
      (folder != nullptr ? std::string(folder) : std::string(WEIR_TEST_DATA_DEFAULT)) + "/" + name;
  return std::filesystem::exists(path) ? path : "";
}

}  // namespace weir::testing

#define WEIR_SKIP_WITHOUT_FFMPEG() \
  if (!weir::testing::have_ffmpeg()) GTEST_SKIP() << "the ffmpeg tool is not installed; tools/setup does it"
