// SPDX-License-Identifier: Apache-2.0
// The best assignment against all assignments, and its shape on larger cases.
#include <algorithm>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/assignment.h"

namespace weir {
namespace {

using ::testing::ElementsAre;

std::vector<int32_t> solve(int rows, int columns, const std::vector<WeightedPair>& pairs) {
  Assignment assignment;
  const auto solved = assignment.solve(rows, columns, pairs);
  return {solved.begin(), solved.end()};
}

double weight_of(const std::vector<WeightedPair>& pairs, std::span<const int32_t> column_of) {
  double sum = 0;
  for (const WeightedPair& pair : pairs) {
    if (column_of[static_cast<size_t>(pair.row)] == pair.column) sum += pair.weight;
  }
  return sum;
}

/// The largest sum, by trying everything from `row` on.
double best_by_trying(int row, int rows, std::set<int>& taken, const std::vector<WeightedPair>& pairs) {
  if (row == rows) return 0;
  double best = best_by_trying(row + 1, rows, taken, pairs);
  for (const WeightedPair& pair : pairs) {
    if (pair.row != row || taken.contains(pair.column)) continue;
    taken.insert(pair.column);
    best = std::max(best, pair.weight + best_by_trying(row + 1, rows, taken, pairs));
    taken.erase(pair.column);
  }
  return best;
}

/// Pairs that exist by chance `density`, in random order; few different weights make many ties.
std::vector<WeightedPair> random_pairs(std::mt19937& random, int rows, int columns, double density,
                                       bool ties) {
  std::vector<WeightedPair> pairs;
  std::uniform_real_distribution<double> real(-0.2, 1);
  for (int32_t row = 0; row < rows; ++row) {
    for (int32_t column = 0; column < columns; ++column) {
      if (std::uniform_real_distribution<double>(0, 1)(random) >= density) continue;
      pairs.push_back({row, column, ties ? static_cast<double>(random() % 4) / 4 : real(random)});
    }
  }
  std::ranges::shuffle(pairs, random);
  return pairs;
}

void expect_one_to_one(std::span<const int32_t> column_of) {
  std::set<int32_t> columns;
  for (const int32_t column : column_of) EXPECT_TRUE(column < 0 || columns.insert(column).second);
}

TEST(Assignment, NothingIsAssignedToNothing) {
  EXPECT_THAT(solve(0, 0, {}), ElementsAre());
  EXPECT_THAT(solve(2, 0, {}), ElementsAre(-1, -1));
  EXPECT_THAT(solve(0, 2, {}), ElementsAre());
  EXPECT_THAT(solve(1, 1, {{0, 0, 0.0}}), ElementsAre(-1)) << "a pair that is worth nothing";
  EXPECT_THAT(solve(1, 1, {{0, 0, -1.0}}), ElementsAre(-1));
}

TEST(Assignment, TheBestForAllIsNotTheBestForEach) {
  EXPECT_THAT(solve(2, 2, {{0, 0, 0.9}, {0, 1, 0.8}, {1, 0, 0.7}}), ElementsAre(1, 0));
  EXPECT_THAT(solve(2, 1, {{0, 0, 0.5}, {1, 0, 0.9}}), ElementsAre(-1, 0)) << "the first one gives way";
  EXPECT_THAT(solve(2, 2, {{0, 0, 1.0}, {0, 1, 0.1}, {1, 0, 0.05}}), ElementsAre(0, -1))
      << "two poor pairs are worth less than a good one";
}

TEST(Assignment, IsAsGoodAsTryingEverything) {
  std::mt19937 random(20240611);
  for (int i = 0; i < 3000; ++i) {
    const int rows = static_cast<int>(random() % 6);
    const int columns = static_cast<int>(random() % 6);
    const double density = i % 2 == 0 ? 1.0 : 0.5;
    const auto pairs = random_pairs(random, rows, columns, density, i % 3 == 0);
    const auto column_of = solve(rows, columns, pairs);
    expect_one_to_one(column_of);
    std::set<int> taken;
    ASSERT_NEAR(weight_of(pairs, column_of), best_by_trying(0, rows, taken, pairs), 1e-12) << "case " << i;
  }
}

TEST(Assignment, WhereAPairExistsSomebodyHasIt) {
  // No pair of a row and a column that are both alone: else adding it would be better.
  std::mt19937 random(7);
  Assignment assignment;
  for (int i = 0; i < 20; ++i) {
    const int rows = 40 + static_cast<int>(random() % 80);
    const int columns = 40 + static_cast<int>(random() % 80);
    auto pairs = random_pairs(random, rows, columns, 0.1, i % 2 == 0);
    const auto solved = assignment.solve(rows, columns, pairs);
    const std::vector<int32_t> column_of(solved.begin(), solved.end());
    expect_one_to_one(column_of);
    const std::set<int32_t> columns_taken(column_of.begin(), column_of.end());
    for (const WeightedPair& pair : pairs) {
      EXPECT_TRUE(pair.weight <= 0 || column_of[static_cast<size_t>(pair.row)] >= 0 ||
                  columns_taken.contains(pair.column));
    }
    EXPECT_EQ(column_of, solve(rows, columns, pairs)) << "what it solved before must not matter";
  }
}

}  // namespace
}  // namespace weir
