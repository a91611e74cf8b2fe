#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `weir eval` against COCO's own program on made-up cases: eval_against_pycocotools.py WEIR

Every figure that both have must be equal within 1e-9: AP and AR of all, of each class and of each size, and recall
(COCO's at IoU 0.5 with 100 detections; of one class at a time, since COCO averages classes and weir counts objects).
Each case is run with COCO's JSON and with weir's own truth where that can say the same.
"""
import contextlib
import io
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

TOLERANCE = 1e-9
WIDTH, HEIGHT = 640, 480
SIZES = ["all", "small", "medium", "large"]
# Figure of weir -> (COCO's array, IoU threshold or all, detections a picture).
FIGURES = {"ap50_95": ("precision", slice(None), 2), "ap50": ("precision", 0, 2), "ap75": ("precision", 5, 2),
           "ar1": ("recall", slice(None), 0), "ar10": ("recall", slice(None), 1), "ar100": ("recall", slice(None), 2)}


class WithOptions(COCOeval):
    """COCO's evaluation, with weir's --min-size and --min-visible."""

    def __init__(self, truth, found, min_size, min_visible):
        super().__init__(truth, found, "bbox")
        self.min_visible = min_visible
        self.params.areaRng = [[max(low, min_size**2), high] for low, high in self.params.areaRng]

    def _prepare(self):
        super()._prepare()
        for objects in self._gts.values():
            for one in objects:
                one["ignore"] = one["ignore"] or one.get("visible", 1) < self.min_visible


class Case:
    """Pictures, objects and detections: all as COCO writes them, but for "corners", which weir's files need."""

    def __init__(self, seed, pictures, classes, objects, grid, crowds=0.0, outlines=False, invented=0.3, hidden=0.0):
        self.random = random.Random(seed)
        self.name = f"seed {seed}, {pictures} pictures, {classes} classes, grid {grid}"
        self.grid = grid
        self.own_truth = not crowds and not outlines  # what weir's own truth can say
        self.classes = [f"class {i}" for i in range(classes)]
        self.pictures = [{"id": 3 * i + 5, "file_name": f"folder/p{i:04}.jpg", "width": WIDTH, "height": HEIGHT}
                         for i in range(pictures)]
        self.objects, self.found = [], []
        for picture in self.pictures:
            for _ in range(self.random.randint(0, 2 * objects)):
                self.add_object(picture, crowds, outlines, hidden)
            for _ in range(self.random.randint(0, int(2 * objects * invented))):
                self.add_found(picture, self.random.randrange(classes), self.corners())

    def on_grid(self, value):
        return round(round(value / self.grid) * self.grid, 2)

    def corners(self):
        side = 2 ** self.random.uniform(2, 8)
        width, height = side * self.random.uniform(0.7, 1.4), side * self.random.uniform(0.7, 1.4)
        x, y = self.random.uniform(0, WIDTH - 20), self.random.uniform(0, HEIGHT - 20)
        return [self.on_grid(value) for value in (x, y, min(x + width, WIDTH), min(y + height, HEIGHT))]

    def add_object(self, picture, crowds, outlines, hidden):
        corners, kind = self.corners(), self.random.randrange(len(self.classes))
        one = self.add(self.objects, picture, kind, corners)
        one["iscrowd"] = int(self.random.random() < crowds)
        one["area"] = one["bbox"][2] * one["bbox"][3] * (self.random.uniform(0.4, 1) if outlines else 1)
        one["visible"] = round(self.random.random(), 2) if self.random.random() < hidden else 1.0
        for _ in range(self.random.choice([0, 1, 1, 1, 1, 2])):
            spread = self.random.choice([0, 0.03, 0.1, 0.2]) * (corners[2] - corners[0])
            moved = [self.on_grid(value + self.random.gauss(0, spread)) for value in corners]
            if self.random.random() < 0.05:
                kind = self.random.randrange(len(self.classes))
            if moved[0] <= moved[2] and moved[1] <= moved[3]:
                self.add_found(picture, kind, moved)

    def add_found(self, picture, kind, corners):
        # Few different scores: many are equal.
        self.add(self.found, picture, kind, corners)["score"] = round(self.random.random(), self.random.choice([1, 2, 4]))

    @staticmethod
    def add(to, picture, kind, corners):
        x1, y1, x2, y2 = corners
        to.append({"id": len(to) + 1, "image_id": picture["id"], "category_id": kind + 1, "corners": corners,
                   "bbox": [x1, y1, x2 - x1, y2 - y1]})
        return to[-1]

    def coco_truth(self):
        return {"images": self.pictures, "annotations": self.objects,
                "categories": [{"id": i + 1, "name": name} for i, name in enumerate(self.classes)]}

    def lines(self, key, entries, values):
        """JSON lines as weir writes them, one a picture."""
        by_picture = {picture["id"]: [] for picture in self.pictures}
        for one in entries:
            by_picture[one["image_id"]].append(
                {"label": self.classes[one["category_id"] - 1], "box": one["corners"], **{v: one[v] for v in values}})
        return "".join(json.dumps({"stream": Path(picture["file_name"]).stem, "frame": 0, "width": WIDTH,
                                   "height": HEIGHT, key: by_picture[picture["id"]]}) + "\n"
                       for picture in self.pictures)


def run_coco(case, min_size, min_visible):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = case.coco_truth()
        truth.createIndex()
        evaluation = WithOptions(truth, truth.loadRes(case.found), min_size, min_visible)
        evaluation.evaluate()
        evaluation.accumulate()
    return evaluation.eval


def run_weir(program, results, truth, min_size, min_visible):
    command = [program, "eval", results, truth, "--json", "--min-size", min_size, "--min-visible", min_visible]
    return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)


def mean(values):
    """As COCO means: -1 stands for nothing to be found."""
    values = values[values > -1]
    return float(values.mean()) if values.size else None


def coco_figures(evaluation, kind, size):
    figures = {}
    for name, (array, threshold, limit) in FIGURES.items():
        whole = evaluation[array]
        part = whole[threshold, :, kind, size, limit] if array == "precision" else whole[threshold, kind, size, limit]
        figures[name] = mean(np.asarray(part))
    if isinstance(kind, int):
        figures["recall"] = mean(np.asarray(evaluation["recall"][0, kind, size, 2]))
    return figures


def compare(where, mine, coco):
    """The largest difference; ends the program where it is too large."""
    largest = 0.0
    for name, value in coco.items():
        if (mine[name] is None) != (value is None) or (value is not None and abs(mine[name] - value) > TOLERANCE):
            sys.exit(f"{where}: {name} is {mine[name]}, and {value} in pycocotools")
        largest = max(largest, abs((mine[name] or 0) - (value or 0)))
    return largest


def check(program, case, folder, min_size, min_visible):
    coco = run_coco(case, min_size, min_visible)
    results = folder / "results.jsonl"
    results.write_text(case.lines("detections", case.found, ["score"]))
    truths = {folder / "truth.json": json.dumps(case.coco_truth(), indent=1)}
    if case.own_truth:
        truths[folder / "truth.jsonl"] = case.lines("objects", case.objects, ["visible"])
    largest = 0.0
    for path, text in truths.items():
        path.write_text(text)
        # COCO's JSON can't say how much of an object is visible: pycocotools was told, weir is not.
        if path.suffix == ".json" and any(one["visible"] < min_visible for one in case.objects):
            continue
        mine = run_weir(program, results, path, min_size, min_visible)
        where = f"{case.name}, --min-size {min_size} --min-visible {min_visible}, {path.name}"
        for size, name in enumerate(SIZES):
            largest = max(largest, compare(f"{where}: {name}", mine if size == 0 else mine["sizes"][size - 1],
                                           coco_figures(coco, slice(None), size)))
        for one in mine["classes"]:
            kind = case.classes.index(one["label"])
            largest = max(largest, compare(f"{where}: {one['label']}", one, coco_figures(coco, kind, 0)))
    ap50_95, ap50 = (coco_figures(coco, slice(None), 0)[name] for name in ("ap50_95", "ap50"))
    print(f"{case.name}, --min-size {min_size} --min-visible {min_visible}: {len(case.objects)} objects, "
          f"{len(case.found)} detections, AP {ap50_95:.3f}, AP50 {ap50:.3f}; largest difference {largest:.1g}")


def main():
    program = Path(sys.argv[1])
    cases = [
        Case(1, pictures=40, classes=5, objects=8, grid=0.01),
        Case(2, pictures=40, classes=5, objects=8, grid=1),
        Case(3, pictures=60, classes=3, objects=10, grid=8, crowds=0.15),  # coarse: overlaps lie on thresholds
        Case(4, pictures=60, classes=12, objects=6, grid=0.01, crowds=0.1, outlines=True),
        Case(5, pictures=4, classes=1, objects=60, grid=0.01, invented=5),  # more than 100 detections a picture
        Case(6, pictures=5, classes=40, objects=3, grid=0.01),              # most classes have no object
        Case(7, pictures=40, classes=4, objects=8, grid=4, hidden=0.5),
        Case(8, pictures=300, classes=4, objects=6, grid=0.01, hidden=0.3),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            for min_size, min_visible in ((0, 0), (24, 0.25), (40, 0.8)):
                check(program, case, Path(folder), min_size, min_visible)
    return 0


if __name__ == "__main__":
    sys.exit(main())
