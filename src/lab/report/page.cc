// SPDX-License-Identifier: Apache-2.0
#include "lab/report/page.h"

#include "lab/report/charts/style.h"
#include "lab/report/markup.h"

namespace weir::lab {
namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<link rel="icon" href="data:,"/>
)";

constexpr std::string_view kStyle = R"(:root {
  --ground: #ffffff; --ink: #14181d; --muted: #565e69; --line: #d9dde2; --panel: #f5f7f9;
  --accent: #0b5cad; --warning: #9a3412; --warning-ground: #fff4ec;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #14181d; --ink: #e8ebef; --muted: #a5acb6; --line: #2f363f; --panel: #1b2027;
    --accent: #79b0f5; --warning: #fdba8c; --warning-ground: #2c1f18;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif;
  -webkit-text-size-adjust: 100%;
}
main { max-width: 908px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; margin: 4px 0 16px; }
h2 { font-size: 20px; line-height: 1.3; margin: 56px 0 12px; padding-top: 14px; border-top: 1px solid var(--line); }
h3 { font-size: 15px; margin: 24px 0 6px; }
p { margin: 0 0 12px; max-width: 68ch; }
.made-by { margin: 0; color: var(--accent); font-weight: 600; }
.lead { font-size: 19px; line-height: 1.5; margin: 0 0 16px; }
.conditions, footer { color: var(--muted); font-size: 14px; }
.conditions p { margin: 0 0 2px; max-width: none; }
figure { margin: 40px 0 0; }
figcaption { font-size: 14px; line-height: 1.5; color: var(--muted); margin: 0 0 16px; max-width: 76ch; }
figcaption b { display: block; color: var(--ink); font-size: 16px; }
.chart { display: block; max-width: 100%; height: auto; overflow: visible; }
.key { display: inline-block; margin: 0 4px 0 8px; }
.narrow { display: none; }
.alert {
  border-left: 4px solid var(--warning); background: var(--warning-ground);
  padding: 10px 16px; margin: 20px 0; overflow-wrap: anywhere;
}
.alert p, .alert ul { margin: 0; }
.alert ul { padding-left: 18px; }
.scroll { overflow-x: auto; margin: 20px 0 28px; }
table { border-collapse: collapse; font-size: 13.5px; line-height: 1.4; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding: 0 0 8px; }
th, td { padding: 5px 0 5px 16px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
th:first-child { text-align: left; padding-left: 0; }
.note { font-size: 14px; color: var(--muted); }
thead th { white-space: normal; color: var(--muted); border-bottom: 1.5px solid var(--muted); vertical-align: bottom; }
.facts td { text-align: left; white-space: normal; overflow-wrap: anywhere; vertical-align: top; }
.facts th { vertical-align: top; }
.elsewhere { border: 1px dashed var(--muted); background: var(--panel); padding: 12px 16px; }
pre {
  background: var(--panel); padding: 10px 14px; margin: 0 0 12px; overflow-x: auto;
  font: 13px/1.5 ui-monospace, "Cascadia Mono", Menlo, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
}
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 20px; font-size: 14px; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; color: var(--muted); max-width: 68ch; }
footer { margin-top: 48px; border-top: 1px solid var(--line); padding-top: 14px; }
@media screen and (max-width: 700px) {
  main { padding: 24px 16px 48px; }
  h1 { font-size: 25px; }
  .lead { font-size: 17px; }
  .wide { display: none; }
  .narrow { display: block; width: 100%; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 10px; }
}
@media print {
  @page { margin: 16mm 14mm; }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  h2, h3 { break-after: avoid; }
  figure, tr, pre, .alert { break-inside: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 8.5pt; }
  th, td { padding-left: 10px; }
}
)";

}  // namespace

std::string page(std::string_view title, std::string_view body) {
  std::string text(kHead);
  text += element("title", title) + "\n<style>\n";
  text += kStyle;
  text += chart_style();
  text += "</style>\n</head>\n<body>\n<main>\n";
  text += body;
  text += "</main>\n</body>\n</html>\n";
  return text;
}

}  // namespace weir::lab
