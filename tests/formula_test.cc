// SPDX-License-Identifier: Apache-2.0
#include "infer/formula.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using Function = Formula::Function;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Formula, IsDescribedAsPeopleWriteIt) {
  EXPECT_EQ(describe(Formula{.function = Function::kLayer}), "layer");
  EXPECT_EQ(describe(Formula{.function = Function::kLayer, .scale = 8, .offset = 16}), "8*layer+16");
  EXPECT_EQ(describe(Formula{.function = Function::kLayer, .scale = -1, .offset = -0.5F}), "-1*layer-0.5");
  EXPECT_EQ(describe(Formula{.function = Function::kSigmoid}), "sigmoid(layer)");
  EXPECT_EQ(describe(Formula{.function = Function::kExp, .scale = 32}), "32*exp(layer)");
  EXPECT_EQ(describe(Formula{.function = Function::kConstant, .scale = 0, .offset = 1}), "the number 1");
  EXPECT_EQ(describe(Formula{.operation = "Softmax"}), "the outcome of Softmax");
  EXPECT_EQ(describe(GridCell{.row = 3, .column = 4, .rows = 13, .columns = 26}),
            "row 3, column 4 of a layer of 26x13");
}

TEST(Formula, SamplesReachFromTheFirstToTheLast) {
  EXPECT_THAT(sampled_indices(0), IsEmpty());
  EXPECT_THAT(sampled_indices(1), ElementsAre(0));
  EXPECT_THAT(sampled_indices(8), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(sampled_indices(10), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  for (const int64_t extent : {24, 25, 85, 3549, 8400, 1 << 30}) {
    const std::vector<int64_t> indices = sampled_indices(extent);
    EXPECT_EQ(indices.size(), 24U) << extent;
    EXPECT_EQ(indices.front(), 0);
    EXPECT_EQ(indices.back(), extent - 1);
    EXPECT_EQ(std::ranges::adjacent_find(indices, std::ranges::greater_equal()), indices.end()) << "rising";
  }
}

}  // namespace
}  // namespace weir
