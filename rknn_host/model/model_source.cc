// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/model/model_source.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <openvino/frontend/manager.hpp>

#include "backends/openvino/openvino_model.h"
#include "infer/model_store.h"
#include "infer/onnx_external_data.h"
#include "rknn_host/failure.h"

namespace weir::rknn_host {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void invalid(std::string message) {
  throw Failure(RKNN_ERR_MODEL_INVALID, std::move(message));
}

/// A file's bytes, for as long as it takes to look at them. Throws Failure RKNN_ERR_MODEL_INVALID.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info {};
    const bool is_file = fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    if (is_file) size_ = static_cast<size_t>(info.st_size);
    if (size_ > 0) address_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0) close(fd);
    if (!is_file || (size_ > 0 && address_ == MAP_FAILED))
      invalid(fmt::format("model '{}': there is no such file, or it can't be read", path));
  }
  ~MappedFile() {
    if (size_ > 0) munmap(address_, size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  [[nodiscard]] std::span<const uint8_t> bytes() const {
    if (size_ == 0) return {};
    return {static_cast<const uint8_t*>(address_), size_};
  }

 private:
  void* address_ = MAP_FAILED;
  size_t size_ = 0;
};

std::string hash_of(std::span<const uint8_t> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

/// With the weights beside it. "" where there is none to read.
std::string hash_of_file(const std::string& path) {
  return content_hash(path).value_or("");
}

bool starts_with(std::span<const uint8_t> bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::equal(text.begin(), text.end(), bytes.begin());
}

std::span<const uint8_t> cut(std::span<const uint8_t> bytes, const Slice& slice) {
  const auto offset = static_cast<size_t>(slice.offset);
  if (slice.offset < 0 || offset >= bytes.size() || slice.size > bytes.size() - offset) {
    throw Failure(RKNN_ERR_PARAM_INVALID,
                  fmt::format("real_model_offset {} and real_model_size {} don't lie in a model of {} bytes",
                              slice.offset, slice.size, bytes.size()));
  }
  return bytes.subspan(offset, slice.size == 0 ? std::dynamic_extent : slice.size);
}

/// What a developer is told who gives X.rknn that is none.
std::string not_a_rknn_file(const std::string& label, const std::string& what_runs) {
  return fmt::format("model {} does not begin as a .rknn file does, and a board would refuse it: {}", label,
                     what_runs);
}

/// `path` is "" where there is none; `same` the files of this content that have no network either.
[[noreturn]] void refuse_code(const std::string& label, const std::string& path, const std::string& hash,
                              const std::vector<std::string>& same) {
  std::string remedies;
  for (const std::string& rknn : same.empty() && !path.empty() ? std::vector{path} : same) {
    remedies += fmt::format("put it beside '{}' as '{}', or ", rknn,
                            fs::path(rknn).replace_extension(".onnx").string());
  }
  if (same.empty()) remedies += "put both under one name into a folder that WEIR_RKNN_HOST_MODELS names, or ";
  invalid(fmt::format(
      R"(model {} (hash {}) holds code for an NPU; the ONNX file that it was made from runs )"
      R"(instead: {}name it in WEIR_RKNN_HOST_MAP, as {{"models": {{"{}": {{"model": "X.onnx"}}}}}})",
      label, hash, remedies, hash));
}

std::shared_ptr<ov::Model> load(const std::string& framework, const ov::Any& source,
                                const std::string& label) {
  try {
    // Named, so that a damaged file is not offered to the readers of every other format.
    ov::frontend::FrontEndManager manager;
    const auto frontend = manager.load_by_framework(framework);
    const auto input = frontend->load(source);
    if (input != nullptr) return frontend->convert(input);
  } catch (const std::exception& error) {
    invalid(fmt::format("model {} is damaged or not a model: {}", label, openvino::cause(error)));
  }
  invalid(fmt::format("model {} is damaged: nothing in it", label));
}

}  // namespace

/// Bytes in a file without a name, which is gone with the last who holds it.
class ModelSource::UnlinkedFile {
 public:
  explicit UnlinkedFile(std::span<const uint8_t> bytes) {
    std::string name = (fs::temp_directory_path() / "weir-rknn-XXXXXX").string();
    fd_ = mkostemp(name.data(), O_CLOEXEC);
    if (fd_ < 0) throw Failure(RKNN_ERR_FAIL, fmt::format("no temporary file '{}' can be made", name));
    unlink(name.c_str());
    for (size_t done = 0; done < bytes.size();) {
      const ssize_t part = write(fd_, bytes.data() + done, bytes.size() - done);
      if (part <= 0) {
        close(fd_);
        throw Failure(RKNN_ERR_FAIL,
                      fmt::format("no space for a model of {} bytes in the temporary folder", bytes.size()));
      }
      done += static_cast<size_t>(part);
    }
  }
  ~UnlinkedFile() { close(fd_); }
  UnlinkedFile(const UnlinkedFile&) = delete;
  UnlinkedFile& operator=(const UnlinkedFile&) = delete;
  [[nodiscard]] std::ifstream open_again() const {
    return std::ifstream(fmt::format("/proc/self/fd/{}", fd_), std::ios::binary);
  }

 private:
  int fd_;
};

ModelSource ModelSource::from_path(const std::string& path, const Slice& slice, const Catalog& catalog) {
  const fs::path file(path);
  const std::string label = fmt::format("'{}'", path);
  const std::string name = file.filename().string();
  const ModelEntry* entry = catalog.map.find(name);
  if (slice.offset != 0 || slice.size != 0)
    return from_content(cut(MappedFile(path).bytes(), slice), label, "", entry, catalog);

  ModelSource source;
  source.label_ = label;
  source.key_ = name;
  const bool exists = fs::is_regular_file(file);
  if (exists && file.extension() != ".onnx" && file.extension() != ".xml") {
    return from_content(MappedFile(path).bytes(), label, path, entry, catalog);
  }
  if (exists) source.hash_ = hash_of_file(path);
  if (entry == nullptr && exists) entry = catalog.map.find(source.hash_);
  if (entry != nullptr) source.entry_ = *entry;
  if (source.use_file(source.entry_.model_path)) return source;
  if (file.extension() == ".rknn" && source.use_file(twin_of(path))) return source;
  if (!exists) invalid(fmt::format("no such model file: {}", label));
  source.path_ = path;
  source.file_hash_ = source.hash_;
  return source;
}

ModelSource ModelSource::from_bytes(std::span<const uint8_t> bytes, const Slice& slice,
                                    const Catalog& catalog) {
  return from_content(cut(bytes, slice), fmt::format("of {} bytes", bytes.size()), "", nullptr, catalog);
}

ModelSource ModelSource::from_content(std::span<const uint8_t> bytes, const std::string& label,
                                      const std::string& path, const ModelEntry* entry,
                                      const Catalog& catalog) {
  ModelSource source;
  source.label_ = label;
  source.hash_ = hash_of(bytes);
  source.key_ = path.empty() ? source.hash_ : fs::path(path).filename().string();
  source.plain_tensors_ = rknn_host::plain_tensors(bytes);
  if (entry == nullptr) entry = catalog.map.find(source.hash_);
  if (entry != nullptr) source.entry_ = *entry;
  if (source.use_file(source.entry_.model_path)) return source;

  const bool is_code = is_rknn(bytes);
  const bool is_called_code = fs::path(path).extension() == ".rknn";
  if (!path.empty() && (is_code || is_called_code) && source.use_file(twin_of(path))) {
    if (!is_code) source.note_ = not_a_rknn_file(label, fmt::format("'{}' beside it runs", source.path_));
    return source;
  }
  if (is_code) {
    const std::vector<std::string> same = catalog.folders.find(source.hash_, bytes.size());
    if (source.use_one_of(same, catalog.map)) return source;
    refuse_code(label, path, source.hash_, same);
  }
  if (bytes.empty()) invalid(fmt::format("model {} has nothing in it", label));
  if (starts_with(bytes, "<?xml") || starts_with(bytes, "<net")) {
    invalid(fmt::format(
        "model {} is OpenVINO IR without its weights: give rknn_init the path of the .xml instead", label));
  }
  const auto external = find_external_files(bytes);
  if (!external) invalid(fmt::format("model {} is not a model: {}", label, external.error().message));
  if (!external->empty()) {
    invalid(
        fmt::format("model {} is ONNX without its tensors, which are in other files: give rknn_init the path "
                    "of the .onnx "
                    "instead",
                    label));
  }
  if (is_called_code) source.note_ = not_a_rknn_file(label, "it is run as the ONNX that it holds");
  source.bytes_ = std::make_shared<const UnlinkedFile>(bytes);
  return source;
}

bool ModelSource::use_one_of(const std::vector<std::string>& rknn_files, const ModelMap& map) {
  for (const std::string& file : rknn_files) {
    const std::string name = fs::path(file).filename().string();
    const ModelEntry* entry = map.find(name);
    const bool has_network = entry != nullptr && use_file(entry->model_path);
    if (!has_network && !use_file(twin_of(file))) continue;
    if (entry != nullptr) entry_ = *entry;
    key_ = name;
    return true;
  }
  return false;
}

bool ModelSource::use_file(std::string path) {
  path_ = std::move(path);
  file_hash_ = path_.empty() ? "" : hash_of_file(path_);
  return !path_.empty();
}

std::shared_ptr<ov::Model> ModelSource::read() const {
  if (bytes_ != nullptr) {
    std::ifstream stream = bytes_->open_again();
    return load("onnx", static_cast<std::istream*>(&stream), label_);
  }
  if (!fs::is_regular_file(path_)) invalid(fmt::format("no such model file: '{}'", path_));
  const Result<std::string> hash = content_hash(path_);
  if (!hash) invalid(hash.error().message);
  if (*hash != file_hash_) {
    invalid(fmt::format("model '{}' is another file than when rknn_init read it", path_));
  }
  return load(fs::path(path_).extension() == ".xml" ? "ir" : "onnx", path_, fmt::format("'{}'", path_));
}

}  // namespace weir::rknn_host
