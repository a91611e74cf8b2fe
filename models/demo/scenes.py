# SPDX-License-Identifier: Apache-2.0
"""Training pictures from generated streets: `weir scene` writes short videos with their truth; their frames are
kept as pictures of 960x540 with one .npy of boxes for all."""
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import cv2
import numpy as np

# Seeds from here on are for training only; those below are for demonstrations, tests and evaluation.
FIRST_TRAINING_SEED = 1_000_000
SIZE = (960, 540)  # width, height
# What hides more than this can't be told from its surroundings: neither learnt nor counted against the detector.
LEAST_VISIBLE = 0.25
LEAST_SIDE_PX = 2.0  # of a box, at the size that is trained on


def bgr_of(frame):
    """av.VideoFrame (limited-range BT.709) -> [540,960,3] u8 BGR, averaged over the area of each pixel."""
    planes = frame.to_ndarray(format="yuv420p")
    height, width = frame.height, frame.width
    quarter = height // 4
    y = planes[:height]
    u = planes[height:height + quarter].reshape(height // 2, width // 2)
    v = planes[height + quarter:].reshape(height // 2, width // 2)
    y, u, v = (cv2.resize(p, SIZE, interpolation=cv2.INTER_AREA).astype(np.float32) for p in (y, u, v))
    y, u, v = 255 / 219 * (y - 16), 255 / 224 * (u - 128), 255 / 224 * (v - 128)
    bgr = np.stack([y + 1.8556 * u, y - 0.1873 * u - 0.4681 * v, y + 1.5748 * v], axis=-1)
    return bgr.round().clip(0, 255).astype(np.uint8)


def boxes_of(line):
    """One line of truth -> [n,7] f32: frame, class, x1, y1, x2, y2 in pixels of SIZE, visible."""
    frame = json.loads(line)
    scale = SIZE[0] / frame["width"]
    rows = [[frame["frame"], o["class_id"], *(c * scale for c in o["box"]), o["visible"]] for o in frame["objects"]]
    return np.array(rows, np.float32).reshape(-1, 7)


def generate_street(weir, folder, seed, frames):
    """Pictures SEED-FRAME.jpg of one street in `folder`, then their boxes: SEED.npy, as boxes_of() gives them."""
    video, truth = folder / f"{seed}.mp4", folder / f"{seed}.jsonl"
    subprocess.run([weir, "scene", video, "--truth", truth, "--seed", str(seed), "--size", "1280x720", "--fps", "1",
                    "--frames", str(frames), "--quiet"], check=True)
    with av.open(str(video)) as container:
        for i, frame in enumerate(container.decode(video=0)):
            cv2.imwrite(str(folder / f"{seed}-{i}.jpg"), bgr_of(frame), [cv2.IMWRITE_JPEG_QUALITY, 95])
    np.save(folder / f"{seed}.npy", np.concatenate([boxes_of(line) for line in truth.read_text().splitlines()]))
    video.unlink()
    truth.unlink()


def generate(weir, folder, streets, frames, jobs):
    """Adds what is missing in `folder`: `frames` pictures, a second apart, of each of `streets` streets."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    seeds = range(FIRST_TRAINING_SEED, FIRST_TRAINING_SEED + streets)
    missing = [seed for seed in seeds if not (folder / f"{seed}.npy").exists()]
    with ThreadPoolExecutor(jobs) as pool:
        for i, _ in enumerate(pool.map(lambda seed: generate_street(weir, folder, seed, frames), missing), 1):
            if i % 20 == 0 or i == len(missing):
                print(f"street {i} of {len(missing)}", flush=True)
