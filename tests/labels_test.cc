// SPDX-License-Identifier: Apache-2.0
#include "detect/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "infer/class_names.h"

#include "support/media.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Labels : public ::testing::Test {
 protected:
  std::string file_with(std::string_view text) {
    const std::string path = folder_.file("names.txt");
    testing::write_bytes(path, text);
    return path;
  }

  testing::TempFolder folder_;
};

TEST_F(Labels, OneNameALine) {
  EXPECT_THAT(*read_labels(file_with("car\ntraffic light\n")), ElementsAre("car", "traffic light"));
  EXPECT_THAT(*read_labels(file_with("car\ntraffic light")), ElementsAre("car", "traffic light"));
}

TEST_F(Labels, LineEndsOfAnySystemAndBlankLinesAtTheEnd) {
  EXPECT_THAT(*read_labels(file_with("car\r\nbus\r\n\r\n  \r\n")), ElementsAre("car", "bus"));
  EXPECT_THAT(*read_labels(file_with("car\n\nbus\n")), ElementsAre("car", "", "bus"))
      << "a class without a name";
}

TEST_F(Labels, ErrorsNameTheFile) {
  const auto missing = read_labels(folder_.file("nothing.txt"));
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("nothing.txt': No such file"));

  for (const std::string& path : {folder_.path(), file_with(std::string("\0\1\2\n", 4)), file_with("\n\n")}) {
    const auto broken = read_labels(path);
    ASSERT_FALSE(broken.has_value()) << path;
    EXPECT_EQ(broken.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(broken.error().message, HasSubstr("labels file '" + path + "'"));
  }
}

TEST(ClassNames, AsExportersWriteThem) {
  EXPECT_THAT(parse_class_names("{0: 'person', 1: 'traffic light'}"), ElementsAre("person", "traffic light"));
  EXPECT_THAT(parse_class_names(R"({0: "bird's nest", 1: 'a \'b\''})"), ElementsAre("bird's nest", "a 'b'"));
  EXPECT_THAT(parse_class_names(R"({"0": "person", "1": "car"})"), ElementsAre("person", "car"));
  EXPECT_THAT(parse_class_names(R"([ "person","car" ])"), ElementsAre("person", "car"));
  EXPECT_THAT(parse_class_names("['person']\n"), ElementsAre("person"));
}

TEST(ClassNames, NothingFromWhatIsNotAWholeList) {
  for (const char* text : {"", "person", "{", "{}", "[]", "{0: 'person'", "{0: 'person}", "{1: 'person'}",
                           "[1]", "{0: 'a', 2: 'b'}", "{0: 'a'} b", "['a' 'b']", "['a\\"}) {
    EXPECT_TRUE(parse_class_names(text).empty()) << text;
  }
}

TEST_F(Labels, TheFileGoesFirstThenTheModelThenCocoThenNumbers) {
  ModelInfo model;
  EXPECT_THAT(*choose_labels("", model, 2), ElementsAre("class 0", "class 1"));

  const auto coco = choose_labels("", model, 80);
  ASSERT_EQ(coco->size(), 80U);
  EXPECT_EQ((*coco)[0], "person");
  EXPECT_EQ((*coco)[2], "car");
  EXPECT_EQ((*coco)[39], "bottle");
  EXPECT_EQ((*coco)[79], "toothbrush");

  model.class_names = {"cat", "dog"};
  EXPECT_THAT(*choose_labels("", model, 2), ElementsAre("cat", "dog"));
  EXPECT_THAT(*choose_labels(file_with("left\nright\n"), model, 2), ElementsAre("left", "right"));
}

TEST_F(Labels, AnotherNumberOfNamesIsAnError) {
  const std::string path = file_with("a\nb\nc\n");
  const auto from_file = choose_labels(path, ModelInfo{}, 80);
  ASSERT_FALSE(from_file.has_value());
  EXPECT_EQ(from_file.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(from_file.error().message, "labels file '" + path + "': 3 names, but the model has 80 classes");

  ModelInfo model;
  model.path = "m.onnx";
  model.class_names = {"cat", "dog"};
  const auto from_model = choose_labels("", model, 3);
  ASSERT_FALSE(from_model.has_value());
  EXPECT_EQ(from_model.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace weir
