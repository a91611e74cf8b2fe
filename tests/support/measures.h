// SPDX-License-Identifier: Apache-2.0
// Experiments as they are where the kernel shows less of memory than PSS.
#pragma once

#include <algorithm>

#include "lab/experiment.h"

namespace weir::testing {

/// The kernel shows no PSS. The RSS of what the child says of itself is 5 bytes more.
inline void show_rss_only(lab::Repeat& repeat) {
  for (lab::Sample& sample : repeat.samples) sample.pss_bytes = sample.uss_bytes = std::nullopt;
  repeat.figures.measure = MemoryMeasure::kRss;
  repeat.figures.ledger_bytes += 5;
}

/// The kernel shows nothing.
inline void show_nothing(lab::Repeat& repeat) {
  repeat.samples.clear();
  repeat.peak_rss_bytes = std::nullopt;
  repeat.figures.measure = MemoryMeasure::kNone;
  repeat.figures.ledger.clear();
  repeat.figures.ledger_bytes = 0;
}

/// The experiment with each of its repeats changed.
inline lab::Experiment with_repeats(lab::Experiment experiment, void (*change)(lab::Repeat&)) {
  for (lab::SetupRuns& setup : experiment.setups) std::ranges::for_each(setup.repeats, change);
  return experiment;
}

}  // namespace weir::testing
