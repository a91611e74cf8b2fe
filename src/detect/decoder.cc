// SPDX-License-Identifier: Apache-2.0
#include "detect/decoder.h"

#include <array>
#include <string>

#include "detect/yolox.h"

namespace weir {
namespace {

using CreateDecoder = Result<std::unique_ptr<Decoder>> (*)(const ModelInfo&);

constexpr std::array<CreateDecoder, 1> kFamilies = {create_yolox_decoder};

}  // namespace

Result<std::unique_ptr<Decoder>> create_decoder(const ModelInfo& model) {
  std::string reasons;
  for (const CreateDecoder create : kFamilies) {
    auto decoder = create(model);
    if (decoder.has_value()) return decoder;
    if (!reasons.empty()) reasons += "; ";
    reasons += decoder.error().message;
  }
  return Error{ErrorCode::kInvalidArgument, reasons};
}

}  // namespace weir
