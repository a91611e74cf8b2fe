// SPDX-License-Identifier: Apache-2.0
#include "backends/rknn/rknn_library.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <dlfcn.h>
#include <fmt/format.h>

#include "base/file.h"

namespace weir {
namespace {

constexpr std::string_view kFileName = "librknnrt.so";
constexpr std::string_view kOldest =
    "1.4";  // the first whose rknn_query(RKNN_QUERY_MEM_SIZE) weir understands

/// What to load, and who said so.
struct Place {
  std::string path;
  std::string named_by;  ///< "" for the system's search
};

Place choose_place(const std::string& path) {
  const char* variable = std::getenv("WEIR_RKNN_LIBRARY");
  Place place{std::string(kFileName), ""};
  if (!path.empty()) {
    place = {path, "--rknn-lib"};
  } else if (variable != nullptr && *variable != '\0') {
    place = {variable, "WEIR_RKNN_LIBRARY"};
  }
  // A bare name is searched for by the system, even where such a file lies in the current folder.
  std::error_code absent;
  if (!place.named_by.empty() && std::filesystem::exists(place.path, absent)) {
    place.path = std::filesystem::absolute(place.path).string();
  }
  return place;
}

Error not_loaded(const Place& place, std::string_view reason) {
  if (!reason.starts_with(place.path + ": cannot open shared object file: No such file")) {
    return {ErrorCode::kUnsupported, fmt::format("'{}' can't be loaded: {}", place.path, reason)};
  }
  if (!place.named_by.empty()) {
    return {ErrorCode::kNotFound, fmt::format("no such library: '{}' ({})", place.path, place.named_by)};
  }
  return {
      ErrorCode::kNotFound,
      fmt::format("no {0} where the system looks for libraries (LD_LIBRARY_PATH, ldconfig, /usr/lib): on a "
                  "Rockchip board install the one of the RKNN SDK; on a PC weir's own does, rknn_host/{0} of "
                  "the build folder: name it with --rknn-lib or WEIR_RKNN_LIBRARY",
                  kFileName)};
}

/// Null where the library doesn't export it.
template <class Function>
void bind(void* handle, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(handle, name));
}

/// The functions without which nothing works. Gives those that are missing, with the version that has them.
std::string bind_needed(void* handle, RknnLibrary& library) {
  std::string missing;
  const auto need = [&](const char* name, std::string_view since, auto& function) {
    bind(handle, name, function);
    if (function != nullptr) return;
    missing += fmt::format("{}{} (since {})", missing.empty() ? "" : ", ", name, since);
  };
  need("rknn_init", "1.0", library.init);
  need("rknn_destroy", "1.0", library.destroy);
  need("rknn_query", "1.0", library.query);
  need("rknn_run", "1.0", library.run);
  need("rknn_create_mem", "1.2", library.create_mem);
  need("rknn_create_mem_from_fd", "1.2", library.create_mem_from_fd);
  need("rknn_destroy_mem", "1.3", library.destroy_mem);
  need("rknn_set_io_mem", "1.2", library.set_io_mem);
  return missing;
}

void bind_optional(void* handle, RknnLibrary& library) {
  bind(handle, "rknn_dup_context", library.dup_context);
  bind(handle, "rknn_set_core_mask", library.set_core_mask);
  bind(handle, "rknn_set_input_shapes", library.set_input_shapes);
  bind(handle, "rknn_mem_sync", library.mem_sync);
}

/// The text around `mark` in a program file, as `strings` would print it; "" where there is none.
std::string text_with(std::string_view bytes, std::string_view mark) {
  const size_t found = bytes.find(mark);
  if (found == std::string_view::npos) return "";
  const auto printable = [&](size_t i) { return bytes[i] >= ' ' && bytes[i] <= '~'; };
  size_t begin = found;
  size_t end = found + mark.size();
  while (begin > 0 && printable(begin - 1)) --begin;
  while (end < bytes.size() && printable(end)) ++end;
  return std::string(bytes.substr(begin, end - begin));
}

/// The runtime tells its version only to those who have loaded a model; its file has it as text.
void read_version(RknnLibrary& library) {
  constexpr std::string_view kVersion = "librknnrt version: ";
  constexpr std::string_view kHost = "(weir host runtime";
  const std::string bytes = read_file(library.path).value_or("");
  if (const std::string text = text_with(bytes, kHost); !text.empty()) {
    library.host_runtime = true;
    library.version = text.substr(0, text.find(kHost)) + std::string(kHost) + ")";
  } else if (const std::string told = text_with(bytes, kVersion); !told.empty()) {
    library.version = told.substr(told.find(kVersion) + kVersion.size());
  } else {
    library.version = "of unknown version";
  }
}

}  // namespace

Result<std::shared_ptr<const RknnLibrary>> RknnLibrary::open(const std::string& path) {
  const Place place = choose_place(path);
  void* handle = dlopen(place.path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return not_loaded(place, dlerror());

  auto library = std::make_shared<RknnLibrary>();
  const std::string missing = bind_needed(handle, *library);
  if (library->init == nullptr) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("'{}' is not an RKNN runtime: it has no function rknn_init", place.path)};
  }
  Dl_info file{};
  dladdr(reinterpret_cast<void*>(library->init), &file);
  library->path = file.dli_fname;
  read_version(*library);
  if (!missing.empty()) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("'{}' ({}) is too old: it lacks {}; weir needs {} of RKNN {} or newer",
                             library->path, library->version, missing, kFileName, kOldest)};
  }
  bind_optional(handle, *library);
  return library;
}

}  // namespace weir
