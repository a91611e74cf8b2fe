// SPDX-License-Identifier: Apache-2.0
// Mistakes of programs that go unnoticed on a board for a while: what is never given back, what is written
// behind the end of memory, a context that two threads use.
#include <algorithm>
#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/rknn_host/api_fixture.h"

namespace weir {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::RknnApi;

/// What the program that leaves `what` says on stderr, with `settings` in WEIR_RKNN_HOST; "failed" where it
/// fails.
std::string said_by_program(const std::string& what, const std::string& settings = "") {
  const std::string command = "ASAN_OPTIONS=detect_leaks=0 WEIR_RKNN_HOST=" + settings +
                              " '" WEIR_LEAVES_THINGS "' '" WEIR_STREET_ONNX "' " + what;
  std::FILE* pipe = popen(("{ " + command + "; } 2>&1").c_str(), "r");
  std::string said;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
  return pclose(pipe) == 0 ? said : "failed: " + said;
}

TEST(RknnLeftovers, AreToldWhenTheContextGoes) {
  EXPECT_THAT(said_by_program("nothing"), IsEmpty());
  const std::string outputs = said_by_program("outputs");
  EXPECT_THAT(outputs,
              HasSubstr("rknn_destroy: 2 outputs of the context, 127764 bytes, were never released"));
  EXPECT_EQ(std::ranges::count(outputs, '\n'), 1) << outputs;
  const std::string memory = said_by_program("memory");
  EXPECT_THAT(
      memory,
      HasSubstr("rknn_destroy: 1 memory made with the context, 5000 bytes, was not destroyed before"));
  EXPECT_EQ(std::ranges::count(memory, '\n'), 1) << "once: " << memory;
  EXPECT_EQ(said_by_program("order"), memory) << "a board needs the context for it";
}

TEST(RknnLeftovers, AreToldAtTheEndOfTheProgram) {
  const std::string said = said_by_program("everything");
  EXPECT_THAT(said,
              AllOf(HasSubstr("at the end: 1 output, 63882 bytes, was never released (rknn_outputs_release)"),
                    HasSubstr("at the end: 1 memory, 5000 bytes, was never destroyed (rknn_destroy_mem)"),
                    HasSubstr("at the end: 2 contexts were never destroyed (rknn_destroy), the first of "
                              "model '" WEIR_STREET_ONNX "'")));
  EXPECT_EQ(std::ranges::count(said, '\n'), 3) << said;
}

// Said of what the program destroys in its last moments, or what is another process's.
TEST(RknnLeftovers, AreNotToldWhereThereAreNone) {
  EXPECT_THAT(said_by_program("late"), IsEmpty());
  EXPECT_THAT(said_by_program("child"), IsEmpty());
  for (const char* what : {"outputs", "memory", "everything"}) {
    EXPECT_THAT(said_by_program(what, "leaks=0"), IsEmpty()) << what;
  }
}

// Memory that ends in the middle of a page lets a program write on.
TEST_F(RknnApi, WritingBehindTensorMemoryIsFound) {
  const auto page = static_cast<uint32_t>(sysconf(_SC_PAGESIZE));
  const auto make = [](uint32_t bytes) { return rknn_create_mem2(0, bytes, RKNN_MEM_FLAG_ALLOC_NO_CONTEXT); };
  const auto destroyed = [](rknn_tensor_mem* memory) {
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(rknn_destroy_mem(0, memory), RKNN_SUCC);
    return ::testing::internal::GetCapturedStderr();
  };
  for (const uint32_t bytes : {uint32_t{1}, page - 1, page, page + 1, 3 * page}) {
    rknn_tensor_mem* above = make(bytes);
    rknn_tensor_mem* memory = make(bytes);  // the kernel puts it right below the one before
    ASSERT_NE(memory, nullptr);
    auto* data = static_cast<volatile uint8_t*>(memory->virt_addr);
    data[0] = 1;
    data[bytes - 1] = 1;
    EXPECT_DEATH(data[(bytes + page - 1) / page * page] = 1, "") << bytes;
    EXPECT_THAT(destroyed(memory), IsEmpty());
    EXPECT_THAT(destroyed(above), IsEmpty());
  }
#if defined(__SANITIZE_ADDRESS__)
  rknn_tensor_mem* memory = make(5000);
  EXPECT_DEATH(static_cast<volatile uint8_t*>(memory->virt_addr)[5000] = 1, "use-after-poison");
#else
  rknn_tensor_mem* memory = make(5000);
  static_cast<volatile uint8_t*>(memory->virt_addr)[5006] = 1;
  EXPECT_THAT(destroyed(memory),
              HasSubstr("a memory of 5000 bytes was written up to 7 bytes behind its end"));
  memory = make(5000);
#endif
  EXPECT_THAT(destroyed(memory), IsEmpty());
}

// A pool that gives two frames the same context: right most of the time.
TEST_F(RknnApi, TwoThreadsInOneContextAreToldOnce) {
  const rknn_context context = init();
  const rknn_context other = duplicate(context);
  ::testing::internal::CaptureStderr();
  constexpr int kCalls = 20;
  std::atomic<int> runs{0};
  std::atomic<int> sets{0};
  const auto both_were_here = [&] { return runs >= kCalls && sets >= kCalls; };
  {
    std::jthread runner([&] {
      const std::vector<uint8_t> pixels = picture();
      for (; !both_were_here(); ++runs) {
        (void)set_picture(context, pixels);
        (void)rknn_run(context, nullptr);
      }
    });
    std::jthread setter([&] {
      const std::vector<uint8_t> pixels = picture(2);
      for (; !both_were_here(); ++sets) (void)set_picture(context, pixels);
    });
    run(other, picture());  // is its own
  }
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
  EXPECT_THAT(said, AllOf(HasSubstr("another thread is in rknn_"),
                          HasSubstr("a context is for one thread at a time")));
}

// Said of a pool that hands its contexts on as it should.
TEST_F(RknnApi, OneThreadAfterAnotherIsRight) {
  const rknn_context context = init();
  ::testing::internal::CaptureStderr();
  for (unsigned i = 0; i < 3; ++i) std::jthread([&] { run(context, picture(i)); }).join();
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < 3; ++i) {
    threads.emplace_back([copy = duplicate(context), i] { run(copy, picture(i)); });
  }
  threads.clear();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), IsEmpty());
}

}  // namespace
}  // namespace weir
