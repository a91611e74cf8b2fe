// SPDX-License-Identifier: Apache-2.0
#include "sources/key_frames.h"

namespace weir {
namespace {

/// Not predicted from other frames, as far as the decoder tells.
bool is_whole_by_itself(const AVFrame& frame) {
  return frame.pict_type == AV_PICTURE_TYPE_I || frame.pict_type == AV_PICTURE_TYPE_BI ||
         frame.pict_type == AV_PICTURE_TYPE_SI || frame.pict_type == AV_PICTURE_TYPE_NONE;
}

bool is_old_mpeg(const AVCodecContext& decoder) {
  return decoder.codec_id == AV_CODEC_ID_MPEG1VIDEO || decoder.codec_id == AV_CODEC_ID_MPEG2VIDEO;
}

}  // namespace

void KeyFrames::prepare(AVCodecContext& decoder) {
  decoder.flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT;
}

void KeyFrames::note(const AVPacket& packet, AVCodecContext& decoder) {
  if (packets_ == 0) {
    begins_with_key_ = (packet.flags & AV_PKT_FLAG_KEY) != 0;
    // Not for those that begin with one: the frames that are displayed before it would come, too.
    if (is_old_mpeg(decoder) && !begins_with_key_) decoder.flags2 |= AV_CODEC_FLAG2_SHOW_ALL;
  }
  ++packets_;
  if ((packet.flags & AV_PKT_FLAG_DISCARD) == 0) ++shown_packets_;
}

bool KeyFrames::lacks_key(const AVFrame& frame, const AVCodecContext& decoder) {
  // A recording may begin with frames that follow a key frame but are displayed before it. H.264's decoder
  // marks them if they need what came before it; others give them only if they don't.
  const bool may_lead = begins_with_key_ && !has_shown_;
  bool lacks = false;
  if (decoder.codec_id == AV_CODEC_ID_H264) {
    lacks = (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0;
    if (lacks) ++(may_lead ? leading_ : lacking_);
  } else {
    found_key_ = found_key_ || is_whole_by_itself(frame);
    const bool leads = begins_with_key_ && frame.pict_type == AV_PICTURE_TYPE_B;
    lacks = !found_key_ && !leads;
    if (lacks) ++lacking_;
  }
  has_shown_ = has_shown_ || !lacks;
  return lacks;
}

int64_t KeyFrames::dropped(const AVCodecContext& decoder, int64_t failed_packets,
                           int64_t shown_frames) const {
  // H.264 frames whose order can't be known. In a progressive video each packet is a frame.
  if (decoder.codec_id != AV_CODEC_ID_H264 || decoder.field_order != AV_FIELD_PROGRESSIVE) return 0;
  return shown_packets_ - failed_packets - lacking_ - leading_ - shown_frames;
}

}  // namespace weir
