// SPDX-License-Identifier: Apache-2.0
#include "infer/onnx_external_data.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/guarded_memory.h"
#include "support/onnx.h"

namespace weir {
namespace {

using testing::bytes_field;
using ::testing::ElementsAre;
using testing::external_tensor;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::number_field;
using testing::onnx_model;
using testing::onnx_tensor;

/// Of a copy behind which no byte may be read.
Result<std::vector<ExternalFile>> find(const std::string& onnx) {
  testing::GuardedMemory memory(onnx.size());
  std::ranges::copy(onnx, memory.bytes().begin());
  return find_external_files(memory.bytes());
}

std::vector<std::string> locations(const std::string& onnx) {
  const auto files = find(onnx);
  EXPECT_TRUE(files) << files.error().message;
  std::vector<std::string> found;
  if (files) std::ranges::transform(*files, std::back_inserter(found), &ExternalFile::location);
  return found;
}

std::string complaint(const std::string& onnx) {
  const auto files = find(onnx);
  if (files) return "";
  EXPECT_EQ(files.error().code, ErrorCode::kInvalidArgument);
  return files.error().message;
}

std::string node(const std::string& attribute) {
  return bytes_field(5, attribute);
}

/// A graph of one node with this attribute.
std::string graph_with(const std::string& attribute) {
  return bytes_field(1, node(attribute));
}

TEST(OnnxExternalData, ModelsInOneFileHaveNone) {
  EXPECT_THAT(locations(""), IsEmpty());
  EXPECT_THAT(locations(onnx_model(bytes_field(5, onnx_tensor("w", {4}, {})))), IsEmpty());
}

// Each of the places where ONNX allows a tensor: what is overlooked is not part of a model's identity.
TEST(OnnxExternalData, FindsTensorsWhereverTheyAre) {
  const std::string tensor = external_tensor("w.bin");
  const std::string sparse_values = bytes_field(1, tensor);
  const std::string sparse_indices = bytes_field(2, tensor);
  const std::string in_attribute = bytes_field(5, tensor);
  for (const std::string& model :
       {onnx_model(bytes_field(5, tensor)),                                 // initializer
        onnx_model(bytes_field(15, sparse_values)),                         // sparse initializer
        onnx_model(bytes_field(15, sparse_indices)),                        //
        onnx_model(graph_with(in_attribute)),                               // Constant's value
        onnx_model(graph_with(bytes_field(10, tensor))),                    // tensors
        onnx_model(graph_with(bytes_field(22, sparse_values))),             // sparse_tensor
        onnx_model(graph_with(bytes_field(23, sparse_indices))),            // sparse_tensors
        onnx_model(graph_with(bytes_field(6, bytes_field(5, tensor)))),     // a branch's initializer
        onnx_model(graph_with(bytes_field(11, graph_with(in_attribute)))),  // graphs
        onnx_model(graph_with(bytes_field(6, graph_with(bytes_field(6, graph_with(in_attribute)))))),
        bytes_field(25, bytes_field(7, node(in_attribute))),  // a function's node
        bytes_field(25, bytes_field(11, in_attribute))}) {    // ... and default
    EXPECT_THAT(locations(model), ElementsAre("w.bin")) << ::testing::PrintToString(model);
  }
}

TEST(OnnxExternalData, TellsEachFileOnceWithWhatItMustHold) {
  const std::string graph =
      bytes_field(5, onnx_tensor("a", {1}, {{"location", "one"}, {"offset", "4096"}, {"length", "8"}})) +
      bytes_field(5, onnx_tensor("b", {1}, {{"length", "5"}, {"location", "sub/two"}, {"checksum", "x"}})) +
      bytes_field(5, onnx_tensor("c", {1}, {{"location", "one"}, {"offset", "16"}}));
  const auto files = find(onnx_model(graph));
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 2U);
  EXPECT_EQ((*files)[0].location, "one");
  EXPECT_EQ((*files)[0].least_bytes, 4104U);
  EXPECT_EQ((*files)[1].location, "sub/two");
  EXPECT_EQ((*files)[1].least_bytes, 5U);
}

// What a tensor was once loaded from is no part of it.
TEST(OnnxExternalData, ALocationCountsOnlyIfTheDataIsSaidToLieThere) {
  const std::string left_over = bytes_field(13, bytes_field(1, "location") + bytes_field(2, "w.bin"));
  EXPECT_THAT(locations(onnx_model(bytes_field(5, left_over + number_field(14, 0)))), IsEmpty());
  EXPECT_THAT(locations(onnx_model(bytes_field(5, left_over))), IsEmpty());
  EXPECT_THAT(locations(onnx_model(bytes_field(5, number_field(14, 1) + left_over))), ElementsAre("w.bin"));
  // Protobuf makes one message of two.
  EXPECT_THAT(
      locations(onnx_model(graph_with(bytes_field(5, left_over) + bytes_field(5, number_field(14, 1))))),
      ElementsAre("w.bin"));
}

TEST(OnnxExternalData, SkipsWhatItDoesNotKnow) {
  const std::string unknown = number_field(99, 7) + bytes_field(98, "\xff\xff\xff") + number_field(7, 1);
  EXPECT_THAT(
      locations(unknown + onnx_model(number_field(5, 1) + bytes_field(5, unknown + external_tensor("w")))),
      ElementsAre("w"));
}

TEST(OnnxExternalData, DamageIsSaid) {
  const std::string whole = onnx_model(graph_with(bytes_field(5, external_tensor("w.bin"))));
  for (size_t size = 1; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    if (!complaint(cut).empty()) continue;
    EXPECT_THAT(locations(cut), IsEmpty()) << size << " bytes, which are whole messages";
  }
  EXPECT_THAT(complaint("\x01\x02 garbage"), HasSubstr("damaged or not ONNX"));
  EXPECT_THAT(complaint(onnx_model(bytes_field(5, bytes_field(13, "\x0a\x7f")))), HasSubstr("damaged"));
}

TEST(OnnxExternalData, NumbersThatAreNone) {
  const auto with = [](const testing::Pairs& pairs) {
    return onnx_model(bytes_field(5, onnx_tensor("w", {1}, pairs)));
  };
  for (const char* number : {"x", "", "-4", "1.5", " 1", "1 ", "18446744073709551616"}) {
    EXPECT_THAT(complaint(with({{"location", "w"}, {"offset", number}})), HasSubstr("offset")) << number;
    EXPECT_THAT(complaint(with({{"location", "w"}, {"length", number}})), HasSubstr("length")) << number;
  }
  EXPECT_THAT(complaint(with({{"location", "w"}, {"offset", "18446744073709551615"}, {"length", "1"}})),
              HasSubstr("no end"));
}

// A stack that a file can use up.
TEST(OnnxExternalData, GraphsWithinGraphsEndSomewhere) {
  std::string graph = bytes_field(5, external_tensor("w.bin"));
  for (int depth = 0; depth < 30; ++depth) graph = graph_with(bytes_field(6, graph));
  EXPECT_THAT(locations(onnx_model(graph)), ElementsAre("w.bin"));
  for (int depth = 0; depth < 10; ++depth) graph = graph_with(bytes_field(6, graph));
  EXPECT_THAT(complaint(onnx_model(graph)), HasSubstr("without end"));
  for (int depth = 0; depth < 2000; ++depth) graph = graph_with(bytes_field(6, graph));
  EXPECT_THAT(complaint(onnx_model(graph)), HasSubstr("without end"));
}

// Reads nothing outside, ends, and either finds or complains.
TEST(OnnxExternalData, TakesAnyBytes) {
  const std::string whole =
      onnx_model(bytes_field(5, onnx_tensor("a", {1, 2}, {{"location", "one"}, {"offset", "16"}})) +
                 graph_with(bytes_field(6, bytes_field(15, bytes_field(1, external_tensor("two")))))) +
      bytes_field(25, bytes_field(7, node(bytes_field(10, external_tensor("three")))));
  ASSERT_EQ(locations(whole).size(), 3U);
  constexpr unsigned kSeed = 20261127;
  std::mt19937 random(kSeed);
  const auto below = [&](size_t end) { return static_cast<size_t>(random() % end); };
  int complaints = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = whole;
    for (size_t changes = 1 + below(4); changes > 0; --changes) {
      const size_t at = below(bytes.size());
      switch (below(4)) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << below(8)));
          break;
        case 2:
          bytes.erase(at, 1 + below(3));
          break;
        default:
          bytes.insert(at, 1 + below(3), static_cast<char>(random()));
      }
      if (bytes.empty()) bytes = whole;
    }
    complaints += find(bytes) ? 0 : 1;
  }
  EXPECT_GT(complaints, 1000) << "seed " << kSeed;
}

}  // namespace
}  // namespace weir
