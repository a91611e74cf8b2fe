// SPDX-License-Identifier: Apache-2.0
#include "lab/report/html.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"
#include "lab/account.h"
#include "lab/report/charts/charts.h"
#include "lab/report/findings.h"
#include "lab/report/markup.h"
#include "lab/report/page.h"

namespace weir::lab {
namespace {

struct Figure {
  std::string_view name;
  std::string_view title;
  std::string_view caption;
  Svg (*draw)(MeasuredList measured, double width_px);
};

constexpr Figure kMemory{
    "memory", "What the memory is",
    "The ledger of the repeat in the middle: blue is what exists once for each model that is loaded, grey is "
    "what any such process takes. The line at the end of a bar is the least to most of all repeats, as seen "
    "from outside. An outline that reaches back is what was accounted for though it isn't there.",
    draw_memory};
constexpr Figure kMemoryOverTime{
    "memory-over-time", "Memory over time",
    "A line for each repeat, each in a fresh process. Shaded: the time that counts.", draw_memory_over_time};
constexpr Figure kFrameRate{
    "frame-rate", "Frame rate",
    "A dot for each repeat, a bar across at their median. The ratio is paired, for what disturbed a repeat "
    "disturbed the base's too; the line is its 95 % interval. One that holds 1 is no difference.",
    draw_frame_rate};
constexpr Figure kLatency{"latency", "Latency",
                          "From the frame's arrival to its result. Dots and lines as above.", draw_latency};
constexpr Figure kScaling{"streams", "More streams",
                          "Medians, with the least to most. What a stream adds is the slope of the line that "
                          "fits best; the figure below says of what it is.",
                          draw_scaling};

std::vector<Figure> figures_of(Kind kind) {
  if (kind == Kind::kSharing) return {kMemory, kMemoryOverTime, kFrameRate, kLatency};
  return {kScaling, kMemory, kMemoryOverTime, kFrameRate, kLatency};
}

std::vector<Measured> measured_of(const Experiment& experiment, const Experiment* compared_with) {
  if (compared_with == nullptr) return {{"", &experiment, summarise(experiment)}};
  return {{"A", &experiment, summarise(experiment)}, {"B", compared_with, summarise(*compared_with)}};
}

bool is_measured(MeasuredList measured) {
  return std::ranges::any_of(measured, [](const Measured& each) { return !each.rows.empty(); });
}

std::string titled(std::string_view title, const Measured& measured) {
  return measured.label.empty() ? std::string(title) : fmt::format("{}: {}", measured.label, title);
}

std::string header(MeasuredList measured, const std::vector<std::string>& heading) {
  const Experiment& experiment = *measured.front().experiment;
  const bool sharing = experiment.kind == Kind::kSharing;
  std::string text =
      "<header>\n<p class=\"made-by\">weir bench " + escape(to_string(experiment.kind)) + "</p>\n";
  text += element("h1", sharing ? "What sharing one copy of the model saves"
                                : "How near the engine comes to the model alone");
  for (const Measured& each : measured) {
    const std::string found = findings(each);
    if (!found.empty()) text += "\n<p class=\"lead\">" + escape(titled(found, each)) + "</p>";
  }
  text += "\n<div class=\"conditions\">\n";
  for (const std::string& line : heading) text += element("p", line) + "\n";
  return text + "</div>\n</header>\n";
}

std::string alert(std::string_view what, const std::vector<std::string>& lines) {
  std::string text = "<div class=\"alert\" role=\"note\">\n" + element("p", what) + "\n";
  if (lines.empty()) return text + "</div>\n";
  text += "<ul>\n";
  for (const std::string& line : lines) text += element("li", line) + "\n";
  return text + "</ul>\n</div>\n";
}

std::string alerts(MeasuredList measured, const std::vector<std::string>& failures) {
  std::string text;
  for (const Measured& each : measured) {
    if (!each.experiment->interrupted) continue;
    text +=
        alert(titled("Interrupted: it was stopped before its end, and not all repeats are there.", each), {});
  }
  if (!is_measured(measured)) text += alert("Nothing was measured.", {});
  if (!failures.empty()) text += alert("Runs that failed, in their own words:", failures);
  return text;
}

std::string figure_markup(const Figure& figure, int number, MeasuredList measured) {
  std::string key;
  if (measured.size() > 1 && figure.name != kMemory.name) {
    for (const auto& [color, label] : {std::pair("a", "A"), std::pair("b", "B")}) {
      key += fmt::format(
          R"( <svg class="chart key" width="10" height="10"><circle class="fill {}" cx="5" cy="5" r="5"/></svg>{})",
          color, label);
    }
  }
  return fmt::format("<figure id=\"{}\">\n<figcaption><b>{}. {}</b>{}{}</figcaption>\n{}{}</figure>\n",
                     figure.name, number, escape(figure.title), escape(figure.caption), key,
                     figure.draw(measured, kWidePx).for_page("wide"),
                     figure.draw(measured, kNarrowPx).for_page("narrow"));
}

std::string row_markup(const std::vector<std::string>& row, std::string_view cell, std::string_view first) {
  std::string text = "<tr>";
  for (size_t i = 0; i < row.size(); ++i) {
    const std::string_view name = i == 0 ? "th" : cell;
    text += fmt::format("<{}{}>{}</{}>", name,
                        i == 0         ? first
                        : name == "th" ? R"( scope="col")"
                                       : "",
                        escape(row[i]), name);
  }
  return text + "</tr>\n";
}

std::string table_markup(const Table& table, std::string_view classes = "") {
  std::string text = fmt::format("<div class=\"scroll{}\" tabindex=\"0\">\n<table class=\"{}\">\n",
                                 table.caption.empty() ? "" : " elsewhere", classes);
  if (!table.caption.empty()) text += element("caption", table.caption) + "\n";
  const std::vector<std::string>& head = table.rows.front();
  const bool has_head = std::ranges::any_of(head, [](const std::string& cell) { return !cell.empty(); });
  if (has_head) text += "<thead>\n" + row_markup(head, "th", R"( scope="col")") + "</thead>\n";
  text += "<tbody>\n";
  for (size_t i = 1; i < table.rows.size(); ++i) text += row_markup(table.rows[i], "td", R"( scope="row")");
  return text + "</tbody>\n</table>\n</div>\n";
}

std::string account_markup(std::string_view title, const Account& account) {
  if (account.tables.empty() && account.notes.empty()) return "";
  std::string text = element("h2", title) + "\n";
  for (const Table& table : account.tables) text += table_markup(table);
  for (const std::string& note : account.notes) {
    text += "<p class=\"note\">" + escape(note) + "</p>\n";
  }
  return text;
}

std::string commands_markup(const Measured& measured) {
  std::string text =
      element("h2", titled("How it was run", measured)) + "\n" +
      element("p", "Set-ups took turns, each repeat in a fresh process. The command of each:") + "\n";
  for (const SetupRuns& setup : measured.experiment->setups) {
    std::string command = "weir";
    for (const std::string& word : setup.arguments) command += " " + shell_quoted(word);
    text += element("h3", setup.name) + "\n<pre><code>" + escape(command) + "</code></pre>\n";
  }
  return text;
}

std::vector<std::string> environment_values(const Experiment& experiment) {
  const Environment& where = experiment.environment;
  std::string inputs;
  for (const std::string& input : experiment.protocol.inputs) inputs += (inputs.empty() ? "" : ", ") + input;
  std::string models;
  for (const ModelFile& model : where.models) {
    models += fmt::format("{}{} ({})", models.empty() ? "" : ", ", model.path,
                          model.hash.empty() ? "could not be read" : model.hash);
  }
  std::string backend;
  for (const SetupRuns& setup : experiment.setups) {
    if (setup.repeats.empty() || !backend.empty()) continue;
    const ChildFigures& figures = setup.repeats.front().figures;
    backend = fmt::format("{} {}, {}, {}", figures.backend, figures.backend_version, figures.device,
                          figures.precision);
  }
  return {where.date,
          experiment.protocol.command,
          where.cpu,
          std::to_string(where.cores),
          where.memory_bytes ? fmt::format("{:.1f} GB", static_cast<double>(*where.memory_bytes) / 1e9) : "",
          where.kernel,
          backend,
          fmt::format("{} {}", where.weir_version, where.commit),
          models,
          inputs};
}

std::string environment_markup(MeasuredList measured) {
  Table table{.rows = {{""},
                       {"date"},
                       {"command"},
                       {"processor"},
                       {"cores"},
                       {"memory"},
                       {"kernel"},
                       {"backend"},
                       {"weir"},
                       {"models (hash)"},
                       {"inputs"}}};
  for (const Measured& each : measured) {
    const std::vector<std::string> values = environment_values(*each.experiment);
    table.rows.front().push_back(each.label);
    for (size_t i = 0; i < values.size(); ++i) table.rows[i + 1].push_back(values[i]);
  }
  return element("h2", "Where it was run") + "\n" + table_markup(table, "facts");
}

constexpr std::string_view kWords = R"(<h2>What the words mean</h2>
<dl>
<dt>PSS</dt><dd>Proportional set size: a process's own pages in full, shared pages divided among those that share
them. Sums of it over processes are true. MB is 1 000 000 bytes.</dd>
<dt>RSS</dt><dd>All pages that are there; those that are shared count in full in each process. It is shown where the
kernel doesn't tell PSS.</dd>
<dt>USS</dt><dd>Its own pages only: what ending the process would give back.</dd>
<dt>system</dt><dd>How much less memory the whole system had to give than just before the process started.</dd>
<dt>saved</dt><dd>1 - the ratio of memory (PSS, else RSS) to that of none.</dd>
<dt>foretold</dt><dd>What the base's ledger says it should be: its weights and compiled models, for as many as are
not loaded.</dd>
<dt>ratio to none</dt><dd>The median of the ratios to what ran just before or after it, with
its 95 % interval: the middle of a bootstrap over these ratios, from three repeats on.</dd>
<dt>unexplained</dt><dd>The memory less all that is accounted for.</dd>
</dl>
)";

}  // namespace

std::string to_html(const Experiment& experiment, const Experiment* compared_with) {
  const std::vector<Measured> measured = measured_of(experiment, compared_with);
  const Account account =
      compared_with == nullptr ? account_of(experiment) : account_of(experiment, *compared_with);

  std::string body = header(measured, account.heading) + alerts(measured, account.failures);
  if (is_measured(measured)) {
    int number = 0;
    for (const Figure& figure : figures_of(experiment.kind))
      body += figure_markup(figure, ++number, measured);
  }
  if (compared_with != nullptr) body += account_markup("Differences", account);
  for (const Measured& each : measured) {
    body += account_markup(titled("The figures", each), account_of(*each.experiment));
  }
  for (const Measured& each : measured) body += commands_markup(each);
  body += environment_markup(measured);
  body += kWords;
  body +=
      fmt::format("<footer>{}</footer>\n",
                  escape(fmt::format("Made by weir {}. Every raw value is in the file that weir bench --json "
                                     "writes.",
                                     experiment.environment.weir_version)));
  return page(fmt::format("weir bench {}, {}", to_string(experiment.kind), experiment.environment.date),
              body);
}

std::vector<ChartFile> chart_files(const Experiment& experiment, const Experiment* compared_with) {
  const std::vector<Measured> measured = measured_of(experiment, compared_with);
  std::vector<ChartFile> files;
  if (!is_measured(measured)) return files;
  for (const Figure& figure : figures_of(experiment.kind)) {
    files.push_back({fmt::format("{}.svg", figure.name), figure.draw(measured, kWidePx).as_file()});
  }
  return files;
}

}  // namespace weir::lab
