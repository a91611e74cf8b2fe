// SPDX-License-Identifier: Apache-2.0
// Calls the RKNN C API in random order, with good and bad handles, null pointers and wrong sizes, from
// several threads: fuzz_api SECONDS [SEED]. What it looks for are crashes, hangs, reports of sanitizers, and
// calls that return what is no code of the API. Values of enumerations stay among those that C++ lets one
// have.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "backends/rknn/abi/rknn_api.h"
#include "backends/rknn/abi/rknn_custom_op.h"
#include "backends/rknn/abi/rknn_matmul_api.h"
#include "support/media.h"
#include "support/models.h"

namespace {

constexpr size_t kMostContexts = 6;
constexpr size_t kMostMemories = 20;
constexpr uint32_t kPictureBytes = 64 * 64 * 3;
constexpr uint64_t kMostMemoryBytes = 1 << 22;

/// What all threads draw their handles from, good ones and ones that were.
class Handles {
 public:
  Handles() = default;
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    for (const rknn_context context : contexts_) (void)rknn_destroy(context);
    for (rknn_tensor_mem* memory : memories_) (void)rknn_destroy_mem(0, memory);
  }

  template <class T>
  static T any(std::mt19937_64& random, const std::vector<T>& handles) {
    return handles.empty() ? T{} : handles[random() % handles.size()];
  }

  /// Mostly one that lives.
  rknn_context context(std::mt19937_64& random) {
    const std::lock_guard lock(mutex_);
    switch (random() % 12) {
      case 0:
        return random();
      case 1:
        return random() % 8;
      case 2:
        return any(random, gone_);
      default:
        return any(random, contexts_);
    }
  }
  rknn_tensor_mem* memory(std::mt19937_64& random) {
    const std::lock_guard lock(mutex_);
    switch (random() % 12) {
      case 0:
        return nullptr;
      case 1:
        return reinterpret_cast<rknn_tensor_mem*>(random());
      default:
        return any(random, memories_);
    }
  }
  /// Keeps the new context, unless there are many: then the program would only grow slow.
  void add(rknn_context context) {
    {
      const std::lock_guard lock(mutex_);
      if (contexts_.size() < kMostContexts) return contexts_.push_back(context);
    }
    (void)rknn_destroy(context);
  }
  void add(rknn_tensor_mem* memory) {
    {
      const std::lock_guard lock(mutex_);
      if (memories_.size() < kMostMemories) return memories_.push_back(memory);
    }
    (void)rknn_destroy_mem(0, memory);
  }
  void forget(rknn_context context) {
    const std::lock_guard lock(mutex_);
    if (std::erase(contexts_, context) > 0) gone_.push_back(context);
    if (gone_.size() > 20) gone_.erase(gone_.begin());
  }
  void forget(rknn_tensor_mem* memory) {
    const std::lock_guard lock(mutex_);
    std::erase(memories_, memory);
  }

 private:
  std::mutex mutex_;
  std::vector<rknn_context> contexts_;
  std::vector<rknn_context> gone_;
  std::vector<rknn_tensor_mem*> memories_;
};

/// One thread's calls.
class Caller {
 public:
  Caller(Handles& handles, std::string model, int file, uint64_t seed)
      : handles_(handles), model_(std::move(model)), file_(file), random_(seed), scratch_(1 << 17) {}

  void call() {
    constexpr std::array kCalls{&Caller::init,       &Caller::duplicate, &Caller::destroy, &Caller::query,
                                &Caller::inputs,     &Caller::inputs,    &Caller::run,     &Caller::run,
                                &Caller::wait,       &Caller::outputs,   &Caller::outputs, &Caller::create,
                                &Caller::free,       &Caller::bind,      &Caller::bind,    &Caller::settings,
                                &Caller::unsupported};
    (this->*kCalls[below(kCalls.size())])();
  }

 private:
  uint32_t below(size_t end) { return static_cast<uint32_t>(random_() % end); }
  bool rarely() { return below(16) == 0; }
  rknn_context context() { return handles_.context(random_); }

  /// A size that is right, a little wrong, or absurd.
  uint32_t size_near(uint32_t right) {
    if (!rarely()) return right;
    return rarely() ? static_cast<uint32_t>(random_()) : right + below(9) - 4;
  }

  void check(int code) {
    if (code <= RKNN_SUCC && code >= RKNN_ERR_TARGET_PLATFORM_UNMATCH) return;
    std::fprintf(stderr, "a call returned %d\n", code);
    std::abort();
  }

  void init() {
    if (below(8) != 0) return duplicate();  // slow
    rknn_context made = 0;
    rknn_init_extend extend{};
    extend.ctx = context();
    extend.real_model_offset = rarely() ? static_cast<int32_t>(random_()) : 0;
    const uint32_t flags = below(3) == 0 ? static_cast<uint32_t>(random_()) : 0;
    int code = 0;
    if (rarely()) {
      const uint32_t bytes = 1 + below(1000);
      std::vector<uint8_t> garbage(bytes);
      for (uint8_t& byte : garbage) byte = static_cast<uint8_t>(random_());
      code = rknn_init(&made, garbage.data(), bytes, flags, &extend);
    } else {
      code = rknn_init(rarely() ? nullptr : &made, rarely() ? nullptr : model_.data(), 0, flags,
                       below(2) == 0 ? nullptr : &extend);
    }
    check(code);
    if (code == RKNN_SUCC) handles_.add(made);
  }

  void duplicate() {
    rknn_context from = context();
    rknn_context made = 0;
    const int code = rknn_dup_context(rarely() ? nullptr : &from, rarely() ? nullptr : &made);
    check(code);
    if (code == RKNN_SUCC) handles_.add(made);
  }

  void destroy() {
    if (below(4) != 0) return;  // so that contexts live long enough to be used
    const rknn_context victim = context();
    handles_.forget(victim);
    check(rknn_destroy(victim));
  }

  void query() {
    constexpr std::array<uint32_t, 19> kSizes{8,   376, 376, 16,    8,   512, 64,  1024, 376, 376,
                                              376, 376, 64,  33040, 376, 376, 376, 376,  8};
    const uint32_t command = below(kSizes.size());
    const uint32_t size = size_near(kSizes[command]);
    // What is said to be there is there, and not a byte more.
    std::vector<uint8_t> info(std::min<size_t>(size, scratch_.size()));
    if (info.size() >= 4 && rarely()) info[rarely() ? 3 : 0] = static_cast<uint8_t>(below(5));
    check(rknn_query(context(), static_cast<rknn_query_cmd>(rarely() ? below(32) : command),
                     rarely() ? nullptr : info.data(), static_cast<uint32_t>(info.size())));
  }

  void inputs() {
    rknn_input input{};
    const auto type = static_cast<rknn_tensor_type>(below(2) == 0 ? uint32_t{RKNN_TENSOR_UINT8} : below(16));
    input.index = rarely() ? below(4) : 0;
    input.buf = rarely() ? nullptr : scratch_.data();
    input.size = std::min<uint32_t>(size_near(kPictureBytes * (below(2) == 0 ? 1 : 4)),
                                    static_cast<uint32_t>(scratch_.size()));
    input.pass_through = rarely() ? 1 : 0;
    input.type = type;
    input.fmt = static_cast<rknn_tensor_format>(below(8));
    check(rknn_inputs_set(context(), rarely() ? below(4) == 0 ? 0 : 1 : 1, rarely() ? nullptr : &input));
  }

  void run() {
    rknn_run_extend extend{};
    extend.non_block = static_cast<int32_t>(below(2));
    extend.timeout_ms = static_cast<int32_t>(below(3));
    check(rknn_run(context(), below(2) == 0 ? nullptr : &extend));
  }

  void wait() {
    rknn_run_extend extend{};
    extend.timeout_ms = static_cast<int32_t>(below(3)) - 1;
    check(rknn_wait(context(), below(2) == 0 ? nullptr : &extend));
  }

  void outputs() {
    const rknn_context from = context();
    std::array<rknn_output, 2> outputs{};
    outputs[0].want_float = below(2) == 0 ? 1 : 0;
    outputs[0].is_prealloc = below(2) == 0 ? 1 : 0;
    outputs[0].index = rarely() ? below(4) : 0;
    if (outputs[0].is_prealloc != 0) {
      outputs[0].buf = rarely() ? nullptr : scratch_.data();
      outputs[0].size = std::min<uint32_t>(size_near(4096), static_cast<uint32_t>(scratch_.size()));
    }
    rknn_output_extend extend{};
    const uint32_t count = rarely() ? below(3) : 1;
    check(rknn_outputs_get(from, count, rarely() ? nullptr : outputs.data(),
                           below(2) == 0 ? nullptr : &extend));
    if (rarely()) return;  // the context keeps it
    if (rarely()) outputs[0].buf = scratch_.data();
    check(rknn_outputs_release(rarely() ? context() : from, rarely() ? below(3) : 1, outputs.data()));
  }

  void create() {
    rknn_tensor_mem* memory = nullptr;
    switch (below(4)) {
      case 0:
        memory = rknn_create_mem2(context(), random_() % kMostMemoryBytes, rarely() ? random_() : below(8));
        break;
      case 1:
        memory = rknn_create_mem_from_fd(context(), rarely() ? -1 : file_, nullptr, size_near(kPictureBytes),
                                         rarely() ? -1 : static_cast<int32_t>(below(64)));
        break;
      default:
        memory = rknn_create_mem(context(), below(2) == 0 ? kPictureBytes : below(kMostMemoryBytes));
    }
    if (memory != nullptr) handles_.add(memory);
  }

  void free() {
    if (below(4) != 0) return;
    rknn_tensor_mem* victim = handles_.memory(random_);
    handles_.forget(victim);
    check(rknn_destroy_mem(rarely() ? context() : 0, victim));
  }

  void bind() {
    const rknn_context target = context();
    rknn_tensor_attr attr{};
    constexpr std::array kCommands{RKNN_QUERY_INPUT_ATTR, RKNN_QUERY_NATIVE_INPUT_ATTR,
                                   RKNN_QUERY_OUTPUT_ATTR, RKNN_QUERY_NATIVE_OUTPUT_ATTR};
    check(rknn_query(target, kCommands[below(kCommands.size())], &attr, sizeof(attr)));
    if (below(2) == 0) attr.type = static_cast<rknn_tensor_type>(below(16));
    if (rarely()) attr.fmt = static_cast<rknn_tensor_format>(below(8));
    if (rarely()) attr.w_stride = size_near(64);
    if (rarely()) attr.h_stride = size_near(64);
    if (rarely()) attr.dims[below(RKNN_MAX_DIMS)] = static_cast<uint32_t>(random_());
    if (rarely()) attr.n_dims = static_cast<uint32_t>(random_());
    if (rarely()) std::memset(attr.name, 'x', sizeof(attr.name));
    rknn_tensor_mem* memory = handles_.memory(random_);
    switch (below(8)) {
      case 0:
        return check(rknn_set_weight_mem(target, memory));
      case 1:
        return check(rknn_set_internal_mem(target, memory));
      case 2:
        return check(rknn_set_input_shape(target, rarely() ? nullptr : &attr));
      case 3:
        return check(
            rknn_set_input_shapes(target, rarely() ? below(3) == 0 ? 0 : 1 : 1, rarely() ? nullptr : &attr));
      case 4:
        return check(rknn_mem_sync(target, memory, static_cast<rknn_mem_sync_mode>(below(4))));
      default:
        return check(rknn_set_io_mem(target, memory, rarely() ? nullptr : &attr));
    }
  }

  void settings() {
    check(rknn_set_core_mask(context(), static_cast<rknn_core_mask>(below(9))));
    check(rknn_set_batch_core_num(context(), static_cast<int>(below(6)) - 1));
  }

  void unsupported() {
    rknn_custom_op_attr attr{};
    check(rknn_matmul_run(context()));
    check(rknn_matmul_create(nullptr, nullptr, nullptr));
    check(rknn_register_custom_ops(context(), nullptr, below(3)));
    rknn_custom_op_get_op_attr(nullptr, nullptr, rarely() ? nullptr : &attr);
    if (rknn_create_mem_from_phys(context(), random_(), nullptr, 64) != nullptr) std::abort();
    if (rknn_create_mem_from_mb_blk(context(), nullptr, 0) != nullptr) std::abort();
  }

  Handles& handles_;
  std::string model_;
  int file_;  ///< of kPictureBytes bytes
  std::mt19937_64 random_;
  std::vector<uint8_t> scratch_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: fuzz_api SECONDS [SEED]\n");
    return 2;
  }
  const uint64_t seed = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  const weir::testing::TempFolder folder;
  const std::string model = weir::testing::write_openvino_model(folder.file("tiny.xml"), "", {64, 64});
  const int file = memfd_create("fuzz", MFD_CLOEXEC);
  if (model.empty() || file < 0 || ftruncate(file, kPictureBytes) != 0) return 1;

  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[1]));
  Handles handles;
  std::atomic<int64_t> calls{0};
  {
    std::vector<std::jthread> threads;
    for (uint64_t thread = 0; thread < 2; ++thread) {
      threads.emplace_back([&, thread] {
        Caller caller(handles, model, file, seed + thread);
        for (; std::chrono::steady_clock::now() < end; ++calls) caller.call();
      });
    }
  }
  std::printf("%lld calls\n", static_cast<long long>(calls));
  return 0;
}
