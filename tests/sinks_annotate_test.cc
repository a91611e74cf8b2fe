// SPDX-License-Identifier: Apache-2.0
// Annotated videos and pictures, read back by the ffmpeg tool: what is in them, and what goes wrong.
#include <sys/stat.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sinks/annotate_sink.h"
#include "support/media.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using testing::probe;
using testing::read_bytes;
using testing::TempFolder;

/// A flat I420 picture; grey unless told otherwise.
struct FlatPicture {
  std::vector<uint8_t> pixels;
  Picture picture;

  FlatPicture(int width, int height, std::array<uint8_t, 3> yuv = {128, 128, 128}) {
    const int half_width = (width + 1) / 2;
    const int half_height = (height + 1) / 2;
    const auto luma = static_cast<size_t>(width) * height;
    const auto chroma = static_cast<size_t>(half_width) * half_height;
    pixels.assign(luma + 2 * chroma, yuv[2]);
    std::fill_n(pixels.begin(), luma, yuv[0]);
    std::fill_n(pixels.begin() + static_cast<ptrdiff_t>(luma), chroma, yuv[1]);
    PictureView& view = picture.view;
    view.width_px = width;
    view.height_px = height;
    view.planes = {pixels.data(), pixels.data() + luma, pixels.data() + luma + chroma};
    view.strides = {width, half_width, half_width};
  }
};

constexpr StreamId kStream = 7;

/// A sink that has opened its one stream.
Result<std::unique_ptr<AnnotateSink>> open_sink(const TempFolder& folder, const std::string& stream = "gate",
                                                bool still = false) {
  WEIR_ASSIGN_OR_RETURN(std::unique_ptr<AnnotateSink> sink, AnnotateSink::create(folder.file("out")));
  WEIR_RETURN_IF_ERROR(sink->open_stream(
      {.id = kStream, .name = stream, .labels = {"person"}, .frame_rate = 10, .still = still}));
  return sink;
}

FrameResult frame_at(int64_t index) {
  FrameResult result;
  result.frame = index;
  result.pts = milliseconds(100) * index;
  return result;
}

/// The first frame of `path` as ffmpeg decodes it, luma only.
std::string first_luma(const std::string& path, int width, int height) {
  const std::string raw = path + ".yuv";
  EXPECT_TRUE(
      testing::run_ffmpeg("-i '" + path + "' -frames:v 1 -f rawvideo -pix_fmt yuv420p '" + raw + "'"));
  return read_bytes(raw).substr(0, static_cast<size_t>(width) * height);
}

TEST(AnnotateSink, WritesEveryFrameButDroppedOnes) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  auto sink = open_sink(folder);
  ASSERT_TRUE(sink) << sink.error().message;
  EXPECT_TRUE((*sink)->wants_picture());
  FlatPicture flat(161, 121);
  flat.picture.view.matrix = ColorMatrix::kBt709;
  flat.picture.view.range = ColorRange::kFull;
  for (int64_t i = 0; i < 12; ++i) {
    FrameResult result = frame_at(i);
    if (i == 5) result.outcome = Outcome::kDropped;
    if (i == 6) result.outcome = Outcome::kFailed;
    ASSERT_TRUE((*sink)->write(kStream, result, i == 5 ? nullptr : &flat.picture));
  }
  ASSERT_TRUE((*sink)->finish());
  const std::string file = folder.file("out/gate.mp4");
  EXPECT_EQ(probe(file, "nb_read_frames"), "11");
  EXPECT_EQ(probe(file, "codec_name"), "h264");
  EXPECT_EQ(probe(file, "width"), "160");
  EXPECT_EQ(probe(file, "height"), "120");
  EXPECT_EQ(probe(file, "color_space"), "bt709");
  EXPECT_EQ(probe(file, "color_range"), "pc");
  EXPECT_EQ(std::stod(probe(file, "duration")), 1.2);  // the dropped frame's time is not lost
}

TEST(AnnotateSink, DrawsBoxesAndMarks) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const FlatPicture flat(320, 240);
  const auto luma_of = [&](const std::string& stream, const FrameResult& result) {
    auto sink = open_sink(folder, stream);
    EXPECT_TRUE(sink && (*sink)->write(kStream, result, &flat.picture) && (*sink)->finish());
    return first_luma(folder.file("out/" + stream + ".mp4"), 320, 240);
  };
  const auto differing = [](const std::string& luma, int top, int bottom) {
    int count = 0;
    for (int i = top * 320; i < bottom * 320; ++i)
      count += std::abs(static_cast<uint8_t>(luma[i]) - 128) > 30;
    return count;
  };
  FrameResult result = frame_at(0);
  EXPECT_EQ(differing(luma_of("empty", result), 0, 240), 0);
  result.detections = {{0, 0.9F, {50, 100, 250, 200}}};
  const std::string boxed = luma_of("boxed", result);
  EXPECT_GT(differing(boxed, 98, 104), 150);  // the upper edge
  EXPECT_EQ(differing(boxed, 0, 60), 0);
  result = frame_at(0);
  result.outcome = Outcome::kFailed;
  const std::string failed = luma_of("failed", result);
  EXPECT_GT(differing(failed, 0, 20), 1000);
  EXPECT_EQ(differing(failed, 40, 240), 0);
}

TEST(AnnotateSink, KeepsTheFirstSize) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  auto sink = open_sink(folder);
  ASSERT_TRUE(sink);
  const FlatPicture first(160, 120);
  const FlatPicture second(64, 200);
  ASSERT_TRUE((*sink)->write(kStream, frame_at(0), &first.picture));
  ASSERT_TRUE((*sink)->write(kStream, frame_at(1), &second.picture));
  ASSERT_TRUE((*sink)->finish());
  EXPECT_EQ(probe(folder.file("out/gate.mp4"), "nb_read_frames"), "2");
  EXPECT_EQ(probe(folder.file("out/gate.mp4"), "width"), "160");
}

// Would catch: a box drawn where the stored picture has its object, or a picture left as stored.
TEST(AnnotateSink, ShowsPicturesAsDisplayed) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  struct Case {
    Orientation orientation;
    int left;  // of the corner, 64 x 48 or 48 x 64, that was stored at the top left
    int top;
  };
  for (const Case& c : {Case{{false, Rotation::k0}, 0, 0}, Case{{false, Rotation::k90}, 72, 0},
                        Case{{false, Rotation::k180}, 96, 72}, Case{{false, Rotation::k270}, 0, 96},
                        Case{{true, Rotation::k0}, 96, 0}, Case{{true, Rotation::k90}, 72, 96},
                        Case{{true, Rotation::k180}, 0, 72}, Case{{true, Rotation::k270}, 0, 0}}) {
    FlatPicture flat(160, 120, {60, 128, 128});
    for (int y = 0; y < 48; ++y) std::fill_n(flat.pixels.begin() + y * 160, 64, uint8_t{200});
    flat.picture.view.orientation = c.orientation;
    const bool upright_sides = !c.orientation.swaps_sides();
    const int width = upright_sides ? 160 : 120;
    const int height = upright_sides ? 120 : 160;
    for (const bool still : {true, false}) {
      if (!still && c.orientation != Orientation{true, Rotation::k90}) continue;  // one tells for all
      SCOPED_TRACE(std::to_string(c.left) + "," + std::to_string(c.top) + (still ? " still" : " video"));
      auto sink = open_sink(folder, "gate", still);
      ASSERT_TRUE(sink);
      const int corner_width = upright_sides ? 64 : 48;
      const int corner_height = upright_sides ? 48 : 64;
      FrameResult result = frame_at(0);
      result.detections = {
          {0,
           0.5F,
           {static_cast<float>(c.left), static_cast<float>(c.top), static_cast<float>(c.left + corner_width),
            static_cast<float>(c.top + corner_height)}}};
      ASSERT_TRUE((*sink)->write(kStream, result, &flat.picture));
      ASSERT_TRUE((*sink)->finish());
      const std::string file = folder.file(still ? "out/gate.jpg" : "out/gate.mp4");
      ASSERT_EQ(probe(file, "width"), std::to_string(width));
      const std::string luma = first_luma(file, width, height);
      ASSERT_EQ(luma.size(), 160U * 120);
      const auto at = [&](int x, int y) {
        return static_cast<int>(static_cast<uint8_t>(luma[static_cast<size_t>(y) * width + x]));
      };
      const int x = c.left + corner_width / 2;
      const int y = c.top + corner_height / 2;
      EXPECT_GT(at(x, y), at(width - 1 - x, height - 1 - y) + 100);
      EXPECT_GT(std::abs(at(c.left, y) - at(x, y)), 20);  // the outline
      EXPECT_GT(std::abs(at(x, c.top + corner_height - 1) - at(x, y)), 20);
    }
  }
}

// JPEG knows one matrix and range: whatever the picture had, its colour has to survive.
TEST(AnnotateSink, StillsKeepTheirColour) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  struct Case {
    ColorMatrix matrix;
    ColorRange range;
    std::array<uint8_t, 3> yuv;  // of RGB 200 100 50
  };
  for (const Case& c : {Case{ColorMatrix::kBt601, ColorRange::kFull, {124, 86, 182}},
                        Case{ColorMatrix::kBt601, ColorRange::kLimited, {123, 91, 176}},
                        Case{ColorMatrix::kBt709, ColorRange::kLimited, {117, 96, 174}}}) {
    auto sink = open_sink(folder, "photo", /*still=*/true);
    ASSERT_TRUE(sink);
    FlatPicture flat(65, 33, c.yuv);
    flat.picture.view.matrix = c.matrix;
    flat.picture.view.range = c.range;
    ASSERT_TRUE((*sink)->write(kStream, frame_at(0), &flat.picture));
    ASSERT_TRUE((*sink)->finish());
    const std::string file = folder.file("out/photo.jpg");
    EXPECT_EQ(probe(file, "width"), "65");
    ASSERT_TRUE(
        testing::run_ffmpeg("-i '" + file + "' -f rawvideo -pix_fmt rgb24 '" + folder.file("rgb") + "'"));
    const std::string rgb = read_bytes(folder.file("rgb"));
    ASSERT_EQ(rgb.size(), 65U * 33 * 3);
    EXPECT_NEAR(static_cast<uint8_t>(rgb[0]), 200, 4);
    EXPECT_NEAR(static_cast<uint8_t>(rgb[1]), 100, 4);
    EXPECT_NEAR(static_cast<uint8_t>(rgb[2]), 50, 4);
  }
}

TEST(AnnotateSink, WithoutFramesLeavesNoFile) {
  const TempFolder folder;
  auto sink = open_sink(folder);
  ASSERT_TRUE(sink);
  FrameResult dropped = frame_at(0);
  dropped.outcome = Outcome::kDropped;
  EXPECT_TRUE((*sink)->write(kStream, dropped, nullptr));
  EXPECT_TRUE((*sink)->finish());
  EXPECT_TRUE(std::filesystem::is_empty(folder.file("out")));
}

TEST(AnnotateSink, FullDiskIsToldOnce) {
  const TempFolder folder;
  const FlatPicture flat(320, 240);
  for (const bool still : {false, true}) {
    auto sink = open_sink(folder, "gate", still);
    ASSERT_TRUE(sink);
    std::filesystem::create_symlink("/dev/full", folder.file(still ? "out/gate.jpg" : "out/gate.mp4"));
    std::vector<Error> errors;
    for (int64_t i = 0; i < 30 && errors.empty(); ++i) {
      if (auto status = (*sink)->write(kStream, frame_at(i), &flat.picture); !status)
        errors.push_back(status.error());
    }
    if (auto status = (*sink)->finish(); !status) errors.push_back(status.error());
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].code, ErrorCode::kResourceExhausted);
    EXPECT_THAT(errors[0].message, HasSubstr("gate"));
    EXPECT_THAT(errors[0].message, HasSubstr("No space left on device"));
  }
}

TEST(AnnotateSink, SaysWhyTheFolderDoesNotServe) {
  const TempFolder folder;
  testing::write_bytes(folder.file("out"), "a file");
  const auto sink = open_sink(folder);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(sink.error().message,
              HasSubstr("can't write annotated pictures to '" + folder.file("out") + "': "));
}

// A named pipe can't be sought in, and its reader may come late or never.
TEST(AnnotateSink, APipeGetsAVideoThatNeedsNoSeeking) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string pipe = folder.file("out/gate.mp4");
  const std::string copy = folder.file("copy.mp4");
  auto sink = open_sink(folder);
  ASSERT_TRUE(sink);
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::jthread reader([&] { testing::write_bytes(copy, read_bytes(pipe)); });
  const FlatPicture flat(160, 120);
  for (int64_t i = 0; i < 12; ++i) ASSERT_TRUE((*sink)->write(kStream, frame_at(i), &flat.picture));
  ASSERT_TRUE((*sink)->close_stream(kStream));
  ASSERT_TRUE((*sink)->finish());
  reader.join();
  EXPECT_EQ(probe(copy, "nb_read_frames"), "12");
}

TEST(AnnotateSink, APipeThatNobodyReadsCanBeGivenUp) {
  const TempFolder folder;
  auto sink = open_sink(folder);
  ASSERT_TRUE(sink);
  ASSERT_EQ(mkfifo(folder.file("out/gate.mp4").c_str(), 0600), 0);
  const FlatPicture flat(160, 120);
  Status status;
  std::jthread writer([&] { status = (*sink)->write(kStream, frame_at(0), &flat.picture); });
  (*sink)->interrupt();
  writer.join();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE((*sink)->finish());
}

TEST(SafeFileName, IsSafeAndDistinct) {
  EXPECT_EQ(safe_file_name("gate-1.left_A"), "gate-1.left_A");
  for (const std::string name :
       {"../../etc/passwd", "a/b", "", ".", "..", "with space", "gr\xc3\xbc\xc3\x9f", "a\nb"}) {
    const std::string safe = safe_file_name(name);
    EXPECT_EQ(safe.find_first_of("/\n "), std::string::npos) << safe;
    EXPECT_NE(safe[0], '.');
  }
  EXPECT_NE(safe_file_name("a/b"), safe_file_name("a:b"));
  EXPECT_NE(safe_file_name("a/b"), safe_file_name("a_b"));
  EXPECT_LT(safe_file_name(std::string(1000, 'x')).size(), 250U);
  EXPECT_NE(safe_file_name(std::string(1000, 'x')), safe_file_name(std::string(1001, 'x')));
}

}  // namespace
}  // namespace weir
