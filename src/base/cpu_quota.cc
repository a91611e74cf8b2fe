// SPDX-License-Identifier: Apache-2.0
// Formats: proc_pid_mountinfo(5), cgroups(7), and of the kernel's documentation "cgroup-v2" and "CFS
// Bandwidth Control".
#include "base/cpu_quota.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

namespace weir {
namespace {

enum class Version { kOne, kTwo };

/// A part of a hierarchy of groups, as a folder.
struct Mount {
  Version version = Version::kTwo;
  std::string group;   ///< the group that the folder is
  std::string folder;  ///< absolute
};

/// The group that the process is in, in the hierarchy of that version that limits processors.
struct Membership {
  Version version = Version::kTwo;
  std::string group;
};

bool lists(std::string_view comma_separated, std::string_view word) {
  std::istringstream words{std::string(comma_separated)};
  for (std::string one; std::getline(words, one, ',');) {
    if (one == word) return true;
  }
  return false;
}

/// Paths in mountinfo have "\040" for a space and the like.
std::string without_escapes(std::string_view path) {
  constexpr size_t kDigits = 3;
  std::string plain;
  for (size_t i = 0; i < path.size(); ++i) {
    const std::string_view digits = path.substr(i + 1, kDigits);
    const bool is_escape = path[i] == '\\' && digits.size() == kDigits &&
                           digits.find_first_not_of("01234567") == std::string_view::npos;
    plain += is_escape ? static_cast<char>(std::stoi(std::string(digits), nullptr, 8)) : path[i];
    if (is_escape) i += kDigits;
  }
  return plain;
}

/// A line is "ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPER_OPTIONS".
std::vector<Mount> read_mounts(const std::string& path) {
  std::ifstream file(path);
  if (!file) return {{Version::kTwo, "/", "/sys/fs/cgroup"}, {Version::kOne, "/", "/sys/fs/cgroup/cpu"}};
  std::vector<Mount> mounts;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string skipped;
    std::string group;
    std::string folder;
    words >> skipped >> skipped >> skipped >> group >> folder;
    while (words >> skipped && skipped != "-") continue;
    std::string type;
    std::string options;
    if (!(words >> type >> skipped >> options)) continue;
    const bool is_one = type == "cgroup" && lists(options, "cpu");
    if (!is_one && type != "cgroup2") continue;
    mounts.push_back(
        {is_one ? Version::kOne : Version::kTwo, without_escapes(group), without_escapes(folder)});
  }
  return mounts;
}

/// A line is "ID:CONTROLLERS:GROUP", for version 2 with no controllers.
std::vector<Membership> read_memberships(const std::string& path) {
  std::ifstream file(path);
  std::vector<Membership> memberships;
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string_view controllers = std::string_view(line).substr(first + 1, second - first - 1);
    const bool is_one = lists(controllers, "cpu");
    if (!is_one && !controllers.empty()) continue;
    memberships.push_back({is_one ? Version::kOne : Version::kTwo, line.substr(second + 1)});
  }
  return memberships;
}

/// What of `group` is below the group that is mounted: "/a/b", or "" if that is the group itself or if
/// `group` is not below it, as far as its name tells.
std::string below(const Mount& mount, const std::string& group) {
  const std::string top = mount.group == "/" ? "" : mount.group;
  if (!group.starts_with(top + "/") || group.find("/..") != std::string::npos) return "";
  return group.size() == top.size() + 1 ? "" : group.substr(top.size());
}

std::optional<double> ratio(std::istream& quota, std::istream& period) {
  double quota_us = 0;
  double period_us = 0;
  if (!(quota >> quota_us) || !(period >> period_us) || quota_us <= 0 || period_us <= 0) return std::nullopt;
  return quota_us / period_us;
}

std::optional<double> quota_of(const std::string& folder, Version version) {
  if (version == Version::kTwo) {
    std::ifstream both(folder + "/cpu.max");
    return ratio(both, both);
  }
  std::ifstream quota(folder + "/cpu.cfs_quota_us");
  std::ifstream period(folder + "/cpu.cfs_period_us");
  return ratio(quota, period);
}

}  // namespace

std::optional<double> cpu_quota(const std::string& root) {
  const std::vector<Membership> memberships = read_memberships(root + "/proc/self/cgroup");
  std::optional<double> least;
  for (const Mount& mount : read_mounts(root + "/proc/self/mountinfo")) {
    const auto in = std::ranges::find(memberships, mount.version, &Membership::version);
    std::string group = in == memberships.end() ? "" : below(mount, in->group);
    while (true) {
      const std::optional<double> quota = quota_of(root + mount.folder + group, mount.version);
      if (quota) least = std::min(*quota, least.value_or(*quota));
      if (group.empty()) break;
      group.resize(group.rfind('/'));
    }
  }
  return least;
}

}  // namespace weir
