// SPDX-License-Identifier: Apache-2.0
#include "detect/detector.h"

#include <fmt/format.h>

#include <cassert>
#include <string_view>
#include <utility>

#include "detect/labels.h"
#include "detect/nms.h"

namespace weir {
namespace {

Status check_threshold(std::string_view name, float value) {
  if (value >= 0 && value <= 1) return {};
  return Error{ErrorCode::kInvalidArgument, fmt::format("{} threshold {}: expected 0 to 1", name, value)};
}

Status check_input(const ModelInfo& model) {
  const InputSize size = model.input_size;
  const std::vector<int64_t> expected = {1, size.height_px, size.width_px, 3};
  const bool fits = model.inputs.size() == 1 && model.inputs[0].shape == expected &&
                    model.inputs[0].type == ElementType::kU8 && model.inputs[0].layout == Layout::kNhwc;
  if (fits) return {};
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("model '{}': expected one input [1,{},{},3] u8 NHWC, but it has {} inputs{}",
                           model.path, size.height_px, size.width_px, model.inputs.size(),
                           model.inputs.empty() ? "" : ", the first " + describe(model.inputs[0]))};
}

}  // namespace

Status DetectorConfig::validate() const {
  WEIR_RETURN_IF_ERROR(check_threshold("score", score_threshold));
  return check_threshold("NMS", nms_threshold);
}

Result<std::shared_ptr<const Detector>> Detector::create(const ModelInfo& model,
                                                         const DetectorConfig& config) {
  WEIR_RETURN_IF_ERROR(config.validate());
  WEIR_ASSIGN_OR_RETURN(std::unique_ptr<Decoder> decoder, create_decoder(model));
  WEIR_RETURN_IF_ERROR(check_input(model));
  WEIR_ASSIGN_OR_RETURN(std::vector<std::string> labels,
                        choose_labels(config.labels_path, model, decoder->num_classes()));
  return std::shared_ptr<const Detector>(new Detector(model, config, std::move(decoder), std::move(labels)));
}

Detector::Detector(const ModelInfo& model, const DetectorConfig& config, std::unique_ptr<Decoder> decoder,
                   std::vector<std::string> labels)
    : input_size_(model.input_size),
      row_stride_bytes_(model.inputs[0].row_stride_bytes != 0
                            ? model.inputs[0].row_stride_bytes
                            : static_cast<size_t>(model.input_size.width_px) * 3),
      num_outputs_(model.outputs.size()),
      config_(config),
      decoder_(std::move(decoder)),
      labels_(std::move(labels)) {}

Status Detector::check(const Context& context) const {
  std::vector<ConstTensorView> outputs;
  for (size_t i = 0; i < num_outputs_; ++i) outputs.push_back(context.output(static_cast<int>(i)));
  return decoder_->check(outputs);
}

Letterbox Detector::preprocess(const PictureView& picture, InputBuffer& input,
                               LetterboxScratch& scratch) const {
  assert(input.bytes().size() + row_stride_bytes_ >=
         row_stride_bytes_ * static_cast<size_t>(input_size_.height_px) +
             static_cast<size_t>(input_size_.width_px) * 3);
  return letterbox_into(picture, input_size_, input.bytes().data(), row_stride_bytes_, scratch);
}

std::vector<Detection> Detector::detect(std::span<const ConstTensorView> outputs,
                                        const Letterbox& letterbox) const {
  std::vector<Candidate> candidates;
  decoder_->decode(outputs, config_.score_threshold, candidates);
  std::vector<Detection> detections = suppress_non_maxima(std::move(candidates), config_.nms_threshold);
  for (Detection& detection : detections) detection.box = letterbox.to_source(detection.box);
  std::erase_if(detections, [](const Detection& d) { return !(d.box.x1 < d.box.x2 && d.box.y1 < d.box.y2); });
  return detections;
}

}  // namespace weir
