#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `weir run` against the reference on the shared pictures: compare_pictures.py WEIR DATA. Exit 77: no data.

416x416, the same resampling: every detection with score >= 0.35 has its twin (IoU >= 0.95, score within 0.02), and
none is invented. OpenCV's bilinear resampling, at 416x416 and at the sizes that match the pictures' aspects: at
least 95 % of those with score >= 0.5 have a twin with IoU >= 0.8, both ways.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOWEST_SCORE = 0.1  # of what is computed: a twin may lie just below the score that is asked for


def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def by_stream(lines):
    return {record["stream"]: record["detections"] for record in map(json.loads, lines.splitlines())}


def run_weir(program, model, pictures, size):
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.jsonl"
        command = [program, "run", *pictures, "--model", model, "--precision", "f32", "--input-size", size,
                   "--score", str(LOWEST_SCORE), "--results", results, "--quiet"]
        subprocess.run(list(map(str, command)), check=True)
        return by_stream(results.read_text())


def run_reference(model, pictures, size, resize):
    command = [sys.executable, HERE / "reference_detector.py", *pictures, "--model", model, "--input-size", size,
               "--score", str(LOWEST_SCORE), "--resize", resize]
    return by_stream(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)


def twins(wanted, offered, score, least_iou, score_tolerance):
    """How many of the `wanted` with at least `score` have a twin in `offered`, of how many; and those without."""
    found, lost = 0, []
    for stream, detections in wanted.items():
        for detection in (d for d in detections if d["score"] >= score):
            if any(other["class_id"] == detection["class_id"] and iou(other["box"], detection["box"]) >= least_iou
                   and abs(other["score"] - detection["score"]) <= score_tolerance for other in offered[stream]):
                found += 1
            else:
                lost.append((stream, detection))
    return found, found + len(lost), lost


def check(name, mine, reference, score, least_iou, score_tolerance, share):
    if mine.keys() != reference.keys():
        sys.exit(f"{name}: streams {sorted(mine)} against {sorted(reference)}")
    passed = True
    for way, wanted, offered in (("found", reference, mine), ("not invented", mine, reference)):
        found, total, lost = twins(wanted, offered, score, least_iou, score_tolerance)
        print(f"{name}: {way}: {found} of {total}")
        if total == 0 or found < share * total:
            passed = False
            for stream, detection in lost:
                print(f"  without a twin: {stream}: {json.dumps(detection)}")
    return passed


def fitted_size(path):
    """416 on the longer side, the shorter the smallest multiple of 32 that holds the aspect ratio."""
    output = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", path],
                            check=True, capture_output=True, text=True).stdout
    width, height = map(int, output.split()[0].split(",")[:2])
    sides = [-(-side * 416 // max(width, height)) for side in (width, height)]
    return "x".join(str(-(-side // 32) * 32) for side in sides)


def main():
    program, data = Path(sys.argv[1]), Path(sys.argv[2])
    model = data / "models" / "yolox_nano_416.onnx"
    pictures = sorted([*(data / "images").glob("*.*"), *(data / "images" / "coco").glob("*.jpg")])
    if not model.exists() or not pictures:
        print(f"skipped: no test data in {data}; WEIR_TEST_DATA names its folder")
        return 77
    square = run_weir(program, model, pictures, "416x416")
    passed = check("416x416, same resampling", square, run_reference(model, pictures, "416x416", "libyuv"),
                   score=0.35, least_iou=0.95, score_tolerance=0.02, share=1.0)
    passed &= check("416x416, OpenCV's resampling", square, run_reference(model, pictures, "416x416", "opencv"),
                    score=0.5, least_iou=0.8, score_tolerance=1.0, share=0.95)
    mine, reference = {}, {}
    for size in sorted({fitted_size(picture) for picture in pictures}):
        group = [picture for picture in pictures if fitted_size(picture) == size]
        mine |= run_weir(program, model, group, size)
        reference |= run_reference(model, group, size, "opencv")
    passed &= check("aspect-matched, OpenCV's resampling", mine, reference,
                    score=0.5, least_iou=0.8, score_tolerance=1.0, share=0.95)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
