// SPDX-License-Identifier: Apache-2.0
#include "base/assignment.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace weir {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

/// Orders a heap so that the nearest is on top; of equal ones the first column.
constexpr auto kFarther = [](const auto& a, const auto& b) {
  return a.distance != b.distance ? a.distance > b.distance : a.column > b.column;
};

}  // namespace

std::span<const int32_t> Assignment::solve(int rows, int columns, std::span<const WeightedPair> pairs) {
  sort_edges(rows, pairs);
  column_of_.assign(static_cast<size_t>(rows), -1);
  row_of_.assign(static_cast<size_t>(columns), -1);
  row_price_.assign(static_cast<size_t>(rows), 0);
  column_price_.assign(static_cast<size_t>(columns), 0);
  distance_.assign(static_cast<size_t>(columns), kFar);
  reached_from_.assign(static_cast<size_t>(columns), -1);
  is_final_.assign(static_cast<size_t>(columns), 0);
  for (int32_t row = 0; row < rows; ++row) {
    const PathEnd end = find_path(row);
    update_prices(row, end.distance);
    follow_back(end);
    forget_search();
  }
  return column_of_;
}

/// Costs are negative weights, so that the cheapest set is the best one; being alone costs 0.
void Assignment::sort_edges(int rows, std::span<const WeightedPair> pairs) {
  first_edge_.assign(static_cast<size_t>(rows) + 1, 0);
  for (const WeightedPair& pair : pairs) {
    if (pair.weight > 0) ++first_edge_[static_cast<size_t>(pair.row) + 1];
  }
  for (size_t row = 0; row < static_cast<size_t>(rows); ++row) first_edge_[row + 1] += first_edge_[row];
  edges_.resize(static_cast<size_t>(first_edge_.back()));
  for (const WeightedPair& pair : pairs) {
    // The row's begin moves to its end, and is where the next row's was afterwards.
    if (pair.weight > 0) {
      edges_[static_cast<size_t>(first_edge_[static_cast<size_t>(pair.row)]++)] = {pair.column, -pair.weight};
    }
  }
  std::copy_backward(first_edge_.begin(), first_edge_.end() - 1, first_edge_.end());
  first_edge_.front() = 0;
}

/// The cheapest way to take the row in: to a column that is free, or to a row that had better be alone.
Assignment::PathEnd Assignment::find_path(int32_t from) {
  PathEnd end{-1, from, -row_price_[static_cast<size_t>(from)]};
  look_at(from, 0);
  while (true) {
    const int32_t column = take_nearest(end.distance);
    if (column < 0) return end;
    const double distance = distance_[static_cast<size_t>(column)];
    const int32_t row = row_of_[static_cast<size_t>(column)];
    if (row < 0) return {column, -1, distance};
    const double alone = distance - row_price_[static_cast<size_t>(row)];
    if (alone < end.distance) end = {-1, row, alone};
    look_at(row, distance);
  }
}

/// Brings what can be reached from the row closer.
void Assignment::look_at(int32_t row, double distance) {
  const auto begin = static_cast<size_t>(first_edge_[static_cast<size_t>(row)]);
  const auto end = static_cast<size_t>(first_edge_[static_cast<size_t>(row) + 1]);
  for (size_t i = begin; i < end; ++i) {
    const auto column = static_cast<size_t>(edges_[i].column);
    if (is_final_[column] != 0) continue;
    const double reached =
        distance + edges_[i].cost - row_price_[static_cast<size_t>(row)] - column_price_[column];
    if (reached >= distance_[column]) continue;
    if (distance_[column] == kFar) touched_.push_back(edges_[i].column);
    distance_[column] = reached;
    reached_from_[column] = row;
    waiting_.push_back({reached, edges_[i].column});
    std::ranges::push_heap(waiting_, kFarther);
  }
}

/// The nearest column whose distance is not final yet, which it is from now on; -1 if it is beyond the limit.
int32_t Assignment::take_nearest(double limit) {
  while (!waiting_.empty()) {
    const Reached nearest = waiting_.front();
    const bool is_stale = is_final_[static_cast<size_t>(nearest.column)] != 0;
    if (!is_stale && nearest.distance > limit) return -1;
    std::ranges::pop_heap(waiting_, kFarther);
    waiting_.pop_back();
    if (is_stale) continue;
    is_final_[static_cast<size_t>(nearest.column)] = 1;
    final_.push_back(nearest.column);
    return nearest.column;
  }
  return -1;
}

/// Makes every pair on the path cost nothing, and leaves no pair that costs less.
void Assignment::update_prices(int32_t from, double length) {
  row_price_[static_cast<size_t>(from)] += length;
  for (const int32_t column : final_) {
    const double nearer = length - distance_[static_cast<size_t>(column)];
    column_price_[static_cast<size_t>(column)] -= nearer;
    const int32_t row = row_of_[static_cast<size_t>(column)];
    if (row >= 0) row_price_[static_cast<size_t>(row)] += nearer;
  }
}

/// From the path's end to its begin, gives each row the column that the path leaves it by.
void Assignment::follow_back(const PathEnd& end) {
  int32_t column = end.column;
  if (end.alone >= 0) column = std::exchange(column_of_[static_cast<size_t>(end.alone)], -1);
  while (column >= 0) {
    const int32_t row = reached_from_[static_cast<size_t>(column)];
    row_of_[static_cast<size_t>(column)] = row;
    column = std::exchange(column_of_[static_cast<size_t>(row)], column);
  }
}

void Assignment::forget_search() {
  for (const int32_t column : touched_) {
    distance_[static_cast<size_t>(column)] = kFar;
    is_final_[static_cast<size_t>(column)] = 0;
  }
  touched_.clear();
  final_.clear();
  waiting_.clear();
}

}  // namespace weir
