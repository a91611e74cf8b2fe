// SPDX-License-Identifier: Apache-2.0
#include "sources/library_version.h"

#include <fmt/format.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace weir {
namespace {

std::string dotted(unsigned version) {
  return fmt::format("{}.{}.{}", AV_VERSION_MAJOR(version), AV_VERSION_MINOR(version),
                     AV_VERSION_MICRO(version));
}

}  // namespace

std::string media_library_version() {
  return fmt::format("libavformat {}, libavcodec {}", dotted(avformat_version()), dotted(avcodec_version()));
}

}  // namespace weir
