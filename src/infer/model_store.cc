// SPDX-License-Identifier: Apache-2.0
#include "infer/model_store.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

namespace weir {
namespace {

namespace fs = std::filesystem;

/// Weights may be an empty file: those of an OpenVINO IR without constants.
Status add_file(XXH3_state_t* state, const std::string& path, bool may_be_empty) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return Error{ErrorCode::kNotFound, fmt::format("no such model file: '{}'", path)};
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("model '{}' can't be read: {}", path, std::strerror(errno))};
  }
  struct stat info {};
  fstat(fd, &info);
  Status status;
  if (!S_ISREG(info.st_mode)) {
    status = Error{ErrorCode::kInvalidArgument, fmt::format("model '{}' is not a file", path)};
  } else if (info.st_size == 0) {
    if (!may_be_empty) status = Error{ErrorCode::kInvalidArgument, fmt::format("model '{}' is empty", path)};
  } else {
    const auto size = static_cast<size_t>(info.st_size);
    void* bytes = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) {
      status = Error{ErrorCode::kInvalidArgument,
                     fmt::format("model '{}' can't be read: {}", path, std::strerror(errno))};
    } else {
      XXH3_128bits_update(state, bytes, size);
      munmap(bytes, size);
    }
  }
  close(fd);
  return status;
}

/// Where formats keep weights beside the graph: OpenVINO IR, and ONNX with external data as its tools name
/// it.
std::vector<fs::path> weight_files(const std::string& path) {
  if (fs::path(path).extension() == ".xml") return {fs::path(path).replace_extension(".bin")};
  return {path + ".data", path + "_data"};
}

}  // namespace

Result<std::string> content_hash(const std::string& path) {
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                              XXH3_freeState);
  XXH3_128bits_reset(state.get());
  WEIR_RETURN_IF_ERROR(add_file(state.get(), path, /*may_be_empty=*/false));
  for (const fs::path& weights : weight_files(path)) {
    std::error_code absent;
    if (fs::exists(weights, absent))
      WEIR_RETURN_IF_ERROR(add_file(state.get(), weights.string(), /*may_be_empty=*/true));
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

Result<std::string> ModelStore::hash_of(const std::string& path) {
  std::string& hash = hash_of_path_[path];
  if (hash.empty()) {
    WEIR_ASSIGN_OR_RETURN(hash, content_hash(path));
  }
  return hash;
}

Result<std::shared_ptr<Model>> ModelStore::get(const ModelSpec& spec, std::string_view sharer) {
  WEIR_ASSIGN_OR_RETURN(const std::string hash, hash_of(spec.path));
  const InputSize size = spec.input_size.value_or(InputSize{});
  const std::string identity = fmt::format("{} {}x{} {} {} {}", hash, size.width_px, size.height_px,
                                           to_string(spec.precision), backend_.name(), sharer);
  if (const auto found = by_identity_.find(identity); found != by_identity_.end()) return found->second;

  WEIR_ASSIGN_OR_RETURN(std::shared_ptr<Model> model, backend_.load(spec));
  models_.push_back(model);
  by_identity_.emplace(identity, model);
  return model;
}

}  // namespace weir
