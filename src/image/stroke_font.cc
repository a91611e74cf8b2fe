// SPDX-License-Identifier: Apache-2.0
#include "image/stroke_font.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace weir {
namespace {

// Letters are drawn on a grid: x to the right, y downwards, capitals from 0 to 12 (the baseline),
// small letters from 4, descenders to 16.
constexpr double kCapUnits = 12;
constexpr double kTopUnits = -2;  ///< room above the capitals for half a pen and its soft edge
constexpr double kHeightUnits = 20;
constexpr double kPenUnits = 1.8;
constexpr double kGapUnits = 3.4;  ///< between the lines of one letter and the next

struct Glyph {
  int width;            ///< grid units
  const char* strokes;  ///< separated by spaces: pairs of x and y, each one digit 0..9, a..g;
                        ///< "~" before a stroke rounds its corners
};

constexpr std::array<Glyph, 95> kGlyphs = {{
    {3, ""},                                     // space
    {0, "0008 0c0c"},                            // !
    {3, "0004 3034"},                            // "
    {8, "301c 705c 1484 0878"},                  // #
    {8, "~83810106868b0b09 404c"},               // $
    {8, "800c ~200004444020 ~68484c8c8868"},     // %
    {8, "~8c13106063060c5c87"},                  // &
    {0, "0004"},                                 // '
    {3, "~30040a3e"},                            // (
    {3, "~00343a0e"},                            // )
    {6, "3137 0266 6206"},                       // *
    {6, "353b 0868"},                            // +
    {1, "1b0e"},                                 // ,
    {5, "0757"},                                 // -
    {0, "0c0c"},                                 // .
    {6, "600c"},                                 // /
    {6, "~30000c6c6030"},                        // 0
    {6, "03303c 0c6c"},                          // 1
    {6, "~020060650c 0c6c"},                     // 2
    {6, "~0200606626 ~26666c0c0a"},              // 3
    {7, "500979 505c"},                          // 4
    {6, "600005 ~05656c0c0a"},                   // 5
    {6, "~6160000c6c650508"},                    // 6
    {6, "00602c"},                               // 7
    {6, "~300006666030 ~36060c6c6636"},          // 8
    {6, "~0b0c6c6000076764"},                    // 9
    {0, "0505 0c0c"},                            // :
    {1, "1515 1b0e"},                            // ;
    {6, "64086c"},                               // <
    {6, "0666 0a6a"},                            // =
    {6, "04680c"},                               // >
    {6, "~020060653538 3c3c"},                   // ?
    {10, "~777434 3a7a77 ~747aaaa0000e8e"},      // @
    {8, "0c408c 1878"},                          // A
    {7, "000c ~00606606 ~06767c0c"},             // B
    {8, "~8380000c8c89"},                        // C
    {8, "000c ~00808c0c"},                       // D
    {7, "70000c7c 0666"},                        // E
    {7, "70000c 0666"},                          // F
    {8, "~8380000c8c86 8656"},                   // G
    {8, "000c 808c 0686"},                       // H
    {4, "0040 202c 0c4c"},                       // I
    {6, "6068 ~686c0c09"},                       // J
    {8, "000c 8007 348c"},                       // K
    {7, "000c7c"},                               // L
    {10, "0c0058a0ac"},                          // M
    {8, "0c008c80"},                             // N
    {8, "~40000c8c8040"},                        // O
    {8, "000c ~00808707"},                       // P
    {8, "~40000c8c8040 598d"},                   // Q
    {8, "000c ~00808707 478c"},                  // R
    {8, "~82800006868c0c0a"},                    // S
    {8, "0080 404c"},                            // T
    {8, "0008 ~080c8c88 8880"},                  // U
    {8, "004c80"},                               // V
    {12, "003c629cc0"},                          // W
    {8, "008c 800c"},                            // X
    {8, "004680 464c"},                          // Y
    {8, "00800c8c"},                             // Z
    {3, "30000e3e"},                             // [
    {6, "006c"},                                 // backslash
    {3, "00303e0e"},                             // ]
    {6, "043064"},                               // ^
    {8, "0e8e"},                                 // _
    {2, "0022"},                                 // `
    {6, "~0504646a 6a6c ~67070c6c69"},           // a
    {6, "000c ~34040c6c6434"},                   // b
    {6, "~6664040c6c6a"},                        // c
    {6, "606c ~34040c6c6434"},                   // d
    {6, "0868 ~6864040c6c6a"},                   // e
    {5, "~502025 252c 0454"},                    // f
    {6, "646d ~34040c6c6434 ~6d6g0g0f"},         // g
    {6, "000c ~08046468 686c"},                  // h
    {0, "040c 0000"},                            // i
    {3, "343d ~3d3g0g 3030"},                    // j
    {6, "000c 6409 276c"},                       // k
    {3, "000a ~0a0c3c"},                         // l
    {10, "040c ~08045458 585c ~5854a4a8 a8ac"},  // m
    {6, "040c ~08046468 686c"},                  // n
    {6, "~34040c6c6434"},                        // o
    {6, "040g ~34040c6c6434"},                   // p
    {6, "646g ~34040c6c6434"},                   // q
    {4, "040c ~08044445"},                       // r
    {6, "~65640408686c0c0b"},                    // s
    {5, "202a ~2a2c5c 0454"},                    // t
    {6, "0408 ~080c6c68 646c"},                  // u
    {6, "043c64"},                               // v
    {8, "042c456c84"},                           // w
    {6, "046c 640c"},                            // x
    {6, "043c 641g"},                            // y
    {6, "04640c6c"},                             // z
    {4, "~40202707 ~07272e4e"},                  // {
    {0, "000e"},                                 // |
    {4, "~00202747 ~47272e0e"},                  // }
    {7, "~09255b77"},                            // ~
}};

constexpr Glyph kUnknownGlyph = {6, "00606c0c00"};

struct Point {
  double x = 0;
  double y = 0;
};

using Stroke = std::vector<Point>;

double grid_value(char digit) {
  return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

/// Cuts every corner at a quarter of its edges, ends fixed (Chaikin 1974): a few rounds make a
/// quadratic B-spline.
Stroke cut_corners(const Stroke& stroke) {
  Stroke cut = {stroke.front()};
  for (size_t i = 0; i + 1 < stroke.size(); ++i) {
    const auto [a, b] = std::pair(stroke[i], stroke[i + 1]);
    if (i > 0) cut.push_back({0.75 * a.x + 0.25 * b.x, 0.75 * a.y + 0.25 * b.y});
    if (i + 2 < stroke.size()) cut.push_back({0.25 * a.x + 0.75 * b.x, 0.25 * a.y + 0.75 * b.y});
  }
  cut.push_back(stroke.back());
  return cut;
}

Stroke parse_stroke(std::string_view text) {
  const bool is_round = text.starts_with('~');
  if (is_round) text.remove_prefix(1);
  Stroke stroke;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    stroke.push_back({grid_value(text[i]), grid_value(text[i + 1])});
  constexpr int kRounds = 3;
  for (int round = 0; is_round && round < kRounds; ++round) stroke = cut_corners(stroke);
  return stroke;
}

std::vector<Stroke> parse_strokes(std::string_view text) {
  std::vector<Stroke> strokes;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    strokes.push_back(parse_stroke(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return strokes;
}

double distance_to_segment(Point p, Point a, Point b) {
  const Point along{b.x - a.x, b.y - a.y};
  const double length2 = along.x * along.x + along.y * along.y;
  const double projected = (p.x - a.x) * along.x + (p.y - a.y) * along.y;
  const double t = length2 > 0 ? std::clamp(projected / length2, 0.0, 1.0) : 0.0;
  const Point away{p.x - a.x - t * along.x, p.y - a.y - t * along.y};
  return std::sqrt(away.x * away.x +
                   away.y * away.y);  // hypot, safe from overflow, took most of drawing's time
}

/// Covers the pixels within `radius_px` of the segment, with a soft edge one pixel wide.
void draw_segment(TextMask& mask, Point a, Point b, double radius_px) {
  const double reach = radius_px + 1;
  const int left = std::max(0, static_cast<int>(std::min(a.x, b.x) - reach));
  const int right = std::min(mask.width_px - 1, static_cast<int>(std::max(a.x, b.x) + reach));
  const int top = std::max(0, static_cast<int>(std::min(a.y, b.y) - reach));
  const int bottom = std::min(mask.height_px - 1, static_cast<int>(std::max(a.y, b.y) + reach));
  for (int y = top; y <= bottom; ++y) {
    for (int x = left; x <= right; ++x) {
      const double distance = distance_to_segment({x + 0.5, y + 0.5}, a, b);
      const double covered = std::clamp(radius_px + 0.5 - distance, 0.0, 1.0);
      uint8_t& pixel =
          mask.coverage[static_cast<size_t>(y) * static_cast<size_t>(mask.width_px) + static_cast<size_t>(x)];
      pixel = std::max(pixel, static_cast<uint8_t>(std::lround(covered * 255)));
    }
  }
}

/// One glyph a code point; stray UTF-8 continuation bytes have none.
std::vector<Glyph> glyphs_of(std::string_view text) {
  std::vector<Glyph> glyphs;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_continuation = (byte & 0xC0U) == 0x80U;
    if (is_continuation) continue;
    const bool is_printable = byte >= ' ' && byte <= '~';
    glyphs.push_back(is_printable ? kGlyphs[static_cast<size_t>(byte - ' ')] : kUnknownGlyph);
  }
  return glyphs;
}

}  // namespace

TextMask render_text(std::string_view text, double cap_height_px) {
  const double unit_px = cap_height_px / kCapUnits;
  const std::vector<Glyph> glyphs = glyphs_of(text);
  double width_units = 0;
  for (const Glyph& glyph : glyphs) width_units += glyph.width + kGapUnits;

  TextMask mask;
  mask.width_px = static_cast<int>(std::ceil(width_units * unit_px));
  mask.height_px = static_cast<int>(std::ceil(kHeightUnits * unit_px));
  mask.coverage.resize(static_cast<size_t>(mask.width_px) * static_cast<size_t>(mask.height_px));

  double pen_x = kGapUnits / 2;
  for (const Glyph& glyph : glyphs) {
    const auto to_pixels = [&](Point p) {
      return Point{(p.x + pen_x) * unit_px, (p.y - kTopUnits) * unit_px};
    };
    for (const Stroke& stroke : parse_strokes(glyph.strokes)) {
      for (size_t i = 0; i + 1 < stroke.size(); ++i) {
        draw_segment(mask, to_pixels(stroke[i]), to_pixels(stroke[i + 1]), kPenUnits / 2 * unit_px);
      }
    }
    pen_x += glyph.width + kGapUnits;
  }
  return mask;
}

}  // namespace weir
