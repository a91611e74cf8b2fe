// SPDX-License-Identifier: Apache-2.0
// Who belongs to whom, at its best for all: the tracker's boxes and tracks, the evaluation's boxes and
// objects.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace weir {

/// A row and a column that may be paired, and what the pair is worth.
struct WeightedPair {
  int32_t row = 0;
  int32_t column = 0;
  double weight = 0;  ///< finite; pairs of 0 or less are never chosen
};

/// Finds pairs such that every row and every column is in one at most and the sum of their weights is the
/// largest possible. Of several such sets it finds the same one every time. Rows and columns may stay alone.
///
/// Shortest augmenting paths over the pairs that there are, each with Dijkstra's method on reduced costs
/// (Jonker and Volgenant, Computing 38, 1987): what is not connected costs nothing. Keeps its memory between
/// calls. Thread-bound.
class Assignment {
 public:
  /// For each row its column, or -1. `pairs` are in any order, each row and column at most once together;
  /// rows are 0..rows-1, columns 0..columns-1. Valid until the next call.
  std::span<const int32_t> solve(int rows, int columns, std::span<const WeightedPair> pairs);

 private:
  struct Edge {
    int32_t column = 0;
    double cost = 0;
  };
  struct Reached {
    double distance = 0;
    int32_t column = 0;
  };

  /// Where a search ended: at a column that was free, or at a row that is to be alone.
  struct PathEnd {
    int32_t column = -1;
    int32_t alone = -1;
    double distance = 0;
  };

  void sort_edges(int rows, std::span<const WeightedPair> pairs);
  [[nodiscard]] PathEnd find_path(int32_t from);
  void look_at(int32_t row, double distance);
  [[nodiscard]] int32_t take_nearest(double limit);
  void update_prices(int32_t from, double length);
  void follow_back(const PathEnd& end);
  void forget_search();

  std::vector<int32_t> first_edge_;  ///< by row; one more at the end
  std::vector<Edge> edges_;          ///< by row

  std::vector<int32_t> column_of_;  ///< by row; -1: alone
  std::vector<int32_t> row_of_;     ///< by column; -1: alone
  std::vector<double> row_price_;
  std::vector<double> column_price_;

  // One search's: distances from its row, infinite for what was not reached.
  std::vector<double> distance_;       ///< by column
  std::vector<int32_t> reached_from_;  ///< by column: the row
  std::vector<char> is_final_;         ///< by column
  std::vector<Reached> waiting_;       ///< a heap
  std::vector<int32_t> touched_;       ///< columns with a distance
  std::vector<int32_t> final_;         ///< columns whose distance is final
};

}  // namespace weir
