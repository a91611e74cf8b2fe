// SPDX-License-Identifier: Apache-2.0
#include "infer/model_store.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <xxhash.h>

#include "base/mapped_file.h"
#include "infer/model_files.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

/// What a PC runs in place of X.rknn, which holds code for an NPU: X.onnx or X.xml beside it. "" if there is
/// neither.
std::string twin_of(const std::string& path) {
  if (fs::path(path).extension() != ".rknn") return "";
  for (const char* extension : {".onnx", ".xml"}) {
    const fs::path twin = fs::path(path).replace_extension(extension);
    std::error_code absent;
    if (fs::is_regular_file(twin, absent)) return twin.string();
  }
  return "";
}

}  // namespace

Result<std::string> content_hash(const std::string& path) {
  WEIR_ASSIGN_OR_RETURN(const std::vector<std::string> files, model_files(path));
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                              XXH3_freeState);
  XXH3_128bits_reset(state.get());
  std::vector<uint64_t> sizes;
  for (const std::string& file : files) {
    WEIR_ASSIGN_OR_RETURN(const MappedFile mapped, MappedFile::open(file, "model"));
    if (mapped.bytes().empty() && sizes.empty()) {
      return Error{ErrorCode::kInvalidArgument, fmt::format("model '{}' is empty", path)};
    }
    XXH3_128bits_update(state.get(), mapped.bytes().data(), mapped.bytes().size());
    sizes.push_back(mapped.bytes().size());
  }
  // Where one file ends and the next begins is part of the content.
  if (sizes.size() > 1) XXH3_128bits_update(state.get(), sizes.data(), sizes.size() * sizeof(uint64_t));
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

Result<std::string> identity_hash(const std::string& path) {
  WEIR_ASSIGN_OR_RETURN(std::string hash, content_hash(path));
  // A board does without the twin, so that it doesn't matter there if it can't be read.
  if (const std::string twin = twin_of(path); !twin.empty()) hash += content_hash(twin).value_or("");
  return hash;
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
