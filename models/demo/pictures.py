# SPDX-License-Identifier: Apache-2.0
"""The pictures that the detector is trained on, as weir would letterbox them, each time seen a little differently."""
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset

from scenes import LEAST_SIDE_PX, LEAST_VISIBLE, SIZE

INPUT = (416, 256)  # width, height: a 16:9 picture at the top, grey below
PADDING = 114
MOST_OBJECTS = 120


class Streets(Dataset):
    """Item: picture [3,256,416] u8 BGR; objects [G,4] f32 corners in its pixels; classes [G] int64; valid [G] bool,
    false for what is too small or too hidden to be learnt, and where there is no object at all."""

    def __init__(self, folder, varied=True):
        cv2.setNumThreads(0)
        self.varied = varied
        self.items = []
        for path in sorted(Path(folder).glob("*.npy")):
            rows = np.load(path)
            for picture in path.parent.glob(f"{path.stem}-*.jpg"):
                frame = int(picture.stem.split("-")[1])
                self.items.append((picture, rows[rows[:, 0] == frame, 1:]))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        path, rows = self.items[index]
        picture, rows = cv2.imread(str(path)), rows.copy()
        random = np.random.default_rng()
        if self.varied:
            picture, rows = vary(picture, rows, random)
        picture, rows = letterbox(picture, rows)
        return as_tensors(picture, rows)


def vary(picture, rows, random):
    """Half of the time a part of the picture; half of the time mirrored; always in another light."""
    if random.random() < 0.5:
        zoom = random.uniform(0.4, 1)
        width, height = (round(side * zoom) for side in SIZE)
        x, y = random.integers(SIZE[0] - width + 1), random.integers(SIZE[1] - height + 1)
        picture, rows = crop(picture, rows, x, y, width, height)
    if random.random() < 0.5:
        picture = picture[:, ::-1]
        rows[:, [1, 3]] = picture.shape[1] - rows[:, [3, 1]]
    levels = np.linspace(0, 1, 256)[:, None] ** np.exp(random.normal(0, 0.2))
    levels = (levels - 0.5) * np.exp(random.normal(0, 0.15)) + 0.5 + random.normal(0, 0.05)
    levels = levels * np.exp(random.normal(0, 0.06, 3))  # [256,3]: the white of another camera
    table = (255 * levels).clip(0, 255).astype(np.uint8)
    return cv2.LUT(np.ascontiguousarray(picture), table[None]), rows


def crop(picture, rows, x, y, width, height):
    """A part of a picture, with the boxes that reach into it; what is cut off counts as hidden."""
    rows = rows.copy()
    whole = (rows[:, 3] - rows[:, 1]) * (rows[:, 4] - rows[:, 2])
    rows[:, [1, 3]] = (rows[:, [1, 3]] - x).clip(0, width)
    rows[:, [2, 4]] = (rows[:, [2, 4]] - y).clip(0, height)
    left = (rows[:, 3] - rows[:, 1]) * (rows[:, 4] - rows[:, 2])
    rows[:, 5] *= left / whole.clip(min=1e-6)
    return picture[y:y + height, x:x + width], rows[left > 0]


def letterbox(picture, rows):
    """As weir does: the largest that fits, at the top left."""
    height, width = picture.shape[:2]
    scale = min(INPUT[0] / width, INPUT[1] / height)
    size = (round(width * scale), round(height * scale))
    filled = np.full((INPUT[1], INPUT[0], 3), PADDING, np.uint8)
    filled[:size[1], :size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    rows = rows.copy()
    rows[:, 1:5] *= scale
    return filled, rows


def as_tensors(picture, rows):
    rows = rows[:MOST_OBJECTS]
    objects = torch.full((MOST_OBJECTS, 4), -1.0)
    classes = torch.zeros(MOST_OBJECTS, dtype=torch.int64)
    valid = torch.zeros(MOST_OBJECTS, dtype=torch.bool)
    n = len(rows)
    if n:
        objects[:n] = torch.from_numpy(rows[:, 1:5])
        classes[:n] = torch.from_numpy(rows[:, 0]).long()
        shorter = np.minimum(rows[:, 3] - rows[:, 1], rows[:, 4] - rows[:, 2])
        valid[:n] = torch.from_numpy((rows[:, 5] >= LEAST_VISIBLE) & (shorter >= LEAST_SIDE_PX))
    return torch.from_numpy(picture.transpose(2, 0, 1).copy()), objects, classes, valid
