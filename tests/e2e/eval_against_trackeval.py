#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `weir eval --tracking` against TrackEval on made-up cases: eval_against_trackeval.py WEIR

HOTA, DetA, AssA, MOTA, IDF1 and id switches must be equal within 1e-6, of each class and of all (TrackEval's boxes of
all classes as one). TrackEval reads MOTChallenge's files with its own reader: those that `weir eval --write-mot` writes,
and those that this script writes.
"""
import contextlib
import importlib.util
import io
import json
import random
import subprocess
import sys
import tempfile
import types
from pathlib import Path

TOLERANCE = 1e-6
SKIPPED = 77
WIDTH, HEIGHT = 640, 480


def load_trackeval():
    """The parts that measure and read. (The package itself would load what draws its plots as well.)"""
    spec = importlib.util.find_spec("trackeval")
    if spec is None:
        print("trackeval is not installed: tools/setup installs it")
        sys.exit(SKIPPED)
    for name in ("trackeval", "trackeval.datasets"):
        module = types.ModuleType(name)
        module.__path__ = [str(Path(spec.origin).parent / name.removeprefix("trackeval").replace(".", "/").strip("/"))]
        sys.modules[name] = module
    from trackeval.datasets.mot_challenge_2d_box import MotChallenge2DBox
    from trackeval.metrics import CLEAR, HOTA, Identity
    return MotChallenge2DBox, [HOTA(), CLEAR({"PRINT_CONFIG": False}), Identity({"PRINT_CONFIG": False})]


class Case:
    """Objects that walk about, and tracks that follow them badly."""

    def __init__(self, seed, streams=1, classes=1, objects=8, frames=60, noise=0.05, switches=0.02, missed=0.1,
                 invented=0.3, hidden=0.0, grid=0.0, empty=0.0, found_nothing=False):
        self.random = random.Random(seed)
        self.name = f"seed {seed}, {streams} streams, {classes} classes, {objects} objects"
        self.labels = ["person", "car", "bus"][:classes]
        self.grid, self.noise, self.switches, self.missed, self.hidden = grid, noise, switches, missed, hidden
        self.invented, self.empty = invented, empty
        self.truth, self.found = [], []  # (stream, frame, label, id, box, visible or score)
        self.frames = frames
        self.streams = [f"s{i}" for i in range(streams)]
        for stream in self.streams:
            for i in range(objects):
                self.add_object(stream, 7 * i + 3, self.random.choice(self.labels))
            self.add_invented(stream)
        if found_nothing:
            self.found = []

    def on_grid(self, value):
        return round(value / self.grid) * self.grid if self.grid else round(value, 2)

    def add_object(self, stream, track, label):
        r = self.random
        x, y, w, h = r.uniform(0, WIDTH), r.uniform(0, HEIGHT), r.uniform(20, 120), r.uniform(20, 120)
        vx, vy = r.uniform(-6, 6), r.uniform(-4, 4)
        begin, end = sorted((r.randrange(self.frames), r.randrange(self.frames)))
        found_as = track * 10 + 1
        for frame in range(begin, end + 1):
            x, y = x + vx, y + vy
            if frame % 10 < 10 * self.empty:
                continue
            box = [self.on_grid(v) for v in (x, y, x + w, y + h)]
            self.truth.append((stream, frame, label, track, box, round(r.random(), 2) if r.random() < self.hidden else 1))
            if r.random() < self.switches:
                found_as += 1
            if r.random() < self.missed:
                continue
            moved = [self.on_grid(v + r.gauss(0, self.noise * w)) for v in box]
            if moved[0] < moved[2] and moved[1] < moved[3]:
                self.found.append((stream, frame, label, found_as, moved, round(r.random(), 3)))

    def add_invented(self, stream):
        """Tracks that are on nothing, or on somebody else's object."""
        r = self.random
        for track in range(5001, 5001 + int(10 * self.invented)):
            label = r.choice(self.labels)
            x, y, w = r.uniform(0, WIDTH), r.uniform(0, HEIGHT), r.uniform(10, 80)
            for frame in range(r.randrange(self.frames), self.frames, r.choice([1, 2, 5])):
                box = [self.on_grid(v) for v in (x, y, x + w, y + w)]
                same = [one for one in self.truth if one[:3] == (stream, frame, label)]
                if same and r.random() < 0.3:
                    box = list(r.choice(same)[4])
                self.found.append((stream, frame, label, track, box, round(r.random(), 3)))

    def lines(self, entries, key, values):
        by_frame = {(stream, frame): [] for stream in self.streams for frame in range(self.frames)}
        for stream, frame, label, track, box, value in entries:
            by_frame[stream, frame].append({"label": label, "box": box, values[0]: track, values[1]: value})
        return "".join(json.dumps({"stream": stream, "frame": frame, "width": WIDTH, "height": HEIGHT, key: boxes}) + "\n"
                       for (stream, frame), boxes in by_frame.items())

    def write(self, folder):
        results, truth = folder / "found.jsonl", folder / "truth.jsonl"
        results.write_text(self.lines(self.found, "detections", ["track_id", "score"]))
        truth.write_text(self.lines(self.truth, "objects", ["id", "visible"]))
        return results, truth


def measure_with_trackeval(dataset_class, metrics, folder, streams, frames):
    """One class of a folder that is laid out as TrackEval wants it."""
    config = {"GT_FOLDER": str(folder / "gt"), "TRACKERS_FOLDER": str(folder / "trackers"), "BENCHMARK": "weir",
              "SPLIT_TO_EVAL": "all", "SKIP_SPLIT_FOL": True, "PRINT_CONFIG": False, "OUTPUT_FOLDER": None}
    with contextlib.redirect_stdout(io.StringIO()):
        dataset = dataset_class(config)
        all_sequences = {metric.get_name(): {} for metric in metrics}
        for stream in streams:
            data = dataset.get_preprocessed_seq_data(dataset.get_raw_seq_data("weir", stream), "pedestrian")
            for metric in metrics:
                all_sequences[metric.get_name()][stream] = metric.eval_sequence(data)
    return {metric.get_name(): metric.combine_sequences(all_sequences[metric.get_name()]) for metric in metrics}


def figures_of(combined):
    hota, clear, identity = combined["HOTA"], combined["CLEAR"], combined["Identity"]
    return {"hota": float(hota["HOTA"].mean()), "deta": float(hota["DetA"].mean()), "assa": float(hota["AssA"].mean()),
            "mota": float(clear["MOTA"]), "idf1": float(identity["IDF1"]), "id_switches": int(clear["IDSW"])}


def compare(where, mine, theirs):
    """The largest difference; ends the program if it is too large."""
    largest = 0.0
    for name, value in theirs.items():
        if mine["objects"] == 0 and mine[name] is None:
            continue  # nothing to be found: weir says so, TrackEval says 0
        if mine[name] is None or abs(mine[name] - value) > TOLERANCE:
            sys.exit(f"{where}: {name} is {mine[name]}, and {value} in TrackEval")
        largest = max(largest, abs(mine[name] - value))
    return largest


def run_weir(program, *arguments):
    command = [program, "eval", "--tracking", "--json", *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def write_mot(folder, case, kind_of):
    """The case's first stream as MOTChallenge's files, laid out as TrackEval wants it: the truth and what was found."""
    gt, found = folder / "gt" / "s0" / "gt" / "gt.txt", folder / "trackers" / "weir" / "data" / "s0.txt"
    for path in (gt, found, folder / "gt" / "seqmaps" / "weir-all.txt"):
        path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for _, frame, _, track, b, visible in case.truth:
        kind, counts = kind_of(track, visible)
        lines.append(f"{frame + 1},{track},{b[0]},{b[1]},{b[2] - b[0]},{b[3] - b[1]},{counts},{kind},{visible}\n")
    gt.write_text("".join(lines))
    found.write_text("".join(f"{frame + 1}, {track}, {b[0]}, {b[1]}, {b[2] - b[0]}, {b[3] - b[1]}, {score}, -1, -1, -1\n"
                             for _, frame, _, track, b, score in case.found))
    (gt.parent.parent / "seqinfo.ini").write_text(f"[Sequence]\nname=s0\nseqLength={case.frames}\n")
    (folder / "gt" / "seqmaps" / "weir-all.txt").write_text("name\ns0\n")
    return found, gt


def check(program, trackeval, case, folder, *options):
    dataset_class, metrics = trackeval
    results, truth = case.write(folder)
    mine = run_weir(program, results, truth, "--write-mot", folder / "mot", *options)
    largest, by_class = 0.0, {}
    for one in mine["classes"]:
        by_class[one["label"]] = measure_with_trackeval(dataset_class, metrics, folder / "mot" / one["label"], case.streams,
                                                        case.frames)
        largest = max(largest, compare(f"{case.name}, {one['label']}", one, figures_of(by_class[one["label"]])))
    all_classes = {metric.get_name(): metric.combine_classes_det_averaged(
        {label: combined[metric.get_name()] for label, combined in by_class.items()}) for metric in metrics}
    largest = max(largest, compare(f"{case.name}, all", mine, figures_of(all_classes)))
    if "--min-visible" in options:  # in MOTChallenge's words, who is hidden is a distractor
        write_mot(folder / "own", case, lambda track, visible: (8, 0) if visible < mine["min_visible"] else (1, 1))
        theirs = measure_with_trackeval(dataset_class, metrics, folder / "own", ["s0"], case.frames)
        largest = max(largest, compare(f"{case.name}, distractors", mine, figures_of(theirs)))
    print(f"{case.name} {' '.join(options)}: HOTA {mine['hota']:.3f}, MOTA {mine['mota']:.3f}, IDF1 {mine['idf1']:.3f}, "
          f"{mine['id_switches']} switches; largest difference {largest:.1g}")


def check_mot(program, trackeval, seed, folder):
    """A truth with all that MOTChallenge's has: people of whom nothing is asked, distractors, cars."""
    dataset_class, metrics = trackeval
    case = Case(seed, objects=14, frames=80, noise=0.08)
    kinds = {}
    found, gt = write_mot(folder, case, lambda track, _: kinds.setdefault(
        track, case.random.choice([(1, 1)] * 5 + [(1, 0), (3, 0), (7, 0), (8, 0), (12, 0)])))
    mine = run_weir(program, "--format", "mot", found, gt)
    theirs = figures_of(measure_with_trackeval(dataset_class, metrics, folder, ["s0"], case.frames))
    largest = compare(f"MOTChallenge's files, seed {seed}", mine, theirs)
    print(f"MOTChallenge's files, seed {seed}: HOTA {mine['hota']:.3f}, {mine['objects']} objects; "
          f"largest difference {largest:.1g}")


def main():
    program = sys.argv[1]
    trackeval = load_trackeval()
    cases = [
        (Case(1), ),
        (Case(2, streams=3, classes=3, objects=12), ),
        (Case(3, noise=0.2, switches=0.1, missed=0.3), ),
        (Case(4, noise=0.1, hidden=0.4), "--min-visible", "0.5"),
        (Case(5, noise=0.1, objects=15, hidden=0.3, classes=2), "--min-size", "48"),
        (Case(6, empty=0.3, switches=0.2), ),
        (Case(7, grid=16, noise=0.1, objects=20), ),  # coarse: overlaps lie on thresholds
        (Case(8, streams=2, classes=3, objects=2, frames=20), ),
        (Case(9, found_nothing=True, streams=2), ),
        (Case(10, objects=40, frames=150, noise=0.15, switches=0.05, invented=2), "--score", "0.3"),
    ]
    for number, (case, *options) in enumerate(cases):
        with tempfile.TemporaryDirectory() as folder:
            check(program, trackeval, case, Path(folder), *options)
    for seed in range(20, 25):
        with tempfile.TemporaryDirectory() as folder:
            check_mot(program, trackeval, seed, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
