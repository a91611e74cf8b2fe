// SPDX-License-Identifier: Apache-2.0
// `weir scene`: a rendered street as a video file, with the truth about what is in it.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "cli/commands.h"
#include "cli/parse.h"
#include "cli/stop_signals.h"
#include "engine/street_video.h"

namespace weir::cli {
namespace {

struct SceneOptions {
  std::string video;
  std::string truth;
  std::string size = "1920x1080";
  int fps = scene::StreetConfig().fps;
  std::string seed = std::to_string(scene::StreetConfig().seed);
  int64_t frames = scene::StreetConfig().frames;
  bool quiet = false;
};

void add_options(CLI::App& scene, SceneOptions& o) {
  scene.add_option("OUT.mp4", o.video, "The H.264 video to write")->required()->type_name("");
  scene.add_option("--truth", o.truth, "What is in each frame, one JSON object a line")
      ->type_name("FILE.jsonl");
  scene.add_option("--seed", o.seed, "Each one another street, camera, weather and traffic")
      ->type_name("N")
      ->capture_default_str();
  scene.add_option("--size", o.size, "Of the picture, in pixels; both sides even")
      ->type_name("WxH")
      ->capture_default_str();
  scene.add_option("--fps", o.fps, "Frames a second; with 1 a few frames show much of the street's life")
      ->type_name("N")
      ->capture_default_str();
  scene.add_option("--frames", o.frames, "How many")->type_name("N")->capture_default_str();
  scene.add_flag("-q,--quiet", o.quiet, "Only errors");
}

Result<scene::StreetConfig> to_config(const SceneOptions& o) {
  WEIR_ASSIGN_OR_RETURN(const auto config,
                        scene::StreetConfig::parse(fmt::format("size={}&fps={}&seed={}&frames={}", o.size,
                                                               o.fps, o.seed, o.frames)));
  if (config.width_px % 2 != 0 || config.height_px % 2 != 0) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("--size {}: both sides must be even, as H.264 stores colour in pairs", o.size)};
  }
  std::error_code error;
  if (o.truth == o.video || std::filesystem::equivalent(o.truth, o.video, error)) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("the truth can't be written to '{}': it is the video", o.truth)};
  }
  return config;
}

/// The truth of the frames, or nothing where nobody asked for it.
class TruthFile {
 public:
  TruthFile(std::string path, std::string stream) : path_(std::move(path)), stream_(std::move(stream)) {
    if (!path_.empty()) file_.open(path_);
  }
  [[nodiscard]] Status opened() const {
    if (path_.empty() || file_.is_open()) return {};
    return cannot_write(ErrorCode::kInvalidArgument);
  }
  Status write(const scene::Street& street, int64_t frame) {
    if (path_.empty()) return {};
    const scene::StreetConfig& config = street.config();
    file_ << write_truth_line(stream_, frame, config.width_px, config.height_px, street.truth(frame));
    if (file_.flush()) return {};
    return cannot_write(ErrorCode::kUnavailable);
  }

 private:
  [[nodiscard]] Error cannot_write(ErrorCode code) const {
    return {code, fmt::format("'{}' can't be written: {}", path_, std::strerror(errno))};
  }

  std::string path_;
  std::string stream_;
  std::ofstream file_;
};

/// The frames that were written.
Result<int64_t> write_scene(const SceneOptions& o, const std::stop_token& stop, Console& console) {
  WEIR_ASSIGN_OR_RETURN(const scene::StreetConfig config, to_config(o));
  TruthFile truth(o.truth, default_stream_name(o.video));
  WEIR_RETURN_IF_ERROR(truth.opened());
  auto next_status = std::chrono::steady_clock::now();
  const auto after_frame = [&](const scene::Street& street, int64_t frame) -> Status {
    if (console.is_live() && std::chrono::steady_clock::now() >= next_status) {
      console.show_status({fmt::format("frame {} of {}", frame + 1, config.frames)});
      next_status = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
    }
    return truth.write(street, frame);
  };
  const Result<int64_t> written = write_street_video(o.video, config, stop, after_frame);
  console.clear_status();
  return written;
}

int run(const SceneOptions& options, Console& console) {
  log_to(console, options.quiet);
  StopSignals signals;
  const Result<int64_t> written = write_scene(options, signals.token(), console);
  if (!written) return report_error(written.error());
  if (!options.quiet) {
    const std::string text = fmt::format("{}: {} frames{}\n", options.video, *written,
                                         options.truth.empty() ? "" : ", truth in " + options.truth);
    if (const Status told = write_whole(stdout, text, "this line"); !told) return report_error(told.error());
  }
  return signals.received() != 0 ? kSignalled + signals.received() : kSuccess;
}

}  // namespace

void add_scene_command(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<SceneOptions>();
  CLI::App* scene_app = app.add_subcommand("scene", "Write a rendered street as a video, with its truth");
  add_options(*scene_app, *options);
  scene_app->footer(
      "A seed gives the same pixels and the same truth on every machine. The scene is an input as well:\n"
      "  weir run 'scene:street?size=1920x1080&fps=30&seed=7&frames=900'\n\n"
      "Example:\n"
      "  weir scene gate.mp4 --truth gate.jsonl --seed 7 --frames 300\n\n"
      "Exit codes: 0 all frames were written; 1 writing failed; 2 an option can't be used;\n"
      "129, 130 or 143 stopped by a closed terminal, Ctrl-C or SIGTERM, with a video of the\n"
      "frames so far.");
  scene_app->callback(
      [options, &chosen] { chosen = [options](Console& console) { return run(*options, console); }; });
}

}  // namespace weir::cli
