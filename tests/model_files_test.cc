// SPDX-License-Identifier: Apache-2.0
#include "infer/model_files.h"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "infer/model_store.h"
#include "support/media.h"
#include "support/onnx.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::bytes_field;
using ::testing::ElementsAre;
using testing::external_tensor;
using ::testing::HasSubstr;
using testing::model_with_weights_in;
using testing::onnx_model;
using testing::onnx_tensor;

class ModelFiles : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& bytes) {
    fs::create_directories(fs::path(folder_.file(name)).parent_path());
    testing::write_bytes(folder_.file(name), bytes);
    return folder_.file(name);
  }

  std::string hash(const std::string& path) {
    const auto found = content_hash(path);
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or("");
  }

  /// What both say of m/m.onnx if its weights are in `location`; "" if they take it.
  std::string refusal(const std::string& location, ErrorCode code = ErrorCode::kInvalidArgument) {
    const std::string path = write("m/m.onnx", model_with_weights_in(location));
    const auto files = model_files(path);
    const auto hashed = content_hash(path);
    EXPECT_EQ(files.has_value(), hashed.has_value());
    if (files) return "";
    EXPECT_EQ(files.error().code, code) << files.error().message;
    EXPECT_EQ(files.error().message, hashed.error().message);
    EXPECT_THAT(files.error().message, HasSubstr("m.onnx'"));
    EXPECT_EQ(files.error().message.find('\n'), std::string::npos) << files.error().message;
    return files.error().message;
  }

  testing::TempFolder folder_;
};

// The fault: of two cameras with models of equal graphs, one was run with the other's weights.
TEST_F(ModelFiles, WeightsInFilesOfAnyNameBelongToTheContent) {
  for (const char* location : {"weights.bin", "m.onnx.data", "sub/folder/w", "./w", "a:b", "\xc3\xa4.bin"}) {
    for (const char* model : {"A/", "B/", "C/"}) {
      write(std::string(model) + "m.onnx", model_with_weights_in(location));
      write(std::string(model) + location, *model == 'B' ? "other" : "these");
    }
    EXPECT_NE(hash(folder_.file("A/m.onnx")), hash(folder_.file("B/m.onnx"))) << location;
    EXPECT_EQ(hash(folder_.file("A/m.onnx")), hash(folder_.file("C/m.onnx"))) << location;
  }
}

TEST_F(ModelFiles, EveryOneOfSeveralFilesCounts) {
  const std::string graph = bytes_field(5, external_tensor("one")) + bytes_field(5, external_tensor("two"));
  const std::string path = write("m.onnx", onnx_model(graph));
  write("one", "ab");
  write("two", "cd");
  const std::string before = hash(path);
  write("two", "ce");
  EXPECT_NE(hash(path), before);
  // The same bytes in the same order, but the border between the files has moved.
  write("one", "abc");
  write("two", "d");
  EXPECT_NE(hash(path), before);
  write("one", "ab");
  write("two", "cd");
  EXPECT_EQ(hash(path), before);
  EXPECT_THAT(*model_files(path), ElementsAre(path, folder_.file("one"), folder_.file("two")));
}

TEST_F(ModelFiles, WhatOnlyLiesBesideIsNotPartOfIt) {
  const std::string path = write("m.onnx", onnx_model(bytes_field(5, onnx_tensor("w", {1}, {}))));
  const std::string before = hash(path);
  write("m.onnx.data", "of another model");
  write("m.bin", "of another model");
  EXPECT_EQ(hash(path), before);
}

// What maps of RKNN models name them by, so it must stay: XXH3 of 128 bits.
TEST_F(ModelFiles, TheHashOfOneFileIsThatOfItsBytes) {
  EXPECT_EQ(hash(write("m.rknn", "RKNN")), "d5de52477ba4f53043b53a6a1869b034");
}

TEST_F(ModelFiles, TheWeightsOfAnIrBelongToIt) {
  const std::string path = write("m.xml", "<net/>");
  const std::string without = hash(path);
  write("m.bin", "");
  const std::string empty = hash(path);
  write("m.bin", "weights");
  const std::string weights = hash(path);
  write("m.bin", "WEIGHTS");
  EXPECT_NE(weights, hash(path));
  EXPECT_NE(weights, empty);
  EXPECT_NE(without, empty);
  EXPECT_THAT(*model_files(path), ElementsAre(path, folder_.file("m.bin")));
}

TEST_F(ModelFiles, PathsThatLeaveTheFolderAreRefused) {
  write("secret", "outside");
  write("other/secret", "outside");
  write("m/inside", "within");
  write("m/sub/inside", "within");
  fs::create_symlink("../secret", folder_.file("m/link"));
  fs::create_directory_symlink("..", folder_.file("m/up"));
  fs::create_directory_symlink("sub", folder_.file("m/down"));
  fs::create_symlink("inside", folder_.file("m/alias"));
  const auto outside = [](const std::string& location) {
    return AllOf(HasSubstr("'" + location + "'"), HasSubstr("its own folder or below"));
  };
  for (const std::string& location :
       {std::string("../secret"), std::string("sub/../../secret"), folder_.file("secret"),
        folder_.file("m/inside"), std::string("/etc/passwd"), std::string("link"), std::string("up/secret"),
        std::string("../m-other/x"), std::string(".."), std::string("*/_ORT_MEM_ADDR_/*")}) {
    EXPECT_THAT(refusal(location), outside(location));
  }
  for (const char* location : {"inside", "down/inside", "alias", "sub/../inside", "../m/inside"})
    EXPECT_EQ(refusal(location), "") << location;
}

// A folder whose name begins with the model's folder's name is another folder.
TEST_F(ModelFiles, NeighboursAreOutside) {
  write("m-other/w", "outside");
  EXPECT_THAT(refusal("../m-other/w"), HasSubstr("its own folder or below"));
}

TEST_F(ModelFiles, WhatIsMissingOrWrongIsSaid) {
  EXPECT_THAT(refusal("none.bin", ErrorCode::kNotFound), HasSubstr("'none.bin', which is not there"));
  EXPECT_THAT(refusal("none/w.bin", ErrorCode::kNotFound), HasSubstr("not there"));
  fs::create_directories(folder_.file("m/folder"));
  EXPECT_THAT(refusal("folder"), HasSubstr("'folder', which is not a file"));
  EXPECT_THAT(refusal("."), HasSubstr("not a file"));
  mkfifo(folder_.file("m/pipe").c_str(), 0600);
  EXPECT_THAT(refusal("pipe"), HasSubstr("not a file")) << "and waits for nobody";
  for (const std::string& location :
       {std::string(), std::string("a\nb"), std::string("w\0w", 3), std::string(5000, 'x')}) {
    EXPECT_THAT(refusal(location), HasSubstr("can't be a file's name"));
  }
}

TEST_F(ModelFiles, WeightsThatWereCutOffAreSaid) {
  const std::string path = write(
      "m.onnx", onnx_model(bytes_field(
                    5, onnx_tensor("w", {1}, {{"location", "w"}, {"offset", "64"}, {"length", "100"}}))));
  write("w", std::string(163, 'x'));
  const auto files = model_files(path);
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(files.error().message, HasSubstr("'w', which has 163 bytes where it needs 164"));
  write("w", std::string(164, 'x'));
  EXPECT_TRUE(model_files(path));
}

TEST_F(ModelFiles, RelativePathsAndLinksToModels) {
  write("m/m.onnx", model_with_weights_in("w"));
  write("m/w", "weights");
  const std::string there = hash(folder_.file("m/m.onnx"));
  fs::create_directory_symlink("m", folder_.file("link"));
  EXPECT_EQ(hash(folder_.file("link/m.onnx")), there);
  const fs::path here = fs::current_path();
  fs::current_path(folder_.file("m"));
  EXPECT_EQ(hash("m.onnx"), there);
  EXPECT_THAT(*model_files("m.onnx"), ElementsAre("m.onnx", "w"));
  fs::current_path(here);
}

TEST_F(ModelFiles, FilesThatAreNoModels) {
  EXPECT_EQ(content_hash(folder_.file("none.onnx")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(content_hash(folder_.file("none.json")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(content_hash(folder_.path()).error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(content_hash(write("empty.onnx", "")).error().message, HasSubstr("empty.onnx' is empty"));
  EXPECT_THAT(content_hash(write("garbage.onnx", "\x01\x02 garbage")).error().message,
              AllOf(HasSubstr("garbage.onnx'"), HasSubstr("damaged")));
}

}  // namespace
}  // namespace weir
