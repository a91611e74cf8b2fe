// SPDX-License-Identifier: Apache-2.0
// Names of streams and classes as numbers, in the order in which they are first met.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace weir::eval {

class Names {
 public:
  /// The name's number: 0, 1, 2, ...; a new one for a new name.
  size_t add(const std::string& name) {
    const auto [entry, is_new] = numbers_.try_emplace(name, names_.size());
    if (is_new) names_.push_back(name);
    return entry->second;
  }

  [[nodiscard]] std::optional<size_t> find(const std::string& name) const {
    const auto entry = numbers_.find(name);
    return entry == numbers_.end() ? std::nullopt : std::optional(entry->second);
  }

  [[nodiscard]] const std::string& operator[](size_t number) const { return names_[number]; }
  [[nodiscard]] size_t size() const { return names_.size(); }
  [[nodiscard]] auto begin() const { return names_.begin(); }
  [[nodiscard]] auto end() const { return names_.end(); }

 private:
  std::map<std::string, size_t> numbers_;
  std::vector<std::string> names_;
};

}  // namespace weir::eval
