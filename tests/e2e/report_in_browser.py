#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looks at the report of `weir bench` in a real browser: report_in_browser.py WEIR [FOLDER]

Headless Chromium opens pages made from made-up experiments. Each must say nothing on its console, show a mark for all
that was measured, fit a telephone's width, and be light on a light desktop and dark on a dark one. Pictures of the
pages are left in FOLDER if one is named. Exit code 77 where there is no Chromium, or it can't start.
"""
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import cv2

MEGABYTE = 1_000_000
WIDTH, PHONE_WIDTH, HEIGHT = 1280, 400, 2400
REPEATS = 5
# name, MB of PSS, models, contexts, frames a second, streams
SHARING = [("none", 520, 12, 12, 80, 4), ("stream", 379, 4, 12, 81, 4), ("all", 250, 1, 12, 82, 4), ("pool", 239, 1, 2, 83, 4)]
ENGINE = [("back to back", 150, 1, 2, 165, 1), ("small pictures", 200, 1, 2, 158, 4), ("1 stream", 170, 1, 2, 60, 1),
          ("2 streams", 195, 1, 2, 84, 2), ("4 streams", 245, 1, 2, 84, 4)]
# figure -> (element, first class, marks for each set-up)
MARKS = {"memory": ("rect", "segment", 8), "memory-over-time": ("polyline", "run", REPEATS),
         "frame-rate": ("circle", "repeat", REPEATS), "latency": ("circle", "repeat", 2 * REPEATS)}


def ledger(megabytes, models, contexts, streams):
    known = [("program", 20), ("runtime", 38), ("weights", 3.6 * models), ("compiled model", 15 * models),
             ("activations", 2.9 * contexts), ("decoder surfaces", 16.5 * streams), ("libraries", 34)]
    known.append(("unexplained", megabytes - sum(size for _, size in known)))
    return [{"kind": kind, "owner": "made up", "bytes": round(size * MEGABYTE)} for kind, size in known]


def repeat(rng, number, name, megabytes, models, contexts, rate, streams):
    megabytes *= rng.gauss(1, 0.003)
    rate *= rng.gauss(1, 0.01)
    pss = [round(min(1, (i + 1) / 12) * megabytes * MEGABYTE) for i in range(40)]
    samples = [{"seconds": i / 4, "rss_bytes": size, "system_bytes": size, "pss_bytes": size, "uss_bytes": size}
               for i, size in enumerate(pss)]
    child = {"backend": "openvino", "backend_version": "2026", "device": "a processor", "precision": "f32",
             "input_size": "416x256", "models_loaded": models, "contexts": contexts, "cores": 2, "wall_seconds": 7,
             "frames_per_second": rate, "cpu_ms_per_frame": 2000 / rate, "ledger": ledger(megabytes, models, contexts, streams),
             "ledger_pss_bytes": round(megabytes * MEGABYTE),
             "streams": [{"name": f"{name} {i}", "inferred": 140, "dropped": 0, "frames_per_second": rate / streams,
                          "latency_p50_ms": 90 * rng.gauss(1, 0.05), "latency_p99_ms": 160 * rng.gauss(1, 0.1)}
                         for i in range(streams)]}
    return {"repeat": number, "measured_from_seconds": 3, "measured_to_seconds": 10, "peak_rss_bytes": max(pss),
            "harness_cpu_ratio": 0.004, "child": child, "samples": samples}


def experiment(kind, setups, seed):
    rng = random.Random(seed)
    return {"weir_lab": 1, "kind": kind, "interrupted": False,
            "environment": {"date": "2030-01-02T03:04:05Z", "weir_version": "0", "commit": "", "cpu": "a <b>processor</b>",
                            "cores": 2, "memory_bytes": 8 * 1000 * MEGABYTE, "kernel": "Linux",
                            "models": [{"path": "m.onnx", "hash": "00ff"}]},
            "protocol": {"streams": 4, "contexts_per_stream": 3, "repeats": REPEATS, "warmup_seconds": 2,
                         "duration_seconds": 7, "pace": "max", "inputs": ["<script>nonsense(</script>.mp4"]},
            "setups": [{"name": setup[0], "arguments": ["run", "<script>nonsense(</script>.mp4"], "failures": [],
                        "repeats": [repeat(rng, i + 1, *setup) for i in range(REPEATS)]} for setup in setups]}


class Marks(HTMLParser):
    """Counts (figure, element, first class) in the charts for wide windows, and notes attributes that run or load."""

    def __init__(self):
        super().__init__()
        self.figure = None
        self.wide = False
        self.counts = {}
        self.suspicious = []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        classes = (values.get("class") or "").split() or [""]
        if tag == "figure":
            self.figure = values["id"]
        if tag == "svg":
            self.wide = "wide" in classes
        if tag == "script" or any(name == "src" or name.startswith("on") for name in values):
            self.suspicious.append(self.get_starttag_text())
        if self.wide:
            key = (self.figure, tag, classes[0])
            self.counts[key] = self.counts.get(key, 0) + 1

    def handle_endtag(self, tag):
        if tag == "svg":
            self.wide = False


class Browser:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder

    def start(self, url, *options, width=WIDTH):
        command = [self.program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                   "--no-first-run", "--hide-scrollbars", "--allow-file-access-from-files", "--enable-logging=stderr",
                   f"--user-data-dir={self.folder / 'profile'}", f"--window-size={width},{HEIGHT}", *options, url]
        return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=120, check=True)

    def open(self, page, *options, width=WIDTH):
        """Returns (standard output, what the page said on its console)."""
        done = self.start(page.as_uri(), *options, width=width)
        return done.stdout, re.findall(r".*:CONSOLE[:(].*", done.stderr)

    def picture(self, page, path, dark):
        self.open(page, f"--screenshot={path}", f"--blink-settings=preferredColorScheme={0 if dark else 1}")
        return cv2.imread(str(path))


def check_that_errors_show(browser, folder):
    """A check of the console that can't fail would be worth nothing."""
    page = folder / "broken.html"
    page.write_text("<script>nonsense(</script>")
    assert browser.open(page, "--dump-dom")[1], "a broken script was not noticed"


def check_marks(browser, page, setups, experiments):
    dom, console = browser.open(page, "--dump-dom")
    assert not console, f"{page.name}: {console}"
    marks = Marks()
    marks.feed(dom)
    assert not marks.suspicious, f"{page.name}: {marks.suspicious}"
    for figure, (element, name, each) in MARKS.items():
        found = marks.counts.get((figure, element, name), 0)
        expected = each * len(setups) * experiments
        assert found == expected, f"{page.name}: {figure} has {found} marks, not {expected}"
    points = marks.counts.get(("streams", "circle", "point"), 0)
    expected = 2 * sum(setup[0].endswith(("stream", "streams")) for setup in setups if setups is ENGINE)
    assert points == expected, f"{page.name}: {points} numbers of streams in two charts, not {expected}"


def check_width(browser, page, folder):
    """In a frame as wide as a telephone, nothing reaches beyond it."""
    frame = folder / "frame.html"
    frame.write_text(f"""<iframe id="f" src="{page.name}" style="width:{PHONE_WIDTH}px;height:800px;border:0"></iframe>
<script>onload = () => document.title = "width " + f.contentDocument.documentElement.scrollWidth</script>""")
    dom, _ = browser.open(frame, "--dump-dom")
    width = re.search(r"<title>width (\d+)</title>", dom)
    assert width and int(width[1]) == PHONE_WIDTH, f"{page.name} on a telephone: {width and width[0]}"


def check_themes(browser, page, folder):
    for dark in (False, True):
        picture = browser.picture(page, folder / f"{page.stem}-{'dark' if dark else 'light'}.png", dark)
        assert picture is not None and picture.shape[1] == WIDTH, f"{page.name}: no picture"
        ground = float(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).mean())
        assert ground < 60 if dark else ground > 200, f"{page.name}: dark is {dark}, and the page's mean is {ground}"
        colourful = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)[:, :, 1] > 130
        assert colourful.mean() > 0.003, f"{page.name}: no coloured marks ({colourful.mean():.4f} of the picture)"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def main(weir, folder, chromium):
    files = {}
    for name, made_up in (("sharing", experiment("sharing", SHARING, 1)), ("later", experiment("sharing", SHARING, 2)),
                          ("engine", experiment("engine", ENGINE, 3))):
        files[name] = folder / f"{name}.json"
        files[name].write_text(json.dumps(made_up))
    browser = Browser(chromium, folder)
    try:
        browser.start("about:blank", "--dump-dom")
    except (OSError, subprocess.SubprocessError) as error:  # some containers let no browser run
        skip(f"{chromium} does not start here: {error}\n{(getattr(error, 'stderr', None) or '')[-1000:]}")
    check_that_errors_show(browser, folder)
    for title, names, setups in (("one", ["sharing"], SHARING), ("two", ["sharing", "later"], SHARING), ("streams", ["engine"], ENGINE)):
        page = folder / f"{title}.html"
        subprocess.run([weir, "bench", "report", *[files[name] for name in names], "--html", page, "--quiet"], check=True)
        check_marks(browser, page, setups, len(names))
        check_width(browser, page, folder)
        check_themes(browser, page, folder)
    print("three pages: all marks are there, no word on the console, both themes, fit for a telephone")


if __name__ == "__main__":
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    if found is None:
        skip("there is no chromium here (Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory() as temporary:
        where = Path(sys.argv[2] if len(sys.argv) == 3 else temporary).resolve()
        where.mkdir(parents=True, exist_ok=True)
        main(str(Path(sys.argv[1]).resolve()), where, found)
