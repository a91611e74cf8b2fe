// SPDX-License-Identifier: Apache-2.0
#include "infer/onnx_external_data.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "base/wire_format.h"

namespace weir {
namespace {

/// The messages of onnx.proto on the way to a tensor.
enum class Message { kModel, kFunction, kGraph, kNode, kAttribute, kSparseTensor, kTensor };

/// Which fields of a message hold which messages.
struct Member {
  Message of;
  uint32_t number;
  Message is;
};
constexpr std::array kMembers = {
    Member{Message::kModel, 7, Message::kGraph},              // graph
    Member{Message::kModel, 25, Message::kFunction},          // functions
    Member{Message::kFunction, 7, Message::kNode},            // node
    Member{Message::kFunction, 11, Message::kAttribute},      // attribute_proto
    Member{Message::kGraph, 1, Message::kNode},               // node
    Member{Message::kGraph, 5, Message::kTensor},             // initializer
    Member{Message::kGraph, 15, Message::kSparseTensor},      // sparse_initializer
    Member{Message::kNode, 5, Message::kAttribute},           // attribute
    Member{Message::kAttribute, 5, Message::kTensor},         // t
    Member{Message::kAttribute, 6, Message::kGraph},          // g
    Member{Message::kAttribute, 10, Message::kTensor},        // tensors
    Member{Message::kAttribute, 11, Message::kGraph},         // graphs
    Member{Message::kAttribute, 22, Message::kSparseTensor},  // sparse_tensor
    Member{Message::kAttribute, 23, Message::kSparseTensor},  // sparse_tensors
    Member{Message::kSparseTensor, 1, Message::kTensor},      // values
    Member{Message::kSparseTensor, 2, Message::kTensor},      // indices
};

constexpr uint32_t kExternalData = 13;  // of TensorProto: where it lies, in pairs of key and value
constexpr uint32_t kDataLocation = 14;  // of TensorProto: 1 where it lies outside
constexpr uint64_t kExternal = 1;
constexpr uint32_t kKey = 1;
constexpr uint32_t kValue = 2;

constexpr int kMostLevels = 100;

Error damaged(std::string_view how) {
  return {ErrorCode::kInvalidArgument, fmt::format("damaged or not ONNX: {}", how)};
}

Status whole(const WireReader& reader) {
  return reader.is_damaged() ? Status(damaged("its bytes are no protobuf messages")) : Status();
}

/// StringStringEntryProto.
struct Pair {
  std::string_view key;
  std::string_view value;
};

Result<Pair> read_pair(std::span<const uint8_t> bytes) {
  Pair pair;
  WireReader reader(bytes);
  while (const auto field = reader.next()) {
    if (field->is(kKey, WireType::kBytes)) pair.key = field->text();
    if (field->is(kValue, WireType::kBytes)) pair.value = field->text();
  }
  WEIR_RETURN_IF_ERROR(whole(reader));
  return pair;
}

Status read_number(const Pair& pair, uint64_t& number) {
  const char* const end = pair.value.data() + pair.value.size();
  const auto [stop, error] = std::from_chars(pair.value.data(), end, number);
  if (error == std::errc{} && stop == end) return {};
  return damaged(fmt::format("the {} of a tensor outside is no number", pair.key));
}

class Search {
 public:
  Status visit(Message message, std::span<const uint8_t> bytes, int level = 1) {
    if (level > kMostLevels) return damaged("graphs within graphs without end");
    if (message == Message::kTensor) return visit_tensor(bytes);
    WireReader reader(bytes);
    while (const auto field = reader.next()) {
      const auto member = std::ranges::find_if(kMembers, [&](const Member& one) {
        return one.of == message && field->is(one.number, WireType::kBytes);
      });
      if (member != kMembers.end()) WEIR_RETURN_IF_ERROR(visit(member->is, field->bytes, level + 1));
    }
    return whole(reader);
  }

  /// Where a message that should come once comes twice, protobuf makes one of both, and a tensor may have its
  /// location in one part and in the other that it is external. So what counts is whether any tensor is.
  std::vector<ExternalFile> found() && {
    return any_external_ ? std::move(files_) : std::vector<ExternalFile>();
  }

 private:
  Status visit_tensor(std::span<const uint8_t> bytes) {
    std::vector<std::string_view> locations;
    uint64_t offset = 0;
    uint64_t length = 0;
    WireReader reader(bytes);
    while (const auto field = reader.next()) {
      if (field->is(kDataLocation, WireType::kVarint)) any_external_ |= field->value == kExternal;
      if (!field->is(kExternalData, WireType::kBytes)) continue;
      WEIR_ASSIGN_OR_RETURN(const Pair pair, read_pair(field->bytes));
      if (pair.key == "location") locations.push_back(pair.value);
      if (pair.key == "offset") WEIR_RETURN_IF_ERROR(read_number(pair, offset));
      if (pair.key == "length") WEIR_RETURN_IF_ERROR(read_number(pair, length));
    }
    if (length > std::numeric_limits<uint64_t>::max() - offset) return damaged("a tensor outside has no end");
    for (const std::string_view location : locations) add(std::string(location), offset + length);
    return whole(reader);
  }

  void add(const std::string& location, uint64_t end) {
    const auto [known, is_new] = index_.try_emplace(location, files_.size());
    if (is_new) files_.push_back({.location = location});
    ExternalFile& file = files_[known->second];
    file.least_bytes = std::max(file.least_bytes, end);
  }

  std::vector<ExternalFile> files_;
  std::unordered_map<std::string, size_t> index_;  ///< in files_, by location
  bool any_external_ = false;
};

}  // namespace

Result<std::vector<ExternalFile>> find_external_files(std::span<const uint8_t> onnx) {
  Search search;
  WEIR_RETURN_IF_ERROR(search.visit(Message::kModel, onnx));
  return std::move(search).found();
}

}  // namespace weir
