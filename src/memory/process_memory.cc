// SPDX-License-Identifier: Apache-2.0
#include "memory/process_memory.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <malloc.h>
#include <unistd.h>

#include <fmt/format.h>

#include "memory/proc_file.h"

namespace weir {
namespace {

Error lacks(const std::string& path, std::string_view what) {
  return {ErrorCode::kUnavailable, fmt::format("{}: no {} in it", path, what)};
}

/// Sums over all mappings, made by the kernel. Before Linux 5.4 they don't say what the pages are.
Result<ProcessMemory> from_smaps_rollup(const std::string& path) {
  ProcessMemory memory{.uss_bytes = 0};
  std::optional<int64_t> anonymous_bytes;
  WEIR_RETURN_IF_ERROR(read_proc_sizes(path, [&](std::string_view key, int64_t bytes) {
    if (key == "Pss") memory.bytes = bytes;
    if (key == "Pss_Anon") anonymous_bytes = bytes;
    if (key == "Pss_File") memory.file_bytes = bytes;
    if (key == "Rss") memory.rss_bytes = bytes;
    if (key == "Private_Clean" || key == "Private_Dirty") *memory.uss_bytes += bytes;
  }));
  if (memory.bytes == 0 || !anonymous_bytes) return lacks(path, "PSS of anonymous memory");
  memory.anonymous_bytes = *anonymous_bytes;
  return memory;
}

/// Whether a line of smaps opens a mapping ("7f12-7f13 r-xp 00000000 fe:01 123  /usr/lib/libc.so.6") rather
/// than being about the last one ("VmFlags: rd ex").
bool opens_mapping(std::string_view line) {
  return line.find('-') < line.find(' ');
}

/// Whether what is mapped is a file as libraries are: not "[heap]", shared memory, a device or a buffer of
/// one.
bool maps_file(std::string_view line) {
  const std::string_view name = line.substr(std::min(line.find_first_of("/["), line.size()));
  if (!name.starts_with('/')) return false;
  constexpr std::string_view kNoFiles[]{"/dev/", "/memfd:", "/SYSV", "/dmabuf:"};
  return std::ranges::none_of(kNoFiles, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

/// The same sums, made here: a part for each mapping.
Result<ProcessMemory> from_smaps(const std::string& path) {
  ProcessMemory memory{.uss_bytes = 0};
  bool is_file = false;
  int64_t pss_bytes = 0;  // of one mapping
  int64_t anonymous_bytes = 0;
  const auto finish_mapping = [&] {
    // Pages that are shared after a fork() are counted in full in "Anonymous".
    const int64_t anonymous = std::min(anonymous_bytes, pss_bytes);
    memory.bytes += pss_bytes;
    memory.anonymous_bytes += anonymous;
    if (is_file) memory.file_bytes += pss_bytes - anonymous;
    pss_bytes = anonymous_bytes = 0;
  };
  WEIR_RETURN_IF_ERROR(read_proc_sizes(
      path,
      [&](std::string_view key, int64_t bytes) {
        if (key == "Pss") pss_bytes = bytes;
        if (key == "Anonymous") anonymous_bytes = bytes;
        if (key == "Rss") memory.rss_bytes += bytes;
        if (key == "Private_Clean" || key == "Private_Dirty") *memory.uss_bytes += bytes;
      },
      [&](std::string_view line) {
        if (!opens_mapping(line)) return;
        finish_mapping();
        is_file = maps_file(line);
      }));
  finish_mapping();
  if (memory.bytes == 0) return lacks(path, "PSS");
  return memory;
}

/// Before Linux 4.5 it doesn't say what the pages are.
Result<ProcessMemory> from_status(const std::string& path) {
  ProcessMemory memory{.measure = MemoryMeasure::kRss};
  std::optional<int64_t> anonymous_bytes;
  WEIR_RETURN_IF_ERROR(read_proc_sizes(path, [&](std::string_view key, int64_t bytes) {
    if (key == "VmRSS") memory.bytes = memory.rss_bytes = bytes;
    if (key == "RssAnon") anonymous_bytes = bytes;
    if (key == "RssFile") memory.file_bytes = bytes;
  }));
  if (memory.bytes == 0 || !anonymous_bytes) return lacks(path, "RSS of anonymous memory");
  memory.anonymous_bytes = *anonymous_bytes;
  return memory;
}

/// "SIZE RESIDENT SHARED ..." in pages; what is shared is mapped files and memory without a name.
Result<ProcessMemory> from_statm(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error{ErrorCode::kUnavailable, fmt::format("{}: {}", path, std::strerror(errno))};
  int64_t size = 0;
  int64_t resident = 0;
  int64_t shared = 0;
  if (!(file >> size >> resident >> shared) || resident <= 0)
    return lacks(path, "RSS; the process has ended");
  const int64_t page_bytes = sysconf(_SC_PAGESIZE);
  return ProcessMemory{.measure = MemoryMeasure::kRss,
                       .bytes = resident * page_bytes,
                       .anonymous_bytes = (resident - shared) * page_bytes,
                       .file_bytes = shared * page_bytes,
                       .rss_bytes = resident * page_bytes};
}

struct Reader {
  std::string_view name;
  Result<ProcessMemory> (*read)(const std::string& path);
};
constexpr Reader kReaders[]{{"smaps_rollup", from_smaps_rollup},
                            {"smaps", from_smaps},
                            {"status", from_status},
                            {"statm", from_statm}};  // best first

std::string folder_of(pid_t pid) {
  return fmt::format("/proc/{}", pid);
}

}  // namespace

Result<ProcessMemory> read_process_memory(const std::string& folder) {
  std::optional<Error> first_error;
  for (const Reader& reader : kReaders) {
    const std::string path = fmt::format("{}/{}", folder, reader.name);
    Result<ProcessMemory> memory = reader.read(path);
    if (memory) {
      memory->source = path;
      return memory;
    }
    if (!first_error) first_error = memory.error();
  }
  return *first_error;
}

Result<ResidentMemory> read_resident_memory(const std::string& folder) {
  ResidentMemory memory;
  const Status status = read_proc_sizes(folder + "/status", [&](std::string_view key, int64_t bytes) {
    if (key == "VmRSS") memory.rss_bytes = bytes;
    if (key == "VmHWM") memory.peak_rss_bytes = bytes;
  });
  if (status && memory.rss_bytes > 0) return memory;
  WEIR_ASSIGN_OR_RETURN(const ProcessMemory counted, from_statm(folder + "/statm"));
  return ResidentMemory{.rss_bytes = counted.rss_bytes};
}

Result<ProcessMemory> sample_self() {
  return read_process_memory("/proc/self");
}

Result<ProcessMemory> sample_process(pid_t pid) {
  return read_process_memory(folder_of(pid));
}

Result<ResidentMemory> sample_resident(pid_t pid) {
  return read_resident_memory(folder_of(pid));
}

int64_t settled_anonymous_bytes() {
  malloc_trim(0);
  const auto memory = sample_self();
  return memory ? memory->anonymous_bytes : 0;
}

int64_t grown_anonymous_bytes(int64_t before) {
  const int64_t now = settled_anonymous_bytes();
  return before > 0 && now > 0 ? std::max<int64_t>(0, now - before) : 0;
}

}  // namespace weir
