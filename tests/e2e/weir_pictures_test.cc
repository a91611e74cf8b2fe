// SPDX-License-Identifier: Apache-2.0
// `weir run` on pictures that are cut off, of kinds that aren't supported, or stored mirrored and turned.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/media.h"
#include "support/models.h"
#include "support/picture_files.h"
#include "support/program.h"

namespace weir {
namespace {

using nlohmann::json;
using testing::Finished;
using ::testing::HasSubstr;
using testing::read_bytes;
using testing::write_bytes;

class WeirPictures : public ::testing::Test {
 protected:
  void SetUp() override {
    WEIR_SKIP_WITHOUT_FFMPEG();
    model_ = testing::write_fake_model(folder_.file("bright.json"));
    ASSERT_TRUE(testing::run_ffmpeg("-f lavfi -i testsrc2=size=96x64 -frames:v 1 -update 1 '" +
                                    folder_.file("whole.jpg") + "'"));
    whole_ = read_bytes(folder_.file("whole.jpg"));
  }

  /// `weir run` on a file of this content.
  Finished run(const std::string& name, const std::string& content) const {
    write_bytes(folder_.file(name), content);
    return testing::run_program(folder_.path(),
                                {"run", "x=" + folder_.file(name), "--backend", "fake", "--model", model_,
                                 "--annotate", folder_.file("out"), "--results", results(), "--quiet"});
  }

  std::string results() const { return folder_.file("results.jsonl"); }

  testing::TempFolder folder_;
  std::string model_;
  std::string whole_;
};

TEST_F(WeirPictures, ThatLostDataAreSeenAsFarAsTheyGoAndReported) {
  const Finished cut = run("cut.jpg", whole_.substr(0, whole_.size() * 3 / 4));
  EXPECT_EQ(cut.exit_code, 1);
  EXPECT_THAT(cut.err, HasSubstr("cut.jpg' is truncated or damaged: 1 frames are damaged"));
  EXPECT_EQ(std::ranges::count(read_bytes(results()), '\n'), 1);

  const Finished no_end = run("no_end.jpg", whole_.substr(0, whole_.size() - 2));
  EXPECT_EQ(no_end.exit_code, 0) << no_end.err;
  EXPECT_EQ(no_end.err, "");
}

TEST_F(WeirPictures, OfKindsThatAreNotSupportedAreNamedAsSuch) {
  const Finished animated = run("a.webp", testing::extended_webp(2, 96, 64, ""));
  EXPECT_EQ(animated.exit_code, 2);
  EXPECT_THAT(animated.err, HasSubstr("a.webp': animated WebP pictures are not supported"));
  EXPECT_EQ(std::ranges::count(animated.err, '\n'), 1) << animated.err;
}

TEST_F(WeirPictures, AreAsDisplayedInResultsAndAnnotatedPictures) {
  for (uint32_t orientation = 1; orientation <= 8; ++orientation) {
    SCOPED_TRACE(orientation);
    const Finished finished = run("a.jpg", testing::jpeg_with_exif(whole_, testing::exif(orientation)));
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    const int width = orientation <= 4 ? 96 : 64;
    const json line = json::parse(read_bytes(results()));
    EXPECT_EQ(line["width"], width);
    EXPECT_EQ(line["height"], 96 + 64 - width);
    EXPECT_EQ(testing::probe(folder_.file("out/x.jpg"), "width"), std::to_string(width));
  }
}

}  // namespace
}  // namespace weir
