// SPDX-License-Identifier: Apache-2.0
// Which librknnrt.so is taken, what is said of one that won't do, and what its codes become.
#include "backends/rknn/rknn_library.h"

#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/all_backends.h"
#include "backends/rknn/rknn_error.h"
#include "support/fake_rknn.h"
#include "support/media.h"

namespace weir {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// An environment variable for the time of a test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { setenv(name, value.c_str(), 1); }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

Error error_of(const std::string& path) {
  const auto library = RknnLibrary::open(path);
  EXPECT_FALSE(library);
  return library ? Error{} : library.error();
}

TEST(RknnLibrary, KnowsItsPathAndVersionBeforeAModelIsLoaded) {
  const auto library = RknnLibrary::open(WEIR_FAKE_RKNNRT);
  ASSERT_TRUE(library) << library.error().message;
  EXPECT_TRUE(std::filesystem::equivalent((*library)->path, WEIR_FAKE_RKNNRT));
  EXPECT_EQ((*library)->version, "2.3.2 (fake@2025-04-09T09:09:27)");
  EXPECT_FALSE((*library)->host_runtime);
  EXPECT_NE((*library)->dup_context, nullptr);
}

TEST(RknnLibrary, TheOptionGoesBeforeTheVariable) {
  const Variable variable("WEIR_RKNN_LIBRARY", WEIR_FAKE_RKNNRT_PLAIN);
  EXPECT_EQ((*RknnLibrary::open(WEIR_FAKE_RKNNRT))->version, "2.3.2 (fake@2025-04-09T09:09:27)");
  const auto named = RknnLibrary::open("");
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ((*named)->version, "1.4.0 (fake@2022-09-01T10:00:00)");
  EXPECT_EQ((*named)->dup_context, nullptr) << "it has none, and may";
}

TEST(RknnLibrary, SaysWhereItLookedAndWhatToInstall) {
  if (dlopen("librknnrt.so", RTLD_NOW) != nullptr) GTEST_SKIP() << "this machine has one";
  const Error none = error_of("");
  EXPECT_EQ(none.code, ErrorCode::kNotFound);
  EXPECT_THAT(none.message,
              AllOf(HasSubstr("librknnrt.so"), HasSubstr("WEIR_RKNN_LIBRARY"), HasSubstr("--rknn-lib")));
  EXPECT_THAT(none.message, Not(HasSubstr("\n")));

  const Error option = error_of("/nowhere/librknnrt.so");
  EXPECT_EQ(option.code, ErrorCode::kNotFound);
  EXPECT_THAT(option.message, HasSubstr("'/nowhere/librknnrt.so' (--rknn-lib)"));

  const Variable variable("WEIR_RKNN_LIBRARY", "/nowhere/b.so");
  EXPECT_THAT(error_of("").message, HasSubstr("'/nowhere/b.so' (WEIR_RKNN_LIBRARY)"));
}

TEST(RknnLibrary, OtherFilesAreNoRuntimes) {
  const testing::TempFolder folder;
  testing::write_bytes(folder.file("text.so"), "not a library");
  const Error text = error_of(folder.file("text.so"));
  EXPECT_EQ(text.code, ErrorCode::kUnsupported);
  EXPECT_THAT(text.message, HasSubstr("text.so' can't be loaded"));

  const Error other = error_of("libm.so.6");
  EXPECT_EQ(other.code, ErrorCode::kUnsupported);
  EXPECT_THAT(other.message, HasSubstr("no function rknn_init"));
}

TEST(RknnLibrary, OneThatIsTooOldLacksFunctionsByName) {
  const Error error = error_of(WEIR_FAKE_RKNNRT_EARLY);
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_THAT(error.message,
              AllOf(HasSubstr("too old"), HasSubstr("1.1.0"), HasSubstr("rknn_create_mem (since 1.2)"),
                    HasSubstr("rknn_destroy_mem (since 1.3)"), HasSubstr("1.4 or newer")));
  EXPECT_THAT(error.message, Not(HasSubstr("rknn_init")));
}

TEST(RknnError, CodesSayWhatToDo) {
  EXPECT_TRUE(rknn_status("rknn_run", 0));
  const std::vector<std::pair<int, ErrorCode>> expected{
      {-1, ErrorCode::kInternal},          {-2, ErrorCode::kUnavailable},     {-3, ErrorCode::kUnavailable},
      {-4, ErrorCode::kResourceExhausted}, {-6, ErrorCode::kInvalidArgument}, {-10, ErrorCode::kUnsupported},
      {-12, ErrorCode::kUnsupported},      {-13, ErrorCode::kUnsupported},    {-99, ErrorCode::kInternal}};
  for (const auto& [code, meaning] : expected) EXPECT_EQ(rknn_error("rknn_init", code).code, meaning) << code;
  EXPECT_THAT(rknn_error("rknn_init", -13).message,
              AllOf(HasSubstr("rknn_init failed with RKNN_ERR_TARGET_PLATFORM_UNMATCH"),
                    HasSubstr("target_platform")));
  EXPECT_THAT(rknn_error("rknn_run", -99).message, HasSubstr("code -99"));
}

TEST(RknnAuto, AnRknnFileTakesTheRknnBackendOrSaysWhatItLacks) {
  const BackendOptions fake{.rknn_library = WEIR_FAKE_RKNNRT};
  EXPECT_EQ((*open_backend("auto", fake, "street.rknn"))->name(), "rknn");
  const auto none = open_backend("auto", {.rknn_library = "/nowhere/x.so"}, "street.rknn");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(none.error().message, HasSubstr("backend 'rknn': no such library"));
}

}  // namespace
}  // namespace weir
