// SPDX-License-Identifier: Apache-2.0
// What is read from picture files before they are decoded, on files put together by hand.
#include <iostream>
#include <iterator>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/pictures/heif_file.h"
#include "sources/pictures/picture_header.h"
#include "sources/pictures/tiff_directory.h"
#include "sources/pictures/tiff_file.h"
#include "support/picture_files.h"

namespace weir {
namespace {

using std::string_literals::operator""s;
using testing::box;
using testing::exif;
using testing::full_box;
using testing::jpeg_segment;
using testing::number;
using testing::TiffFile;

/// What the Exif standard (CIPA DC-008, 4.6.5) says of 1 to 8, in weir's words.
constexpr Orientation kOfExif[] = {{false, Rotation::k0},  {true, Rotation::k0},   {false, Rotation::k180},
                                   {true, Rotation::k180}, {true, Rotation::k270}, {false, Rotation::k90},
                                   {true, Rotation::k90},  {false, Rotation::k270}};

std::span<const uint8_t> bytes_of(const std::string& file) {
  return {reinterpret_cast<const uint8_t*>(file.data()), file.size()};
}

PictureHeader header_of(const std::string& file) {
  const auto header = read_picture_header(bytes_of(file));
  if (!header) ADD_FAILURE() << "not recognised";
  return header.value_or(PictureHeader());
}

// --- Files ------------------------------------------------------------------------------------------

/// A JPEG frame header; `type` 0xC0 baseline, 0xC2 progressive, ...
std::string jpeg_frame(uint8_t type, int bits = 8) {
  std::string content =
      number(static_cast<uint64_t>(bits), 1, true) + number(40, 2, true) + number(60, 2, true);
  content += "\3"s + "\1\x22\0"s + "\2\x11\1"s + "\3\x11\1"s;
  return jpeg_segment(type, content);
}

struct Scan {
  std::string components;  ///< their numbers
  int first = 0;           ///< coefficient
  int last = 63;
  int bits_left = 0;
};

std::string jpeg_scan(const Scan& scan) {
  std::string content = number(scan.components.size(), 1, true);
  for (const char component : scan.components) content += component + "\0"s;
  content += number(static_cast<uint64_t>(scan.first), 1, true) +
             number(static_cast<uint64_t>(scan.last), 1, true) +
             number(static_cast<uint64_t>(scan.bits_left), 1, true);
  return jpeg_segment(0xDA, content) + "data \xFF\x00 and \xFF\xD0 more"s;
}

const std::string kJpegStart = "\xFF\xD8";
const std::string kJpegEnd = "\xFF\xD9";
const std::string kJpegScans = jpeg_scan({"\1\2\3"});

std::string png(const std::string& chunks) {
  const std::string size = number(60, 4, true) + number(40, 4, true);
  return "\x89PNG\r\n\x1A\n" + testing::png_chunk("IHDR", size + "\x08\x02\0\0\0"s) + chunks +
         testing::png_chunk("IDAT", "pixels") + testing::png_chunk("IEND", "");
}

/// Grey, 8 bits, not compressed.
TiffFile grey_tiff(bool big_endian = false) {
  return TiffFile(big_endian)
      .set(256, {60})
      .set(257, {40})
      .set(258, {8})
      .set(259, {1})
      .set(262, {1})
      .set(277, {1})
      .set_pixels({std::string(60 * 40, 'x')});
}

/// An AVIF or HEIC file whose second item is shown, of this type and with these properties, in this order.
std::string heif(const std::string& brand, const std::string& type,
                 const std::vector<std::string>& properties) {
  std::string indices;
  std::string contents = box("ispe", "of the first item");
  for (size_t i = 0; i < properties.size(); ++i) {
    indices += number(0x80 | (i + 2), 1, true);
    contents += properties[i];
  }
  const std::string infos = full_box("infe", 2, number(1, 2, true) + number(0, 2, true) + "Exif"s) +
                            full_box("infe", 2, number(2, 2, true) + number(0, 2, true) + type);
  const std::string associations = number(2, 4, true) + number(1, 2, true) + "\1\1"s + number(2, 2, true) +
                                   number(properties.size(), 1, true) + indices;
  const std::string meta = full_box("pitm", 0, number(2, 2, true)) +
                           full_box("iinf", 0, number(2, 2, true) + infos) +
                           box("iprp", box("ipco", contents) + full_box("ipma", 0, associations));
  return box("ftyp", brand + number(0, 4, true) + "mif1") + full_box("meta", 0, meta) + box("mdat", "pixels");
}

const std::string kHeifSize = full_box("ispe", 0, number(60, 4, true) + number(40, 4, true));

std::optional<PictureHeader> heif_header(const std::string& file) {
  return read_heif_header(Bytes(bytes_of(file)));
}

// --- Orientation ------------------------------------------------------------------------------------

TEST(PictureHeader, OrientationIsWhatExifSays) {
  for (uint32_t i = 1; i <= 8; ++i) {
    for (const bool big_endian : {false, true}) {
      SCOPED_TRACE(i);
      const Orientation expected = kOfExif[i - 1];
      const std::string data = exif(i, big_endian);
      const std::string with_mark = "Exif\0\0"s + data;
      EXPECT_EQ(header_of(kJpegStart + jpeg_segment(0xE0, "JFIF") + jpeg_segment(0xE1, with_mark) +
                          jpeg_frame(0xC0) + kJpegScans + kJpegEnd)
                    .orientation,
                expected);
      EXPECT_EQ(header_of(png(testing::png_chunk("eXIf", data))).orientation, expected);
      const std::string pixels = testing::webp_chunk("VP8 ", "odd");
      for (const std::string& content : {data, with_mark}) {
        EXPECT_EQ(header_of(testing::extended_webp(8, 60, 40, pixels + testing::webp_chunk("EXIF", content)))
                      .orientation,
                  expected);
      }
      EXPECT_EQ(header_of(grey_tiff(big_endian).set(274, {i}).bytes()).orientation, expected);
    }
  }
}

TEST(PictureHeader, OrientationIsUprightWhereExifSaysNothingOfUse) {
  const auto of_exif = [](const std::string& data) {
    return header_of(png(testing::png_chunk("eXIf", data))).orientation;
  };
  EXPECT_EQ(of_exif(exif(0)), kUpright);
  EXPECT_EQ(of_exif(exif(9)), kUpright);
  EXPECT_EQ(of_exif(TiffFile().set(271, {6}).bytes()), kUpright);
  EXPECT_EQ(of_exif(TiffFile().set(274, {}).bytes()), kUpright);
  EXPECT_EQ(of_exif("not Exif"), kUpright);
  EXPECT_EQ(of_exif(TiffFile().set_long(274, {6}).bytes()), kOfExif[5]);
  for (size_t length = 0; length < exif(6).size(); ++length) of_exif(exif(6).substr(0, length));
}

// Would catch: the two exchanged, a turn in the wrong direction, another order than the file's, another item.
TEST(HeifHeader, OrientationIsTurnAndMirrorInTheOrderOfTheFile) {
  const auto turn = [](int counterclockwise) {
    return box("irot", number(static_cast<uint64_t>(counterclockwise), 1, true));
  };
  const auto mirror = [](int axis) { return box("imir", number(static_cast<uint64_t>(axis), 1, true)); };
  const auto of = [&](const std::vector<std::string>& properties) {
    const auto header = heif_header(heif("avif", "av01", properties));
    EXPECT_TRUE(header && header->unsupported.empty());
    return header->orientation;
  };
  EXPECT_EQ(of({kHeifSize}), kUpright);
  EXPECT_EQ(of({kHeifSize, turn(1)}), (Orientation{false, Rotation::k270}));
  EXPECT_EQ(of({turn(2)}), (Orientation{false, Rotation::k180}));
  EXPECT_EQ(of({turn(3)}), (Orientation{false, Rotation::k90}));
  EXPECT_EQ(of({mirror(0)}), (Orientation{true, Rotation::k180}));  // top and bottom
  EXPECT_EQ(of({mirror(1)}), (Orientation{true, Rotation::k0}));    // left and right
  EXPECT_EQ(of({mirror(1), turn(1)}), (Orientation{true, Rotation::k270}));
  EXPECT_EQ(of({turn(1), mirror(1)}), (Orientation{true, Rotation::k90}));
}

// --- Kinds ------------------------------------------------------------------------------------------

TEST(PictureHeader, SizeIsThatOfTheHeader) {
  const std::string bmp = "BM"s + number(0, 8, false) + number(54, 4, false) + number(40, 4, false) +
                          number(60, 4, false) + number(static_cast<uint32_t>(-40), 4, false) +
                          number(1, 2, false) + number(24, 2, false) + std::string(24 + 180 * 40, '\0');
  const std::string jpeg2000 = "\xFF\x4F\xFF\x51"s + number(41, 2, true) + number(0, 2, true) +
                               number(64, 4, true) + number(42, 4, true) + number(4, 4, true) +
                               number(2, 4, true) + std::string(21, '\0') + "\xFF\x90"s;
  for (const std::string& file : {kJpegStart + jpeg_frame(0xC0) + kJpegScans + kJpegEnd, png(""),
                                  grey_tiff().bytes(), testing::extended_webp(0, 60, 40, ""), bmp, jpeg2000,
                                  box("jP  ", "\r\n\x87\n") + box("ftyp", "jp2 ") + box("jp2c", jpeg2000)}) {
    const PictureHeader header = header_of(file);
    EXPECT_EQ(header.width_px, 60);
    EXPECT_EQ(header.height_px, 40);
    EXPECT_EQ(header.unsupported, "");
    EXPECT_FALSE(header.cut_off);
  }
  const auto avif = heif_header(heif("avif", "av01", {kHeifSize}));
  EXPECT_TRUE(avif && avif->width_px == 60 && avif->height_px == 40);
}

TEST(PictureHeader, KindsThatCannotBeReadAreNamed) {
  const auto jpeg = [](uint8_t type, int bits) {
    return header_of(kJpegStart + jpeg_frame(type, bits) + kJpegScans + kJpegEnd).unsupported;
  };
  EXPECT_EQ(jpeg(0xC1, 8), "");
  EXPECT_EQ(jpeg(0xC2, 8), "");
  EXPECT_EQ(jpeg(0xC3, 16), "");  // lossless
  EXPECT_EQ(jpeg(0xC1, 12), "JPEG pictures of more than 8 bits");
  EXPECT_EQ(jpeg(0xC5, 8), "hierarchical JPEG pictures");
  EXPECT_EQ(jpeg(0xC9, 8), "JPEG pictures with arithmetic coding");
  EXPECT_EQ(jpeg(0xCA, 8), "JPEG pictures with arithmetic coding");
  EXPECT_EQ(header_of(testing::extended_webp(2, 60, 40, "")).unsupported, "animated WebP pictures");
  EXPECT_EQ(header_of("\xFF\x4F\xFF\x51\0\2\xFF\x50\0\2\xFF\x90"s).unsupported,
            "high-throughput JPEG 2000 pictures");
  const std::string cmyk = box("jp2h", box("colr", "\1\0\0"s + number(12, 4, true)));
  EXPECT_EQ(header_of(box("jP  ", "") + cmyk).unsupported, "JPEG 2000 pictures in CMYK colours");

  const auto of_heif = [](const std::string& brand, const std::string& type,
                          const std::vector<std::string>& properties) {
    return heif_header(heif(brand, type, properties)).value_or(PictureHeader()).unsupported;
  };
  EXPECT_EQ(of_heif("avif", "av01", {kHeifSize}), "");
  EXPECT_EQ(of_heif("avif", "grid", {kHeifSize}), "AVIF pictures in tiles");
  EXPECT_EQ(of_heif("avif", "av01", {box("clap", "")}), "cropped AVIF pictures");
  EXPECT_EQ(of_heif("heic", "hvc1", {kHeifSize}), "HEIC pictures");
  EXPECT_EQ(of_heif("heic", "grid", {kHeifSize}), "HEIC pictures");
}

TEST(PictureHeader, OtherKindsOfFileAreNotItsBusiness) {
  EXPECT_FALSE(read_picture_header({}));
  EXPECT_FALSE(read_picture_header(bytes_of("P6 60 40 255 ")));
  EXPECT_FALSE(read_picture_header(bytes_of("\n\nsome text that begins with lines")));
  EXPECT_FALSE(heif_header(box("ftyp", "isom" + number(0, 4, true) + "mp42") + box("moov", "")));
  EXPECT_FALSE(heif_header(box("ftyp", "avis" + number(0, 4, true) + "avif") + full_box("meta", 0, "") +
                           box("moov", "")));
  EXPECT_FALSE(heif_header("not a file of boxes"));
}

struct TiffCase {
  std::string unsupported;  ///< of "TIFF pictures ..."; empty: it is read
  std::vector<std::pair<uint16_t, std::vector<uint32_t>>> tags;  ///< set in a grey TIFF of 8 bits
};

TEST(TiffHeader, SaysWhichLayoutsAreNotRead) {
  const std::vector<uint32_t> rgb{8, 8, 8};
  const TiffCase cases[] = {
      {"", {}},
      {"", {{258, {16}}}},
      {"", {{258, {4}}}},
      {"", {{258, {1}}, {259, {4}}, {266, {2}}}},
      {"", {{259, {5}}, {317, {2}}}},
      {"", {{262, {0}}}},
      {"", {{262, {2}}, {277, {3}}, {258, rgb}}},
      {"", {{262, {2}}, {277, {3}}, {258, rgb}, {284, {2}}}},
      {"", {{262, {2}}, {277, {4}}, {258, {8, 8, 8, 8}}, {338, {1}}}},
      {"", {{262, {3}}, {320, std::vector<uint32_t>(768)}}},
      {"", {{262, {5}}, {277, {4}}, {258, {8, 8, 8, 8}}}},
      {"", {{339, {2}}}},
      {"with tiles", {{322, {16}}, {323, {16}}}},
      {"with JPEG compression", {{259, {7}}}},
      {"with JPEG compression", {{259, {6}}}},
      {"with compression 50000", {{259, {50000}}}},
      {"with compression 4", {{259, {4}}}},
      {"with grey colours in 1 samples of 32 bits", {{258, {32}}}},
      {"with grey colours in 1 samples of 12 bits", {{258, {12}}}},
      {"with floating-point samples", {{258, {16}}, {339, {3}}}},
      {"with predictor 3", {{317, {3}}}},
      {"with bits in reverse order", {{258, {4}}, {266, {2}}}},
      {"with palette colours in 2 samples of 8 bits", {{262, {3}}, {277, {2}}, {258, {8, 8}}}},
      {"with RGB colours in 3 samples of 0 bits", {{262, {2}}, {277, {3}}, {258, {5, 6, 5}}}},
      {"with RGB colours in 5 samples of 8 bits", {{262, {2}}, {277, {5}}, {258, {8, 8, 8, 8, 8}}}},
      {"with CMYK colours in 4 samples of 8 bits, in planes",
       {{262, {5}}, {277, {4}}, {258, {8, 8, 8, 8}}, {284, {2}}}},
      {"with other inks than CMYK", {{262, {5}}, {277, {4}}, {258, {8, 8, 8, 8}}, {332, {2}}}},
      {"with YCbCr colours in 3 samples of 8 bits", {{262, {6}}, {277, {3}}, {258, rgb}}},
      {"with CIELAB colours in 3 samples of 8 bits", {{262, {8}}, {277, {3}}, {258, rgb}}},
      {"with unusual colours in 1 samples of 8 bits", {{262, {32803}}}},
      {"of cameras' raw data", {{254, {1}}}},
      {"of cameras' raw data", {{50706, {1}}}},
  };
  for (const TiffCase& c : cases) {
    for (const bool big_endian : {false, true}) {
      TiffFile file = grey_tiff(big_endian);
      for (const auto& [tag, values] : c.tags) file.set(tag, values);
      EXPECT_EQ(header_of(file.bytes()).unsupported,
                c.unsupported.empty() ? "" : "TIFF pictures " + c.unsupported);
    }
  }
}

TEST(TiffHeader, KeepingTheTagsOfPixelsKeepsTheirValues) {
  for (const bool big_endian : {false, true}) {
    std::string file = grey_tiff(big_endian).set(274, {6}).set(270, {1, 2, 3}).set(50000, {9}).bytes();
    std::vector<uint8_t> bytes(file.begin(), file.end());
    keep_tags_of_pixels(bytes);
    const auto directory = TiffDirectory::first(Bytes(bytes));
    ASSERT_TRUE(directory);
    EXPECT_FALSE(directory->has(274));
    EXPECT_FALSE(directory->has(270));
    EXPECT_FALSE(directory->has(50000));
    EXPECT_EQ(directory->value(256), 60U);
    EXPECT_EQ(directory->value(257), 40U);
    EXPECT_EQ(directory->value(279), 60U * 40);
    EXPECT_EQ(bytes.size(), file.size());
  }
}

// --- What is cut off --------------------------------------------------------------------------------

TEST(PictureHeader, JpegIsCutOffIfScansAreMissing) {
  const auto cut_off = [](uint8_t type, const std::string& scans) {
    return header_of(kJpegStart + jpeg_frame(type) + scans).cut_off;
  };
  EXPECT_FALSE(cut_off(0xC0, kJpegScans));  // no more than the end mark is missing
  EXPECT_TRUE(cut_off(0xC0, ""));
  EXPECT_TRUE(cut_off(0xC0, jpeg_scan({"\1"}) + jpeg_scan({"\3"})));
  EXPECT_FALSE(cut_off(0xC0, jpeg_scan({"\1"}) + jpeg_scan({"\3"}) + kJpegEnd));
  EXPECT_FALSE(cut_off(0xC0, jpeg_scan({"\1"}) + jpeg_scan({"\3"}) + jpeg_scan({"\2"})));

  const std::string coarse = jpeg_scan({"\1\2\3", 0, 0, 1}) + jpeg_scan({"\1", 1, 63, 1});
  const std::string fine =
      jpeg_scan({"\1\2\3", 0, 0, 0}) + jpeg_scan({"\1", 1, 5}) + jpeg_scan({"\1", 6, 63});
  EXPECT_TRUE(cut_off(0xC2, coarse));
  EXPECT_TRUE(cut_off(0xC2, coarse + fine));
  EXPECT_TRUE(cut_off(0xC2, coarse + fine + jpeg_scan({"\2", 1, 63})));
  EXPECT_FALSE(cut_off(0xC2, coarse + fine + jpeg_scan({"\2", 1, 63}) + jpeg_scan({"\3", 1, 63})));
}

TEST(PictureHeader, BmpWithoutItsPaletteIsNotGrey) {
  const auto bmp = [](int bits, int pixels_at) {
    return "BM" + number(0, 8, false) + number(static_cast<uint64_t>(pixels_at), 4, false) +
           number(40, 4, false) + number(10, 4, false) + number(10, 4, false) + number(1, 2, false) +
           number(static_cast<uint64_t>(bits), 2, false) + std::string(2000, '\0');
  };
  EXPECT_EQ(header_of(bmp(24, 54)).unsupported, "");
  EXPECT_EQ(header_of(bmp(8, 54 + 1024)).unsupported, "");
  EXPECT_EQ(header_of(bmp(8, 54)).unsupported, "BMP pictures whose palette is not where their header says");
}

// Nothing may crash, hang or read beyond the end. The seed is printed: a failure can be had again.
TEST(PictureHeader, RandomBytesNeverHurt) {
  const unsigned seed = std::random_device()();
  std::cout << "seed " << seed << '\n';
  std::mt19937 random(seed);
  const std::string files[] = {
      kJpegStart + jpeg_segment(0xE1, "Exif\0\0"s + exif(6)) + jpeg_frame(0xC2) + kJpegScans + kJpegEnd,
      png(testing::png_chunk("eXIf", exif(6))),
      testing::extended_webp(8, 60, 40, testing::webp_chunk("EXIF", exif(6))),
      grey_tiff().set(274, {6}).bytes(),
      grey_tiff(true).set(262, {2}).set(277, {3}).set(258, {8, 8, 8}).set(339, {1, 1, 1}).bytes(),
      heif("avif", "av01", {kHeifSize, box("irot", "\1")}),
      box("jP  ", "") + box("jp2h", box("colr", "\1\0\0"s + number(12, 4, true))) +
          box("jp2c", "\xFF\x4F\xFF\x51\0\2\xFF\x50\0\2\xFF\x90"s),
  };
  for (int i = 0; i < 40'000; ++i) {
    std::string file = files[random() % std::size(files)];
    for (auto flips = 1 + random() % 8; flips > 0; --flips) {
      file[random() % file.size()] = static_cast<char>(random() % 4 == 0 ? 0xFF : random());
    }
    file.resize(random() % 3 == 0 ? random() % file.size() : file.size());
    std::vector<uint8_t> exact(file.begin(), file.end());  // so that a sanitizer sees its end
    static_cast<void>(read_picture_header(exact));
    static_cast<void>(read_heif_header(Bytes(exact)));
    keep_tags_of_pixels(exact);
  }
}

}  // namespace
}  // namespace weir
