// SPDX-License-Identifier: Apache-2.0
// How the rknn backend makes contexts, places them and moves pictures into them, seen from the library.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "support/fake_rknn.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using testing::FakeRknn;
using testing::FakeRknnCalls;
using ::testing::HasSubstr;

class RknnContexts : public testing::RknnTest {
 protected:
  static std::vector<std::unique_ptr<Context>> make(Model& model, int count, int cores = 3) {
    std::vector<std::unique_ptr<Context>> contexts;
    for (int i = 0; i < count; ++i) contexts.push_back(*model.new_context(i % cores));
    return contexts;
  }
};

// The three set-ups of the published experiment, call for call.
TEST_F(RknnContexts, SharingIsOneInitAndDuplicates) {
  {
    std::vector<std::shared_ptr<Model>> models;
    std::vector<std::unique_ptr<Context>> contexts;
    for (int i = 0; i < 12; ++i) {
      models.push_back(load());
      contexts.push_back(*models.back()->new_context(i % 3));
    }
    EXPECT_EQ(fake_.calls().inits, 12);
    EXPECT_EQ(fake_.calls().dups, 0);
  }
  fake_.order({});
  {
    std::vector<std::vector<std::unique_ptr<Context>>> streams;
    for (int i = 0; i < 4; ++i) streams.push_back(make(*load(), 3));
    EXPECT_EQ(fake_.calls().inits, 4);
    EXPECT_EQ(fake_.calls().dups, 8);
  }
  fake_.order({});
  const auto contexts = make(*load(), 12);
  EXPECT_EQ(fake_.calls().inits, 1);
  EXPECT_EQ(fake_.calls().dups, 11);
  EXPECT_EQ(fake_.calls().contexts, 12);
  EXPECT_THAT(fake_.calls().masks, ElementsAre(1, 2, 4, 1, 2, 4, 1, 2, 4, 1, 2, 4));
}

TEST_F(RknnContexts, TheFirstIsUsedAgainWhenItComesBack) {
  const auto model = load();
  auto first = *model->new_context(0);
  auto second = *model->new_context(1);
  first.reset();
  first = *model->new_context(2);
  EXPECT_EQ(fake_.calls().dups, 1);
  EXPECT_THAT(fake_.calls().masks, ElementsAre(1, 2, 4)) << "on its new core";
}

TEST_F(RknnContexts, TheBillKnowsWhoSharesAndWhoDoesNot) {
  const auto model = load("width=64 height=64 weights=5000000 internal=300000");
  constexpr int64_t kOutput = 84 * 8 * 4;
  EXPECT_EQ(model->bill().weights_bytes, 5'000'000);
  EXPECT_EQ(model->bill().context_bytes, 0);
  auto contexts = make(*model, 3);
  EXPECT_EQ(model->bill().weights_bytes, 5'000'000);
  EXPECT_EQ(model->bill().context_bytes, 3 * (300'000 + kOutput));
  contexts.clear();
  EXPECT_EQ(model->bill().context_bytes, 0);

  const auto lonely = load("width=64 height=64 weights=5000000 internal=300000");
  fake_.order({.returns = {{"rknn_dup_context", -1}}});
  contexts = make(*lonely, 3);
  EXPECT_EQ(fake_.calls().inits, 2) << "beside the first, each has its own";
  EXPECT_EQ(lonely->bill().weights_bytes, 15'000'000);
  contexts.clear();
  EXPECT_EQ(lonely->bill().weights_bytes, 5'000'000);
}

// A copy of the weights for good, because of one moment in which the NPU did not answer.
TEST_F(RknnContexts, ADuplicateThatFailsInPassingIsNoReasonForCopies) {
  const auto model = load();
  auto contexts = make(*model, 2);
  fake_.order({.returns = {{"rknn_dup_context", -1}}});
  EXPECT_FALSE(model->new_context(1)) << "another one has worked";
  fake_.order({});
  EXPECT_TRUE(model->new_context(1));
  EXPECT_EQ(fake_.calls().inits, 0);

  const auto busy = load();
  contexts.push_back(*busy->new_context(0));
  fake_.order({.returns = {{"rknn_dup_context", -2}}});
  const auto second = busy->new_context(1);
  ASSERT_FALSE(second) << "nobody knows yet whether it can";
  EXPECT_THAT(second.error().message, HasSubstr("RKNN_ERR_TIMEOUT"));
  EXPECT_EQ(fake_.calls().inits, 0);
}

TEST_F(RknnContexts, WithoutMemoryForADuplicateNoOtherWayIsTried) {
  const auto model = load();
  const auto first = *model->new_context(0);
  fake_.order({.returns = {{"rknn_dup_context", -4}}});
  const auto second = model->new_context(1);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kResourceExhausted);
  EXPECT_EQ(fake_.calls().inits, 0);
}

/// What is logged while it lives.
class Log {
 public:
  Log() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)));
  }
  ~Log() { spdlog::set_default_logger(before_); }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

TEST_F(RknnContexts, CoresThatAreNotThereAreToldOnce) {
  const Log log;
  fake_.order({.cores = 2});
  const auto model = load();
  const auto contexts = make(*model, 6);
  EXPECT_THAT(fake_.calls().masks, ElementsAre(1, 2, 0, 1, 2, 0)) << "the third core's: wherever it is free";
  const auto beyond = model->new_context(7);
  ASSERT_TRUE(beyond);
  EXPECT_EQ(fake_.calls().masks.back(), 0);
  EXPECT_EQ(std::ranges::count(log.text(), '\n'), 2) << log.text();
  EXPECT_THAT(log.text(), HasSubstr("contexts for core 2 run on whichever is free"));
  EXPECT_THAT(log.text(), HasSubstr("this NPU has 3 cores"));
}

// A library of the first version that will do: no duplicates, no cores, no synchronising.
TEST_F(RknnContexts, AnOldLibraryDoesWithLess) {
  const Log log;
  FakeRknn plain(WEIR_FAKE_RKNNRT_PLAIN);
  const auto backend = make_rknn_backend(WEIR_FAKE_RKNNRT_PLAIN);
  {
    const auto model = *backend->load({.path = model_file("weights=1000")});
    auto contexts = make(*model, 3);
    InputBuffer input = *model->allocate_input();
    for (const auto& context : contexts) EXPECT_TRUE(context->run(input));
    EXPECT_EQ(plain.calls().inits, 3);
    EXPECT_EQ(model->bill().weights_bytes, 3000);
    EXPECT_EQ(plain.calls().syncs, 0);
  }
  EXPECT_EQ(std::ranges::count(log.text(), '\n'), 2) << log.text();
  EXPECT_THAT(log.text(), HasSubstr("no rknn_dup_context"));
  EXPECT_THAT(log.text(), HasSubstr("no rknn_set_core_mask"));
  EXPECT_EQ(plain.calls().contexts + plain.calls().memories, 0);
}

// The picture is never copied: memory of one context is imported by the others, once.
TEST_F(RknnContexts, ABufferIsImportedAndBoundOnlyWhereItIsNew) {
  const auto model = load();
  const auto contexts = make(*model, 3);
  InputBuffer a = *model->allocate_input();
  InputBuffer b = *model->allocate_input();
  const FakeRknnCalls before = fake_.calls();
  const auto imports = [&] { return fake_.calls().imports - before.imports; };
  const auto bindings = [&] { return fake_.calls().input_bindings - before.input_bindings; };
  for (const auto& context : contexts) ASSERT_TRUE(context->run(a));
  EXPECT_EQ(imports(), 2) << "the first context made it";
  EXPECT_EQ(bindings(), 3);
  for (const auto& context : contexts) ASSERT_TRUE(context->run(a));
  EXPECT_EQ(bindings(), 3) << "still bound";
  for (const auto& context : contexts) ASSERT_TRUE(context->run(b));
  for (const auto& context : contexts) ASSERT_TRUE(context->run(a));
  EXPECT_EQ(imports(), 4) << "each once";
  EXPECT_EQ(bindings(), 9);
}

// With --share none every context is of another model, and streams' buffers are of the first.
TEST_F(RknnContexts, ABufferOfOneModelServesTheContextsOfOthers) {
  const auto one = load();
  const auto other = load();
  const auto context = *other->new_context(0);
  InputBuffer input = *one->allocate_input();
  EXPECT_TRUE(context->run(input));
}

TEST_F(RknnContexts, BuffersThatAreGoneAreLetGo) {
  const auto model = load();
  const auto contexts = make(*model, 2);
  const auto run_with_new = [&] {
    InputBuffer input = *model->allocate_input();
    for (const auto& context : contexts) ASSERT_TRUE(context->run(input));
  };
  for (int i = 0; i < 3; ++i) run_with_new();
  const int settled = fake_.calls().memories;
  for (int i = 0; i < 20; ++i) run_with_new();
  EXPECT_EQ(fake_.calls().memories, settled);
}

TEST_F(RknnContexts, BuffersAndContextsGoInAnyOrder) {
  auto model = load();
  InputBuffer input = *model->allocate_input();
  auto contexts = make(*model, 2);
  for (const auto& context : contexts) ASSERT_TRUE(context->run(input));
  model.reset();
  contexts.erase(contexts.begin());  // the first
  EXPECT_TRUE(contexts[0]->run(input));
  contexts.clear();
  std::ranges::fill(input.bytes(), uint8_t{1});  // still there
}

// Contexts run, come and go, fail and are replaced at the same time: two threads in one of the runtime's
// contexts would be a misuse, which the fake counts.
TEST_F(RknnContexts, ThreadsNeverMeetInAContext) {
  const Log log;  // made here: the thread sanitizer doesn't see how spdlog makes its own in whichever thread
                  // is first
  const auto model = load("width=64 height=64");
  fake_.order({.fail_from = 40, .fail_until = 60});
  InputBuffer shared = *model->allocate_input();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 5; ++round) {
        auto context = model->new_context(t);
        while (!context) context = model->new_context(t);  // its first run was among those that fail
        InputBuffer own = *model->allocate_input();
        for (int run = 0; run < 20; ++run) (void)(*context)->run(own);
      }
    });
  }
  threads.clear();
  EXPECT_GE(fake_.calls().runs, 3 * 5 * 20);
}

}  // namespace
}  // namespace weir
