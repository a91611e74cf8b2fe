// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

namespace weir {

Result<std::string> read_file(const std::string& path) {
  const auto failed = [&] {
    return Error{ErrorCode::kNotFound, "'" + path + "' can't be read: " + std::strerror(errno)};
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (file == nullptr) return failed();
  std::string bytes;
  std::array<char, 1 << 16> block;
  while (const size_t read = std::fread(block.data(), 1, block.size(), file.get())) {
    bytes.append(block.data(), read);
  }
  if (std::ferror(file.get()) != 0) return failed();
  return bytes;
}

std::string program_path() {
  std::error_code error;
  const std::filesystem::path told = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) return told.string();
  const char* named = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  return named == nullptr ? "" : named;
}

void remove_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) std::filesystem::remove(path, ignored);
}

bool out_of_descriptors() {
  const int descriptor = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno == EMFILE || errno == ENFILE;
  close(descriptor);
  return false;
}

}  // namespace weir
