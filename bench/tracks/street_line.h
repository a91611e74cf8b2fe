// SPDX-License-Identifier: Apache-2.0
// A line across a rendered street, and who crosses it according to the truth.
#pragma once

#include <map>
#include <string>

#include "eval/files/truth.h"
#include "scene/street.h"
#include "track/places.h"

namespace weir::bench {

/// From house to house, on the ground, where people are a good hundred pixels tall and no car waits.
[[nodiscard]] track::LineConfig line_across(const scene::StreetConfig& street);

/// A truth's crossings in either direction, by label. Of people, those that are at least 48 px tall.
[[nodiscard]] std::map<std::string, int64_t> true_crossings(const eval::Truth& truth,
                                                            const track::LineConfig& line,
                                                            const scene::StreetConfig& street);

/// People smaller than that are not counted.
inline constexpr double kLeastPerson_px = 48;

}  // namespace weir::bench
