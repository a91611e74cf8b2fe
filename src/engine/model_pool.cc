// SPDX-License-Identifier: Apache-2.0
#include "engine/model_pool.h"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/thread_name.h"

namespace weir {

ModelPool::ModelPool(std::shared_ptr<Model> model, std::vector<std::unique_ptr<Context>> contexts)
    : model_(std::move(model)), contexts_(std::move(contexts)) {}

Result<std::shared_ptr<ModelPool>> ModelPool::create(std::shared_ptr<Model> model,
                                                     std::vector<std::unique_ptr<Context>> contexts) {
  std::shared_ptr<ModelPool> pool(new ModelPool(std::move(model), std::move(contexts)));
  try {
    for (size_t i = 0; i < pool->contexts_.size(); ++i) {
      pool->workers_.emplace_back([&pool = *pool, i] {
        name_this_thread(fmt::format("context {}", i));
        pool.work(*pool.contexts_[i]);
      });
    }
  } catch (const std::system_error& error) {
    return Error{ErrorCode::kResourceExhausted,
                 fmt::format("no thread for context {}: {}", pool->workers_.size() + 1, error.what())};
  }
  return pool;
}

ModelPool::~ModelPool() {
  queue_.close();
  workers_.clear();  // joins
}

void ModelPool::work(Context& context) {
  while (std::optional<FairQueue<Work>::Taken> taken = queue_.pop()) {
    taken->item.owner->infer(std::move(taken->item.place), context, model_->info().outputs.size());
    queue_.done(taken->lane);
  }
}

ModelPool::Lane::Lane(std::shared_ptr<ModelPool> pool, FrameOwner& owner)
    : pool_(std::move(pool)), owner_(owner), number_(pool_->queue_.add_lane()) {}

ModelPool::Lane::~Lane() {
  pool_->queue_.remove_lane(number_);
}

void ModelPool::Lane::push(Place place) {
  pool_->queue_.push(number_, {&owner_, std::move(place)});
}

std::optional<Place> ModelPool::Lane::take_oldest() {
  std::optional<Work> work = pool_->queue_.take_oldest(number_);
  if (!work) return std::nullopt;
  return std::move(work->place);
}

}  // namespace weir
