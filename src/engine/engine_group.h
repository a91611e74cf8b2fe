// SPDX-License-Identifier: Apache-2.0
// Contexts and the queue they serve. Private to the engine.
#pragma once

#include <memory>
#include <vector>

#include "engine/engine.h"

namespace weir {

struct Engine::Group {
  WorkQueue queue;
  std::vector<std::unique_ptr<Context>> contexts;  ///< one worker thread each
  size_t outputs = 0;                              ///< of the model
  std::shared_ptr<Model> model;                    ///< of one of the contexts: gives the input buffers
  size_t streams = 0;                              ///< that it serves
};

}  // namespace weir
