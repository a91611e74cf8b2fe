// SPDX-License-Identifier: Apache-2.0
#include "track/event.h"

namespace weir::track {

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::kNew:
      return "new";
    case EventKind::kUpdate:
      return "update";
    case EventKind::kEnd:
      return "end";
  }
  return "";
}

std::string_view to_string(EndReason reason) {
  switch (reason) {
    case EndReason::kGone:
      return "gone";
    case EndReason::kSourceLost:
      return "source lost";
    case EndReason::kStreamEnded:
      return "stream ended";
  }
  return "";
}

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::kToRight:
      return "right";
    case Direction::kToLeft:
      return "left";
  }
  return "";
}

}  // namespace weir::track
