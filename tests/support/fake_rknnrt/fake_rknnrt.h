// SPDX-License-Identifier: Apache-2.0
// A librknnrt.so that computes what the fake backend does, does as it is told, and watches how it is used:
// what a well-behaved runtime never shows. Built in several ages: see CMakeLists.txt beside.
//
// A model is a file of words: FAKE-RKNN width=416 height=256 classes=3 row_pixels=0 type=f32 weights=0
// internal=0 shapes=WxH/WxH names={"0":"a"}. `type`: of what it reads and gives (f32, f16, i8, u8).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace weir::testing {

/// What has been called. Read it while nothing runs.
struct FakeRknnCalls {
  int inits = 0;
  int dups = 0;
  int contexts = 0;  ///< alive
  int memories = 0;  ///< alive
  int imports = 0;
  int input_bindings = 0;
  int syncs = 0;
  int64_t runs = 0;
  std::vector<int> masks;  ///< accepted ones, in order
  std::vector<std::string>
      misuses;  ///< what no runtime has to bear: two threads in a context, freeing in wrong order
};

/// What to do from now on.
struct FakeRknnOrders {
  int cores = 3;  ///< masks of others are refused
  std::map<std::string, int>
      returns;              ///< what a function returns instead of working: {"rknn_dup_context", -1}
  int64_t fail_from = 0;    ///< runs from this one on, counted from 1 since the orders were given ...
  int64_t fail_until = -1;  ///< ... to this one fail
  int fail_core = -1;       ///< only those on this core, where >= 0
  int fail_code = -1;
};

/// Exported by the library as these names.
extern "C" {
using FakeRknnCallsFunction = FakeRknnCalls();
using FakeRknnOrderFunction = void(const FakeRknnOrders&);  ///< also forgets the calls, but for what is alive
}
inline constexpr const char* kFakeRknnCalls = "weir_fake_rknn_calls";
inline constexpr const char* kFakeRknnOrder = "weir_fake_rknn_order";

}  // namespace weir::testing
