// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/model/rknn_file.h"

#include <bit>
#include <cstring>
#include <map>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace weir::rknn_host {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kMagic = "RKNN";
constexpr std::string_view kEncryptedMagic = "CYPTRKNN";
constexpr size_t kShortHeader = 24;
constexpr size_t kLongHeader = 64;

std::string_view as_text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<uint64_t> number_at(std::span<const uint8_t> bytes, size_t offset) {
  uint64_t number = 0;
  if (offset > bytes.size() || bytes.size() - offset < sizeof(number)) return std::nullopt;
  std::memcpy(&number, bytes.data() + offset, sizeof(number));
  return number;
}

/// The JSON; "" where the file is not as plain_tensors() says.
std::string_view json_part(std::span<const uint8_t> bytes) {
  const auto version = number_at(bytes, 8);
  const auto code_size = number_at(bytes, 16);
  if (!as_text(bytes).starts_with(kMagic) || !version || !code_size) return {};
  const size_t header = *version > 1 ? kLongHeader : kShortHeader;
  if (header > bytes.size() || *code_size > bytes.size() - header) return {};
  const size_t behind = header + *code_size;
  const auto json_size = number_at(bytes, behind);
  if (!json_size || *json_size > bytes.size() - behind - sizeof(uint64_t)) return {};
  return as_text(bytes).substr(behind + sizeof(uint64_t), *json_size);
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const json& array_of(const json& object, const char* key) {
  static const json none = json::array();
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : none;
}

int64_t number_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : -1;
}

std::string type_of(const json& tensor) {
  const auto dtype = tensor.find("dtype");
  if (dtype == tensor.end() || !dtype->is_object()) return "";
  const std::string quantized = text_of(*dtype, "qnt_type");
  return quantized.empty() ? text_of(*dtype, "vx_type") : quantized;
}

}  // namespace

bool is_rknn(std::span<const uint8_t> bytes) {
  return as_text(bytes).starts_with(kMagic) || as_text(bytes).starts_with(kEncryptedMagic);
}

std::vector<PlainTensor> plain_tensors(std::span<const uint8_t> bytes) {
  const json root = json::parse(json_part(bytes), nullptr, false);
  if (!root.is_object()) return {};
  std::map<int64_t, const json*> known;
  for (const json& tensor : array_of(root, "norm_tensor")) {
    if (tensor.is_object()) known.emplace(number_of(tensor, "tensor_id"), &tensor);
  }
  std::vector<PlainTensor> tensors;
  for (const json& end : array_of(root, "graph")) {
    if (!end.is_object() || text_of(end, "right") != "norm_tensor") continue;
    const auto tensor = known.find(number_of(end, "right_tensor_id"));
    if (tensor == known.end()) continue;
    tensors.push_back({.name = text_of(*tensor->second, "url"),
                       .is_input = text_of(end, "left") == "input",
                       .type = type_of(*tensor->second)});
  }
  return tensors;
}

}  // namespace weir::rknn_host
