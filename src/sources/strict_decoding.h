// SPDX-License-Identifier: Apache-2.0
// Has libav say when data of a picture are missing or damaged. Left to itself it makes up what it doesn't
// find.
#pragma once

#include "sources/libav.h"

namespace weir {

/// For AVCodecContext::err_recognition: give up at any error. 0 has the decoder do what it can.
inline constexpr int kStrict = AV_EF_EXPLODE | AV_EF_CRCCHECK;

/// Changes a packet so that a strict decoder fails where data are missing, and only there. The pictures that
/// whole packets give stay the same. Returns 0 or libav's error code.
[[nodiscard]] int prepare_for_strict_decoding(AVPacket& packet, AVCodecID codec);

/// Whether data are missing at the end of a still's packet, for the kinds of picture whose decoders don't
/// tell: what they give then depends on the bytes that follow. Between two packets only.
[[nodiscard]] bool is_cut_off(AVCodecContext& decoder, const AVPacket& packet);

}  // namespace weir
