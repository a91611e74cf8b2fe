// SPDX-License-Identifier: Apache-2.0
// `weir doctor`: what can run here, and what is missing where something can't.
#include <memory>

#include "backends/all_backends.h"
#include "cli/commands.h"
#include "cli/doctor.h"
#include "infer/model_store.h"

namespace weir::cli {
namespace {

struct DoctorOptions {
  BackendOptions backends;
  std::string model;
  bool json = false;
};

int run(const DoctorOptions& options, Console& console) {
  log_to(console, false);
  if (!options.model.empty()) {
    if (const auto hash = content_hash(options.model); !hash) return report_error(hash.error());
  }
  const Findings findings = examine(all_backends(options.backends), options.model);
  const Status written =
      write_whole(stdout, options.json ? to_json_text(findings) : to_text(findings), "what was found");
  if (!written) return report_error(written.error());
  return findings.can_run() ? kSuccess : kFailure;
}

}  // namespace

void add_doctor_command(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<DoctorOptions>();
  CLI::App* doctor =
      app.add_subcommand("doctor", "What can run here, and what is missing where something can't");
  doctor->add_option("--model", options->model, "Also what each backend says of this model")
      ->type_name("PATH");
  doctor
      ->add_option("--rknn-lib", options->backends.rknn_library,
                   "librknnrt.so; default: what WEIR_RKNN_LIBRARY names, or the system's")
      ->type_name("PATH");
  doctor->add_flag("--json", options->json, "As JSON");
  doctor->footer(
      "Exit codes: 0 a backend other than fake can run (and takes the model); 1 none can;\n"
      "2 an option or the model's file can't be used.");
  doctor->callback(
      [options, &chosen] { chosen = [options](Console& console) { return run(*options, console); }; });
}

}  // namespace weir::cli
