// SPDX-License-Identifier: Apache-2.0
// What the rknn backend makes of a runtime that fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_rknn.h"

namespace weir {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class RknnFailures : public testing::RknnTest {
 protected:
  void SetUp() override {
    model_ = load();
    for (int core = 0; core < 3; ++core) contexts_.push_back(*model_->new_context(core));
    input_ = *model_->allocate_input();
  }

  void TearDown() override {
    contexts_.clear();
    input_ = InputBuffer();
    model_.reset();
    RknnTest::TearDown();
  }

  Status run(size_t context) { return contexts_[context]->run(input_); }

  std::shared_ptr<Model> model_;
  std::vector<std::unique_ptr<Context>> contexts_;
  InputBuffer input_;
};

TEST_F(RknnFailures, AFailedRunIsItsFramesErrorAndTheNextIsFine) {
  fake_.order({.fail_from = 2, .fail_until = 3, .fail_code = -2});
  EXPECT_TRUE(run(1));
  for (int i = 0; i < 2; ++i) {
    const Status status = run(1);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(status.error().message, HasSubstr("rknn_run failed with RKNN_ERR_TIMEOUT"));
  }
  EXPECT_TRUE(run(1));
  EXPECT_EQ(fake_.calls().dups, 0) << "twice is not often enough for a new context";
}

TEST_F(RknnFailures, AfterThreeInARowAContextIsReplacedAndTheOthersGoOn) {
  fake_.order({.fail_from = 1, .fail_until = 3});
  const int64_t bill = model_->bill().context_bytes;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(run(1));
  EXPECT_EQ(fake_.calls().dups, 1);
  EXPECT_EQ(fake_.calls().contexts, 3) << "the old one is gone";
  EXPECT_THAT(fake_.calls().masks, ::testing::ElementsAre(2)) << "on the same core";
  EXPECT_EQ(model_->bill().context_bytes, bill);
  for (size_t context = 0; context < 3; ++context) EXPECT_TRUE(run(context));
}

TEST_F(RknnFailures, FailuresOfOneCoreAreNotThoseOfOthers) {
  fake_.order({.fail_until = 1000, .fail_core = 1});
  for (int i = 0; i < 9; ++i) {
    EXPECT_TRUE(run(0));
    EXPECT_FALSE(run(1));
    EXPECT_TRUE(run(2));
  }
  EXPECT_EQ(fake_.calls().dups, 3) << "one each three; none was better";
  EXPECT_EQ(fake_.calls().contexts, 3);
}

// The others are duplicates of the first: it is replaced like any, but stays alive, and is not given out
// again.
TEST_F(RknnFailures, TheFirstStaysWhereOthersWereMadeOfIt) {
  fake_.order({.fail_from = 1, .fail_until = 3});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(run(0));
  EXPECT_EQ(fake_.calls().dups, 1);
  EXPECT_EQ(fake_.calls().contexts, 4);
  EXPECT_TRUE(run(0));
  contexts_.erase(contexts_.begin());
  contexts_.push_back(*model_->new_context(0));
  EXPECT_EQ(fake_.calls().dups, 2);
}

TEST_F(RknnFailures, WhereNoReplacementCanBeHadTheOldOneTriesOn) {
  fake_.order({.returns = {{"rknn_dup_context", -4}}, .fail_from = 1, .fail_until = 4});
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(run(2));
  EXPECT_TRUE(run(2));
}

TEST_F(RknnFailures, AContextThatCannotRunIsNotGiven) {
  contexts_.clear();
  fake_.order({.fail_from = 1, .fail_until = 1, .fail_code = -13});
  const auto context = model_->new_context(0);
  ASSERT_FALSE(context);
  EXPECT_THAT(context.error().message, AllOf(HasSubstr(".rknn"), HasSubstr("rknn_run")));
  EXPECT_TRUE(model_->new_context(0));
  EXPECT_EQ(fake_.calls().dups, 0) << "the first is free again";
}

TEST_F(RknnFailures, EveryCallThatFailsIsAnErrorWithItsName) {
  contexts_.clear();
  for (const char* function : {"rknn_set_io_mem", "rknn_mem_sync", "rknn_create_mem", "rknn_query"}) {
    fake_.order({.returns = {{function, -5}}});
    const auto context = model_->new_context(0);
    ASSERT_FALSE(context) << function;
    EXPECT_THAT(context.error().message, HasSubstr(function));
  }
  fake_.order({.returns = {{"rknn_create_mem_from_fd", -5}}});
  const auto first = model_->new_context(0);
  EXPECT_TRUE(first) << "runs from memory of its own";
  EXPECT_THAT(model_->new_context(1).error().message, HasSubstr("rknn_create_mem_from_fd"));
}

TEST_F(RknnFailures, WhatLoadingFailsWithNamesTheModelAndTheCode) {
  const std::string path = model_file();
  const std::vector<std::pair<int, ErrorCode>> codes{{-3, ErrorCode::kUnavailable},
                                                     {-4, ErrorCode::kResourceExhausted},
                                                     {-12, ErrorCode::kUnsupported},
                                                     {-13, ErrorCode::kUnsupported}};
  for (const auto& [code, expected] : codes) {
    fake_.order({.returns = {{"rknn_init", code}}});
    const auto model = backend_->load({.path = path});
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, expected);
    EXPECT_THAT(model.error().message, AllOf(HasSubstr(path), HasSubstr("RKNN_ERR_")));
  }
  const std::string onnx = folder_.file("m.onnx");
  testing::write_bytes(onnx, "onnx");
  fake_.order({});
  EXPECT_THAT(backend_->load({.path = onnx}).error().message, HasSubstr("an NPU runs .rknn files"));
}

}  // namespace
}  // namespace weir
