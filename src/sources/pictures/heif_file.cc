// SPDX-License-Identifier: Apache-2.0
#include "sources/pictures/heif_file.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "sources/pictures/box_reader.h"

namespace weir {
namespace {

/// Version and flags come first in the boxes that need them.
constexpr size_t kFullBox = 4;

uint64_t version_of(Bytes box) {
  return box.big(0, 1).value_or(0);
}

bool is_heif(Bytes ftyp) {
  constexpr std::array<std::string_view, 10> kBrands = {"heic", "heix", "heim", "heis", "hevc",
                                                        "hevx", "mif1", "msf1", "avif", "avis"};
  for (size_t at = 0; at < ftyp.size();
       at += at == 0 ? 8 : 4) {  // the major brand, its version, other brands
    if (std::ranges::count(kBrands, ftyp.text(at, 4)) > 0) return true;
  }
  return false;
}

/// The content of one "meta" box, as far as it concerns the picture that is shown.
class HeifItems {
 public:
  explicit HeifItems(Bytes meta) : boxes_(meta.part(kFullBox)) {
    if (const auto primary = BoxReader(boxes_).find("pitm")) {
      primary_ = primary->big(kFullBox, version_of(*primary) == 0 ? 2 : 4);
    }
  }

  /// "av01", "hvc1", "grid", ...; empty if there is none.
  [[nodiscard]] std::string_view type() const {
    const auto infos = BoxReader(boxes_).find("iinf");
    if (!infos) return {};
    BoxReader entries(infos->part(kFullBox + (version_of(*infos) == 0 ? 2 : 4)));
    while (const auto info = entries.find("infe")) {
      const size_t id_bytes = version_of(*info) < 3 ? 2 : 4;
      constexpr size_t kProtectionBytes = 2;
      if (info->big(kFullBox, id_bytes) == primary_) {
        return info->text(kFullBox + id_bytes + kProtectionBytes, 4);
      }
    }
    return {};
  }

  /// The properties of the picture in the order in which they apply.
  [[nodiscard]] std::vector<FileBox> properties() const {
    const Bytes parts = BoxReader(boxes_).find("iprp").value_or(Bytes());
    std::vector<FileBox> all;
    BoxReader containers(BoxReader(parts).find("ipco").value_or(Bytes()));
    while (const auto property = containers.next()) all.push_back(*property);
    std::vector<FileBox> found;
    BoxReader associations(parts);
    while (const auto ipma = associations.find("ipma")) append_associated(*ipma, all, found);
    return found;
  }

 private:
  void append_associated(Bytes ipma, const std::vector<FileBox>& all, std::vector<FileBox>& found) const {
    const size_t id_bytes = version_of(ipma) == 0 ? 2 : 4;
    const size_t index_bytes = (ipma.big(3, 1).value_or(0) & 1) == 0 ? 1 : 2;
    const uint64_t essential = uint64_t{1} << (8 * index_bytes - 1);
    size_t at = kFullBox + 4;
    for (uint64_t entries = ipma.big(kFullBox, 4).value_or(0); entries > 0 && at < ipma.size(); --entries) {
      const auto id = ipma.big(at, id_bytes);
      const uint64_t count = ipma.big(at + id_bytes, 1).value_or(0);
      at += id_bytes + 1;
      for (uint64_t i = 0; i < count; ++i, at += index_bytes) {
        const uint64_t index = ipma.big(at, index_bytes).value_or(0) & (essential - 1);
        if (id == primary_ && index >= 1 && index <= all.size()) found.push_back(all[index - 1]);
      }
    }
  }

  Bytes boxes_;
  std::optional<uint64_t> primary_;
};

}  // namespace

std::optional<PictureHeader> read_heif_header(Bytes head) {
  const auto ftyp = BoxReader(head).next();
  if (!ftyp || ftyp->type != "ftyp" || !is_heif(ftyp->content)) return std::nullopt;
  const auto meta = BoxReader(head).find("meta");
  if (!meta || BoxReader(head).find("moov")) return std::nullopt;  // a sequence of pictures is a video

  PictureHeader header;
  const HeifItems items(*meta);
  const std::string_view type = items.type();
  if (!type.empty() && type != "av01") {
    const bool is_avif = ftyp->content.text(0, SIZE_MAX).find("avif") != std::string_view::npos;
    const bool is_tiled = type == "grid";
    header.unsupported = !is_avif   ? "HEIC pictures"
                         : is_tiled ? "AVIF pictures in tiles"
                                    : "AVIF pictures of this kind";
    return header;
  }
  for (const FileBox& property : items.properties()) {
    const uint64_t value = property.content.big(0, 1).value_or(0);
    if (property.type == "ispe") {
      header.width_px = static_cast<int64_t>(property.content.big(kFullBox, 4).value_or(0));
      header.height_px = static_cast<int64_t>(property.content.big(kFullBox + 4, 4).value_or(0));
    } else if (property.type == "irot") {  // counterclockwise
      const auto quarters = static_cast<int>(4 - (value & 3)) % 4;
      header.orientation = combined(header.orientation, {false, static_cast<Rotation>(quarters)});
    } else if (property.type == "imir") {  // 0: top and bottom are exchanged, 1: left and right
      header.orientation =
          combined(header.orientation, {true, (value & 1) == 0 ? Rotation::k180 : Rotation::k0});
    } else if (property.type == "clap") {
      header.unsupported = "cropped AVIF pictures";
    }
  }
  return header;
}

}  // namespace weir
