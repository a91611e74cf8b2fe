// SPDX-License-Identifier: Apache-2.0
#include "sinks/jsonl_format.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir {
namespace {

/// `text` as a JSON string, in quotes.
std::string json_string(std::string_view text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

void append_fixed(std::string& out, float value, int decimals) {
  const size_t begin = out.size();
  out += fmt::format("{:.{}f}", std::isfinite(value) ? value : 0.0F, decimals);
  const bool is_zero = out.find_first_of("123456789", begin) == std::string::npos;
  if (is_zero && out[begin] == '-') out.erase(begin, 1);
}

}  // namespace

JsonlFormat::JsonlFormat(std::string_view stream, std::span<const std::string> labels)
    : quoted_stream_(json_string(stream)) {
  quoted_labels_.reserve(labels.size());
  for (const std::string& label : labels) quoted_labels_.push_back(json_string(label));
}

std::string JsonlFormat::line(const FrameResult& result) const {
  std::string out =
      fmt::format(R"({{"stream":{},"frame":{},"pts_ns":{},"width":{},"height":{},)", quoted_stream_,
                  result.frame, result.pts.count(), result.width_px, result.height_px);
  switch (result.outcome) {
    case Outcome::kInferred:
      out += R"("detections":[)";
      for (size_t i = 0; i < result.detections.size(); ++i) {
        if (i > 0) out += ',';
        append_detection(out, result.detections[i]);
      }
      out += ']';
      break;
    case Outcome::kFailed:
      out += R"("error":)" + json_string(result.reason);
      break;
    case Outcome::kDropped:
      out += R"("dropped":)" + json_string(result.reason);
      break;
  }
  out += "}\n";
  return out;
}

void JsonlFormat::append_detection(std::string& out, const Detection& detection) const {
  const auto index = static_cast<size_t>(detection.class_id);  // a negative one is beyond every list
  out += R"({"label":)";
  out += index < quoted_labels_.size() ? quoted_labels_[index] : fmt::format("\"{}\"", detection.class_id);
  out += fmt::format(R"(,"class_id":{},"score":)", detection.class_id);
  append_fixed(out, detection.score, 4);
  out += R"(,"box":[)";
  const Box& box = detection.box;
  append_fixed(out, box.x1, 2);
  for (const float coordinate : {box.y1, box.x2, box.y2}) {
    out += ',';
    append_fixed(out, coordinate, 2);
  }
  out += "]}";
}

}  // namespace weir
