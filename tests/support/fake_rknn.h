// SPDX-License-Identifier: Apache-2.0
// The rknn backend over a library that does as it is told (support/fake_rknnrt/).
#pragma once

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "backends/rknn/rknn_backend.h"
#include "support/fake_rknnrt/fake_rknnrt.h"
#include "support/media.h"

namespace weir::testing {

/// Writes a model of the fake RKNN runtime: `settings` as "width=64 type=i8". Returns `path`.
inline std::string write_fake_rknn_model(const std::string& path, const std::string& settings = "") {
  write_bytes(path, "FAKE-RKNN " + settings + " end=1\n");
  return path;
}

/// One of the fake libraries, as the process has loaded it.
class FakeRknn {
 public:
  explicit FakeRknn(const char* path = WEIR_FAKE_RKNNRT) : library_(dlopen(path, RTLD_NOW)) { order({}); }

  [[nodiscard]] FakeRknnCalls calls() const { return function<FakeRknnCallsFunction>(kFakeRknnCalls)(); }
  void order(const FakeRknnOrders& orders) { function<FakeRknnOrderFunction>(kFakeRknnOrder)(orders); }

 private:
  template <class Function>
  [[nodiscard]] Function* function(const char* name) const {
    return reinterpret_cast<Function*>(dlsym(library_, name));
  }

  void* library_;
};

/// A test of the backend; at its end the library must have been used as it has to be, and have everything
/// back.
class RknnTest : public ::testing::Test {
 protected:
  void TearDown() override {
    const FakeRknnCalls calls = fake_.calls();
    EXPECT_EQ(calls.contexts, 0);
    EXPECT_EQ(calls.memories, 0);
    EXPECT_THAT(calls.misuses, ::testing::IsEmpty());
  }

  std::string model_file(const std::string& settings = "") {
    return write_fake_rknn_model(folder_.file("m" + std::to_string(++models_) + ".rknn"), settings);
  }

  std::shared_ptr<Model> load(const std::string& settings = "") {
    auto model = backend_->load({.path = model_file(settings)});
    EXPECT_TRUE(model) << (model ? "" : model.error().message);
    return model ? *model : nullptr;
  }

  FakeRknn fake_;
  TempFolder folder_;
  std::unique_ptr<Backend> backend_ = make_rknn_backend(WEIR_FAKE_RKNNRT);

 private:
  int models_ = 0;
};

}  // namespace weir::testing
