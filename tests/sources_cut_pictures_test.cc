// SPDX-License-Identifier: Apache-2.0
// Pictures that were cut off are never taken for whole ones.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/source.h"
#include "support/media.h"
#include "support/pattern_picture.h"
#include "support/reading.h"

namespace weir {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make_test_video;
using testing::must_open;
using testing::read_all;
using testing::read_bytes;
using testing::see;
using testing::Seen;
using testing::TempFolder;
using testing::write_bytes;
using testing::write_picture;

// --- What is missing --------------------------------------------------------------------------------

/// 48x32, of waves and a red field, by the reference encoder's progressive mode at quality 40.
const char* const kProgressiveJpeg =
    "ffd8ffdb004300140e0f120f0d14121012171514181e32211e1c1c1e3d2c2e243249404c4b47404645505a736250556d"
    "5645466488656d777b8182814e608d978c7d96737e817cffdb0043011517171e1a1e3b21213b7c5346537c7c7c7c7c7c"
    "7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7cffc20011"
    "080020003003012200021101031101ffc40017000101010100000000000000000000000002030105ffc4001901000300"
    "03000000000000000000000000010203000405ffda000c03010002100310000001e5d5d67786d53993aacac5d1271c2a"
    "2179ba25d8ffc4001a100101010003010000000000000000000000110102101213ffda0008010100010502ce35f37979"
    "4471ee22331111119888888fffc4001811000301010000000000000000000000000001021103ffda0008010301013f01"
    "e4a5ceb1bc784d1344d1347fffc400191100020301000000000000000000000000000102112112ffda0008010201013f"
    "01b62785a2f0723a3fffc40014100100000000000000000000000000000040ffda0008010100063f0247ffc4001a1001"
    "01010003010000000000000000000001001110216151ffda0008010100013f21dd85af2eb10307e471e33629e2390e91"
    "9bd47008622109ffda000c0301000200030000001009a8061e0fffc40018110003010100000000000000000000000001"
    "10210011ffda0008010301013f10ec8b827031356bffc4001d110100010305000000000000000000000001001121f031"
    "415171e1ffda0008010201013f1076213524780cee16c95334f6374fffc4001e10000300010501010000000000000000"
    "0000011121103141519161e1ffda0008010100013f10762134ae449e4379b1de842df1a0ec0acfe68d99410b7dce9f47"
    "63f34f373842d84b2721562fc9119884d584d526b2b6470b723f5f673af59fffd9";

std::string from_hexadecimal(const std::string& digits) {
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return bytes;
}

struct CutKind {
  const char* name;
  const char* options;  ///< null: the progressive JPEG
};

class CutPictures : public ::testing::TestWithParam<CutKind> {};

/// A cut picture is refused, or it is said that it is cut, or nothing was lost.
TEST_P(CutPictures, AreNeverTakenForWhole) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file(GetParam().name);
  if (GetParam().options == nullptr) {
    write_bytes(file, from_hexadecimal(kProgressiveJpeg));
  } else if (!write_picture(folder, file, GetParam().options)) {
    GTEST_SKIP() << "this ffmpeg can't write it";
  }
  const std::string whole = read_bytes(file);
  const Seen all = see(file);
  ASSERT_EQ(all.error, "");
  ASSERT_TRUE(all.has_picture());
  std::vector<size_t> lengths;
  for (size_t percent = 10; percent < 100; percent += 7) lengths.push_back(whole.size() * percent / 100);
  for (size_t missing = 1; missing < 20; missing += missing < 4 ? 1 : 3)
    lengths.push_back(whole.size() - missing);
  for (const size_t length : lengths) {
    write_bytes(file, whole.substr(0, length));
    const Seen seen = see(file);
    if (!seen.error.empty()) continue;
    EXPECT_TRUE(seen.has_picture());
    EXPECT_EQ(seen.luma, all.luma) << length << " of " << whole.size() << " bytes";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sources, CutPictures,
    ::testing::Values(
        CutKind{"a.jpg", "-pix_fmt yuvj420p -q:v 3"}, CutKind{"full.jpg", "-pix_fmt yuvj444p -q:v 2"},
        CutKind{"grey.jpg", "-pix_fmt gray -q:v 3"}, CutKind{"lossless.jpg", "-c:v ljpeg -pix_fmt bgr24"},
        CutKind{"progressive.jpg", nullptr}, CutKind{"a.png", ""}, CutKind{"a.bmp", ""},
        CutKind{"grey.bmp", "-pix_fmt gray"}, CutKind{"a.tiff", "-compression_algo lzw"},
        CutKind{"plain.tiff", "-compression_algo raw"}, CutKind{"a.ppm", ""}, CutKind{"a.qoi", ""},
        CutKind{"a.sgi", ""}, CutKind{"a.pcx", "-pix_fmt rgb24"}, CutKind{"a.ras", "-c:v sunrast -f image2"},
        CutKind{"a.xwd", "-c:v xwd -pix_fmt bgr24 -f image2"}, CutKind{"a.dpx", "-pix_fmt rgb24"},
        CutKind{"a.jp2", "-c:v jpeg2000"}, CutKind{"a.webp", "-c:v libwebp"}, CutKind{"a.gif", ""},
        CutKind{"a.jxl", "-c:v libjxl"}),
    [](const auto& test) {
      std::string name = test.param.name;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

TEST(CutJpeg, GivesWhatIsThereAndSaysSo) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file("a.jpg");
  ASSERT_TRUE(write_picture(folder, file, "-pix_fmt yuvj420p -q:v 3"));
  const std::string baseline = read_bytes(file);
  for (const std::string& whole : {baseline, from_hexadecimal(kProgressiveJpeg)}) {
    write_bytes(file, whole);
    const Seen all = see(file);
    for (const size_t percent : {60U, 95U}) {
      write_bytes(file, whole.substr(0, whole.size() * percent / 100));
      const Seen seen = see(file);
      EXPECT_TRUE(seen.has_picture());
      EXPECT_THAT(seen.error, HasSubstr("is truncated or damaged: 1 frames are damaged; 1 frames were read"));
    }
    write_bytes(file, whole.substr(0, whole.size() - 2));  // the end mark
    EXPECT_EQ(see(file).error, "");
    EXPECT_EQ(see(file).luma, all.luma);
    write_bytes(file, whole + "what cameras append");
    EXPECT_EQ(see(file).error, "");
  }
}

TEST(DamagedPictures, AreToldFromWholeOnes) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  for (const std::string name : {"a.png", "a.jpg"}) {
    const std::string file = folder.file(name);
    ASSERT_TRUE(write_picture(folder, file, ""));
    std::string bytes = read_bytes(file);
    for (size_t i = bytes.size() / 2; i < bytes.size() / 2 + 40; ++i) bytes[i] = static_cast<char>(0xAA);
    write_bytes(file, bytes);
    const Seen seen = see(file);
    EXPECT_NE(seen.error, "") << name;
  }
}

TEST(CutAnimations, SayWhatIsMissing) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  for (const std::string kind : {"gif", "apng", "mjpeg"}) {
    SCOPED_TRACE(kind);
    const std::string file = folder.file("a." + kind);
    ASSERT_TRUE(make_test_video(file, "96x64", 12, kind == "apng" ? "-f apng" : ""));
    const std::string whole = read_bytes(file);
    EXPECT_THAT(read_all(*must_open(file)).errors, IsEmpty());
    for (size_t percent = 40; percent < 100; percent += 3) {
      const std::string cut = whole.substr(0, whole.size() * percent / 100);
      if (cut.find("\xFF\xD9", cut.size() - 4) != std::string::npos) continue;  // between two frames
      write_bytes(file, cut);
      const auto source = must_open(file);
      ASSERT_NE(source, nullptr);
      EXPECT_EQ(read_all(*source).errors.size(), 1U) << percent;
    }
  }
}

}  // namespace
}  // namespace weir
