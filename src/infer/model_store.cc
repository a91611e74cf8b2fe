// SPDX-License-Identifier: Apache-2.0
#include "infer/model_store.h"

#include <algorithm>
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

Result<std::shared_ptr<Model>> ModelStore::get(Backend& backend, const ModelSpec& spec,
                                               const std::string& hash, std::string_view sharer) {
  const InputSize size = spec.input_size.value_or(InputSize{});
  std::string identity = fmt::format("{} {}x{} {} {} {}", hash, size.width_px, size.height_px,
                                     to_string(spec.precision), backend.name(), sharer);
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [](const Entry& entry) { return entry.model.expired(); });
    const auto found = std::ranges::find(entries_, identity, &Entry::identity);
    if (found != entries_.end()) {
      if (std::shared_ptr<Model> model = found->model.lock()) return model;
      entries_.erase(found);
    }
  }
  WEIR_ASSIGN_OR_RETURN(std::shared_ptr<Model> model, backend.load(spec));
  const std::lock_guard lock(mutex_);
  entries_.push_back({std::move(identity), model});
  return model;
}

std::vector<std::shared_ptr<Model>> ModelStore::models() const {
  std::vector<std::shared_ptr<Model>> models;
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (std::shared_ptr<Model> model = entry.model.lock()) models.push_back(std::move(model));
  }
  return models;
}

}  // namespace weir
