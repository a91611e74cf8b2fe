// SPDX-License-Identifier: Apache-2.0
#include "support/models.h"

#include "support/media.h"
#ifdef WEIR_OPENVINO
#include <openvino/core/graph_util.hpp>
#include <openvino/core/model.hpp>
#include <openvino/opsets/opset8.hpp>
#endif

namespace weir::testing {

std::string write_fake_model(const std::string& path, const std::string& extra) {
  write_bytes(path, R"({"weir_fake_model": 1)" + (extra.empty() ? "" : ", " + extra) + "}");
  return path;
}

#ifdef WEIR_OPENVINO

namespace {

using ov::op::v0::Constant;

template <class T>
std::shared_ptr<Constant> constant(const ov::Shape& shape, const std::vector<T>& values) {
  return Constant::create(ov::element::from<T>(), shape, values);
}

/// [1,3,H,W] BGR -> [1,(H/s)*(W/s),8]: the middle of the cell, exp(0) cells in size; brightness and three
/// classes, cut to 0 to 1 in place of a sigmoid.
ov::Output<ov::Node> head(const ov::Output<ov::Node>& picture, size_t stride) {
  namespace op = ov::opset8;
  const auto mean = std::make_shared<op::AvgPool>(picture, ov::Strides{stride, stride}, ov::Shape{0, 0},
                                                  ov::Shape{0, 0}, ov::Shape{stride, stride}, true);
  constexpr float kThird = 1.0F / 3.0F / 127.0F;
  std::vector<float> weights(8 * 3, 0.0F);
  for (size_t c = 0; c < 3; ++c) {
    weights[4 * 3 + c] = kThird;
    weights[(5 + c) * 3 + c] = 1.0F / 255.0F;
  }
  const std::vector<float> bias{0.5F, 0.5F, 0.0F, 0.0F, -128.0F / 127.0F, 0.0F, 0.0F, 0.0F};
  const auto mixed = std::make_shared<op::Convolution>(mean, constant(ov::Shape{8, 3, 1, 1}, weights),
                                                       ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                                       ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
  const auto biased = std::make_shared<op::Add>(mixed, constant(ov::Shape{1, 8, 1, 1}, bias));
  const auto split = std::make_shared<op::Split>(biased, constant<int64_t>({}, {1}), 2);
  const auto scores = std::make_shared<op::Clamp>(split->output(1), 0.0, 1.0);
  const auto both = std::make_shared<op::Concat>(ov::OutputVector{split->output(0), scores}, 1);
  const auto flat = std::make_shared<op::Reshape>(both, constant<int64_t>({3}, {1, 8, -1}), false);
  return std::make_shared<op::Transpose>(flat, constant<int64_t>({3}, {0, 2, 1}));
}

}  // namespace

std::string write_openvino_model(const std::string& path, const std::string& names, InputSize size) {
  const ov::Shape shape{1, 3, static_cast<size_t>(size.height_px), static_cast<size_t>(size.width_px)};
  const auto picture = std::make_shared<ov::opset8::Parameter>(ov::element::f32, shape);
  picture->set_friendly_name("images");
  picture->output(0).set_names({"images"});
  const auto output = std::make_shared<ov::opset8::Concat>(
      ov::OutputVector{head(picture, 8), head(picture, 16), head(picture, 32)}, 1);
  output->output(0).set_names({"output"});
  const auto model =
      std::make_shared<ov::Model>(ov::OutputVector{output}, ov::ParameterVector{picture}, "bright");
  if (!names.empty()) model->set_rt_info(names, "framework", "names");
  ov::serialize(model, path);
  return path;
}

#else

std::string write_openvino_model(const std::string& /*path*/, const std::string& /*names*/,
                                 InputSize /*size*/) {
  return "";
}

#endif

}  // namespace weir::testing
