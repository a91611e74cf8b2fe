// SPDX-License-Identifier: Apache-2.0
// The contexts that serve the streams of one model: a queue, and a thread for each context.
#pragma once

#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/fair_queue.h"
#include "base/result.h"
#include "engine/slots.h"
#include "infer/backend.h"

namespace weir {

/// Who brings frames to a pool.
class FrameOwner {
 public:
  virtual ~FrameOwner() = default;
  /// Runs the frame in `place` on `context`, whose model has `outputs` outputs. Thread: one of the pool's.
  virtual void infer(Place place, Context& context, size_t outputs) = 0;
};

/// Owns contexts, their queue and their threads: they run from create() on and are joined by the destructor.
/// Any thread.
class ModelPool : public std::enable_shared_from_this<ModelPool> {
 public:
  /// One stream's place in the queue. Its end drops the frames that wait, and waits for those in a context.
  /// Keeps the pool alive: the last lane ends it. Must not be destroyed by a thread of the pool.
  class Lane {
   public:
    Lane(std::shared_ptr<ModelPool> pool, FrameOwner& owner);
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    void push(Place place);
    /// The frame that has waited longest, if one waits.
    [[nodiscard]] std::optional<Place> take_oldest();

   private:
    const std::shared_ptr<ModelPool> pool_;
    FrameOwner& owner_;
    const int number_;
  };

  /// `model`: that of the first context; the others' may be copies. kResourceExhausted: no more threads.
  [[nodiscard]] static Result<std::shared_ptr<ModelPool>> create(
      std::shared_ptr<Model> model, std::vector<std::unique_ptr<Context>> contexts);
  ~ModelPool();
  ModelPool(const ModelPool&) = delete;
  ModelPool& operator=(const ModelPool&) = delete;

  /// Memory that every context of the pool can read a picture from.
  [[nodiscard]] Result<InputBuffer> allocate_input() { return model_->allocate_input(); }
  [[nodiscard]] const ModelInfo& info() const { return model_->info(); }
  [[nodiscard]] size_t contexts() const { return contexts_.size(); }

 private:
  struct Work {
    FrameOwner* owner = nullptr;
    Place place;
  };

  ModelPool(std::shared_ptr<Model> model, std::vector<std::unique_ptr<Context>> contexts);
  void work(Context& context);

  const std::shared_ptr<Model> model_;
  const std::vector<std::unique_ptr<Context>> contexts_;
  FairQueue<Work> queue_;
  std::vector<std::jthread> workers_;
};

}  // namespace weir
