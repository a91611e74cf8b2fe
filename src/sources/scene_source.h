// SPDX-License-Identifier: Apache-2.0
// A generated scene as an input: "scene:street?size=1920x1080&fps=30&seed=7&frames=900".
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "scene/street.h"
#include "sources/source.h"

namespace weir {

/// Renders each frame when it is read, on the thread that reads it.
class SceneSource final : public Source {
 public:
  /// `location` with or without "scene:". Errors: kInvalidArgument (no such scene, bad parts).
  [[nodiscard]] static Result<std::unique_ptr<Source>> create(std::string_view location);

  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  [[nodiscard]] Result<std::optional<Picture>> read(const std::stop_token& stop = {}) override;
  [[nodiscard]] Status rewind() override;
  /// Pictures, in use or free to be used again, and the scene's own background.
  [[nodiscard]] int64_t surface_bytes() const override;

 private:
  /// Pictures of one size that are used again. Any thread; lives as long as its pictures.
  class Pool : public std::enable_shared_from_this<Pool> {
   public:
    Pool(int width_px, int height_px) : width_px_(width_px), height_px_(height_px) {}
    /// Goes back to the pool with its last reference, on any thread.
    [[nodiscard]] std::shared_ptr<scene::Canvas> take();
    [[nodiscard]] int64_t bytes() const { return bytes_; }

   private:
    int width_px_;
    int height_px_;
    std::atomic<int64_t> bytes_{0};
    std::mutex mutex_;
    std::vector<std::unique_ptr<scene::Canvas>> free_;
  };

  explicit SceneSource(scene::Street street);

  scene::Street street_;
  SourceInfo info_;
  std::shared_ptr<Pool> pool_;
  int64_t next_ = 0;  ///< frame
};

}  // namespace weir
