// SPDX-License-Identifier: Apache-2.0
// What every backend must do. Each case says which plausible bug it would catch.
#include <cmath>
#include <filesystem>
#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/all_backends.h"
#include "infer/model_store.h"
#include "memory/process_memory.h"
#include "support/fake_rknn.h"
#include "support/media.h"
#include "support/models.h"

namespace weir {
namespace {

using ::testing::HasSubstr;

/// A backend, and how to make it a model. All models compute the same, at 416x256; those of openvino and fake
/// take other sizes too, and have 416x416 of their own.
struct Candidate {
  std::string name;
  std::string backend;
  std::string rknn_library;
  std::function<std::string(const testing::TempFolder&)> write_model;  ///< gives the path

  friend std::ostream& operator<<(std::ostream& out, const Candidate& one) { return out << one.name; }
  [[nodiscard]] bool takes_any_size() const { return rknn_library.empty(); }
};

class BackendContract : public ::testing::TestWithParam<Candidate> {
 protected:
  void SetUp() override {
    auto backend = open_backend(GetParam().backend, {.rknn_library = GetParam().rknn_library});
    if (!backend) GTEST_SKIP() << backend.error().message;
    backend_ = *std::move(backend);
    model_path_ = GetParam().write_model(folder_);
  }

  /// A picture of one bright square in the colour of `channel`.
  static void paint(InputBuffer& input, const ModelInfo& info, int x0, int y0, int side, size_t channel) {
    std::ranges::fill(input.bytes(), uint8_t{20});
    for (int y = y0; y < y0 + side; ++y) {
      for (int x = x0; x < x0 + side; ++x) {
        uint8_t* pixel = input.bytes().data() + static_cast<size_t>(y) * info.inputs[0].row_stride_bytes +
                         static_cast<size_t>(x) * 3;
        for (size_t c = 0; c < 3; ++c) pixel[c] = c == channel ? 255 : 200;
      }
    }
  }

  static std::vector<float> copy_output(const Context& context) {
    const ConstTensorView view = context.output(0);
    return {view.as<float>(), view.as<float>() + view.info->elements()};
  }

  std::shared_ptr<Model> load(std::optional<InputSize> size = std::nullopt, int cores = 1) {
    auto model = backend_->load({.path = model_path_, .input_size = size, .cores = cores});
    EXPECT_TRUE(model) << (model ? "" : model.error().message);
    return model ? *model : nullptr;
  }

  testing::TempFolder folder_;
  std::unique_ptr<Backend> backend_;
  std::string model_path_;
};

// A layout or size mix-up between what is told and what is there.
TEST_P(BackendContract, TellsTheTruthAboutShapes) {
  const auto model = load(InputSize{416, 256});
  const ModelInfo& info = model->info();
  EXPECT_EQ(info.backend, GetParam().backend);
  EXPECT_EQ(info.input_size, (InputSize{416, 256}));
  EXPECT_NE(info.precision, Precision::kAuto);
  ASSERT_EQ(info.inputs.size(), 1U);
  EXPECT_THAT(info.inputs[0].shape, ::testing::ElementsAre(1, 256, 416, 3));
  ASSERT_EQ(info.outputs.size(), 1U);
  EXPECT_THAT(info.outputs[0].shape, ::testing::ElementsAre(1, 2184, 8));
  EXPECT_EQ(info.outputs[0].size_bytes, 2184U * 8U * size_of(info.outputs[0].type));
  const auto input = model->allocate_input();
  ASSERT_TRUE(input);
  EXPECT_EQ(input->bytes().size(), info.inputs[0].size_bytes);
  const auto inspected = backend_->inspect({.path = model_path_, .input_size = InputSize{416, 256}});
  ASSERT_TRUE(inspected);
  EXPECT_EQ(inspected->outputs[0].shape, info.outputs[0].shape);
}

// Channels swapped, rows read with a wrong stride, a size that is not the one asked for.
TEST_P(BackendContract, ComputesWhatTheModelSays) {
  const auto model = load(InputSize{416, 256});
  auto context = *model->new_context(0);
  InputBuffer input = *model->allocate_input();
  paint(input, model->info(), 64, 32, 32, 2);
  ASSERT_TRUE(context->run(input));
  const std::vector<float> output = copy_output(*context);
  const size_t cell_32 = 52 * 32 + 26 * 16 + (32 / 32) * 13 + 64 / 32;  // row 1, column 2 of stride 32
  const float brightness = (255.0F + 200.0F + 200.0F) / 3.0F;
  const float* cell = output.data() + cell_32 * 8;
  EXPECT_NEAR(cell[4], (brightness - 128.0F) / 127.0F, 0.01);
  EXPECT_GT(cell[5 + 2], cell[5 + 0]);
  EXPECT_NEAR((cell - 8)[4], 0.0, 0.01) << "the dark cell to the left";
  EXPECT_NEAR(cell[0], 0.5, 0.01);
  EXPECT_NEAR(cell[2], 0.0, 0.01);
}

// Contexts that share scratch memory: one would overwrite what the other is computing.
TEST_P(BackendContract, TwoContextsInParallelEqualOneAlone) {
  const auto model = load(InputSize{416, 256}, 2);
  constexpr int kRuns = 50;
  constexpr size_t kPictures = 3;
  std::vector<InputBuffer> pictures;
  std::vector<std::vector<float>> expected;
  {
    auto context = *model->new_context(0);
    for (size_t i = 0; i < kPictures; ++i) {
      pictures.push_back(*model->allocate_input());
      paint(pictures.back(), model->info(), static_cast<int>(i) * 96, 64, 64, i);
      ASSERT_TRUE(context->run(pictures.back()));
      expected.push_back(copy_output(*context));
    }
  }
  std::vector<std::jthread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      auto context = *model->new_context(t);
      InputBuffer own = *model->allocate_input();
      for (int run = 0; run < kRuns; ++run) {
        const size_t i = static_cast<size_t>(run + t) % kPictures;
        std::ranges::copy(std::as_const(pictures[i]).bytes(), own.bytes().begin());
        ASSERT_TRUE(context->run(own));
        ASSERT_EQ(copy_output(*context), expected[i]);
      }
    });
  }
}

// Who looks at what a new context has computed would see memory that nobody has written.
TEST_P(BackendContract, ANewContextHasRunOnAGreyPicture) {
  const auto model = load(InputSize{416, 256});
  const auto context = *model->new_context(0);
  const std::vector<float> output = copy_output(*context);
  InputBuffer grey = *model->allocate_input();
  std::ranges::fill(grey.bytes(), uint8_t{114});
  ASSERT_TRUE(context->run(grey));
  EXPECT_EQ(copy_output(*context), output);
}

// A context that keeps the model alive only by luck.
TEST_P(BackendContract, AContextOutlivesEverybodyElsesHandles) {
  auto model = load();
  auto context = *model->new_context(0);
  InputBuffer input = *model->allocate_input();
  const size_t elements = static_cast<size_t>(model->info().outputs[0].elements());
  model.reset();
  std::ranges::fill(input.bytes(), uint8_t{255});
  ASSERT_TRUE(context->run(input));
  EXPECT_EQ(copy_output(*context).size(), elements);
}

TEST_P(BackendContract, RefusesFilesThatAreNoModels) {
  const std::string extension = std::filesystem::path(model_path_).extension().string();
  const std::string whole = testing::read_bytes(model_path_);
  const std::vector<std::pair<std::string, std::string>> files{
      {"empty", ""},
      {"garbage", "\x01\x02 not a model \xff\xfe"},
      {"truncated", whole.substr(0, whole.size() / 2)}};
  for (const auto& [name, bytes] : files) {
    const std::string path = folder_.file(name + extension);
    testing::write_bytes(path, bytes);
    for (const auto& error :
         {backend_->load({.path = path}).error(), backend_->inspect({.path = path}).error()}) {
      EXPECT_EQ(error.code, ErrorCode::kInvalidArgument) << name << ": " << error.message;
      EXPECT_THAT(error.message, HasSubstr(path));
      EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
    }
  }
  const auto missing = backend_->load({.path = folder_.file("missing" + extension)});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

// kUnsupported is what makes the engine fall back to the model's own size.
TEST_P(BackendContract, SaysWhichSizesItCannotTake) {
  if (GetParam().backend == "openvino") GTEST_SKIP() << "the model made here takes every size";
  const std::string fixed =
      GetParam().takes_any_size()
          ? testing::write_fake_model(folder_.file("fixed.json"), R"("fixed_size": true)")
          : model_path_;
  const auto info = backend_->inspect({.path = fixed, .input_size = InputSize{320, 256}});
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(info.error().message, HasSubstr("can't take an input of 320x256"));
}

TEST_P(BackendContract, RefusesPrecisionsThatTheDeviceHasNot) {
  const auto device = backend_->device();
  ASSERT_TRUE(device);
  for (const Precision precision : {Precision::kBf16, Precision::kF16}) {
    if (std::ranges::find(device->precisions, precision) != device->precisions.end()) continue;
    const auto model = backend_->load({.path = model_path_, .precision = precision});
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::kUnsupported);
    EXPECT_THAT(model.error().message, HasSubstr("f32")) << "says what would work";
  }
}

// Runtimes that keep a little of every context: found by nobody in a short test, by everybody in a long run.
TEST_P(BackendContract, AHundredContextsComeAndGoWithoutGrowth) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer keeps what is freed";
#endif
  constexpr int64_t kTolerated = 4'000'000;
  const auto model = load();
  const auto cycle = [&] {
    InputBuffer input = *model->allocate_input();
    auto context = *model->new_context(0);
    ASSERT_TRUE(context->run(input));
  };
  for (int i = 0; i < 10; ++i) cycle();
  const int64_t before = settled_anonymous_bytes();
  for (int i = 0; i < 100; ++i) cycle();
  EXPECT_LT(settled_anonymous_bytes() - before, kTolerated);
}

TEST_P(BackendContract, TheBillGrowsWithContexts) {
  const auto model = load();
  const MemoryBill without = model->bill();
  auto context = model->new_context(0);
  ASSERT_TRUE(context);
  EXPECT_EQ(without.context_bytes, 0);
  auto another = model->new_context(0);
  ASSERT_TRUE(another);
  EXPECT_GT(model->bill().context_bytes, 0);
  EXPECT_EQ(model->bill().weights_bytes, without.weights_bytes);
}

// A store that compares paths, or that forgets the size or the sharer.
TEST_P(BackendContract, TheStoreSharesByContent) {
  const std::string copy = folder_.file("copy" + std::filesystem::path(model_path_).extension().string());
  std::filesystem::copy_file(model_path_, copy);
  if (model_path_.ends_with(".xml"))
    std::filesystem::copy_file(folder_.file("bright.bin"), folder_.file("copy.bin"));
  ModelStore store;
  const auto get = [&](const ModelSpec& spec, std::string_view sharer) -> std::shared_ptr<Model> {
    const auto hash = content_hash(spec.path);
    EXPECT_TRUE(hash) << hash.error().message;
    auto model = store.get(*backend_, spec, *hash, sharer);
    EXPECT_TRUE(model) << model.error().message;
    return *std::move(model);
  };
  auto first = get({.path = model_path_}, "");
  EXPECT_EQ(get({.path = copy}, ""), first);
  {
    const auto of_another_stream = get({.path = copy}, "stream a");
    const auto of_another_size = get({.path = copy, .input_size = InputSize{416, 256}}, "");
    EXPECT_NE(of_another_stream, first);
    EXPECT_NE(of_another_size, first);
    EXPECT_EQ(store.models().size(), 3U);
  }
  EXPECT_EQ(store.models().size(), 1U) << "a model that nobody uses is freed";
  first.reset();
  EXPECT_EQ(store.models().size(), 0U);
  EXPECT_NE(get({.path = model_path_}, ""), nullptr) << "and loaded again when it is needed again";
  EXPECT_EQ(content_hash(folder_.file("none")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(content_hash(folder_.path()).error().code, ErrorCode::kInvalidArgument);
}

// Names that get lost on the way from the file's metadata.
TEST(OpenVinoBackendContract, TellsTheNamesInTheModelsMetadata) {
  const auto backend = open_backend("openvino");
  if (!backend) GTEST_SKIP() << backend.error().message;
  const testing::TempFolder folder;
  const std::string path =
      testing::write_openvino_model(folder.file("m.xml"), "{0: 'person', 1: 'bicycle', 2: 'car'}");
  const auto info = (*backend)->inspect({.path = path});
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_THAT(info->class_names, ::testing::ElementsAre("person", "bicycle", "car"));
  EXPECT_THAT((*(*backend)->load({.path = path}))->info().class_names, ::testing::SizeIs(3));
}

// A run that was refused must not poison the next one, or other contexts.
TEST_P(BackendContract, RunsAgainAfterAnError) {
  const auto model = load();
  auto context = *model->new_context(0);
  auto other = *model->new_context(0);
  InputBuffer input = *model->allocate_input();
  paint(input, model->info(), 64, 64, 64, 1);
  ASSERT_TRUE(context->run(input));
  const std::vector<float> expected = copy_output(*context);
  InputBuffer none;
  const Status status = context->run(none);
  ASSERT_FALSE(status) << "it reads memory that isn't there";
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  ASSERT_TRUE(context->run(input));
  EXPECT_EQ(copy_output(*context), expected);
  ASSERT_TRUE(other->run(input));
  EXPECT_EQ(copy_output(*other), expected);
}

// The same where the run itself fails.
TEST(FakeBackendContract, RunsAgainAfterAnError) {
  const testing::TempFolder folder;
  const auto backend = *open_backend("fake");
  const auto model =
      *backend->load({.path = testing::write_fake_model(folder.file("m.json"), R"("fail_runs": [2])")});
  auto context = *model->new_context(0);
  InputBuffer input = *model->allocate_input();
  EXPECT_TRUE(context->run(input));
  EXPECT_FALSE(context->run(input));
  EXPECT_TRUE(context->run(input));
}

TEST(Backends, UnknownNamesAreRefusedWithTheKnownOnes) {
  const auto backend = open_backend("tensorrt");
  ASSERT_FALSE(backend);
  EXPECT_EQ(backend.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(backend.error().message, HasSubstr("fake"));
}

std::vector<Candidate> candidates() {
  std::vector<Candidate> all;
  all.push_back({"fake", "fake", "", [](const testing::TempFolder& folder) {
                   return testing::write_fake_model(folder.file("bright.json"));
                 }});
  // The rknn backend over a library that computes what the fake backend does.
  all.push_back({"rknn_fake", "rknn", WEIR_FAKE_RKNNRT, [](const testing::TempFolder& folder) {
                   return testing::write_fake_rknn_model(folder.file("bright.rknn"), "width=416 height=256");
                 }});
#ifdef WEIR_OPENVINO
  all.push_back({"openvino", "openvino", "", [](const testing::TempFolder& folder) {
                   return testing::write_openvino_model(folder.file("bright.xml"));
                 }});
#endif
#ifdef WEIR_HOST_RKNNRT
  all.push_back({"rknn_host", "rknn", WEIR_HOST_RKNNRT, [](const testing::TempFolder& folder) {
                   return testing::write_openvino_model(folder.file("bright.xml"), "", {416, 256});
                 }});
#endif
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, BackendContract, ::testing::ValuesIn(candidates()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir
