# SPDX-License-Identifier: Apache-2.0
"""What the detector is told about its answers: which cells answer for which object (SimOTA, Ge et al. 2021, "YOLOX:
Exceeding YOLO Series in 2021", section 2.1), and how far off they are."""
import torch
from torch.nn import functional as F

from network import STRIDES

CENTER_RADIUS = 1.5  # of the cells that may answer for an object, in strides from its centre
MOST_CELLS = 10  # that answer for one object


def cells(height, width):
    """[A,3] f32: x and y of each cell's centre and its stride, in pixels, as the network orders them."""
    rows = []
    for stride in STRIDES:
        y, x = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing="ij")
        rows.append(torch.stack([(x + 0.5) * stride, (y + 0.5) * stride, torch.full(x.shape, float(stride))], -1)
                    .reshape(-1, 3))
    return torch.cat(rows)


def decode(raw, grid):
    """raw [n,A,>=4], grid [A,3] -> [n,A,4] corners in pixels."""
    stride = grid[:, 2:]
    center = grid[:, :2] - stride / 2 + raw[..., :2] * stride
    half = raw[..., 2:4].clamp(max=8).exp() * stride / 2
    return torch.cat([center - half, center + half], -1)


def area(boxes):
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1)


def iou(a, b):
    """Of boxes [...,4] that broadcast; and the area of their union."""
    inter = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    union = area(a) + area(b) - inter
    return inter / union.clamp(min=1e-6), union


def giou(a, b):
    """Generalised IoU (Rezatofighi et al. 2019), -1..1: it pulls boxes together that don't meet yet."""
    overlap, union = iou(a, b)
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1)
    return overlap - (hull - union) / hull.clamp(min=1e-6)


@torch.no_grad()
def assign(boxes, raw, grid, objects, classes, valid):
    """Which object each cell answers for.

    boxes [n,A,4] and raw [n,A,5+C] of the network; objects [n,G,4] corners, classes [n,G], valid [n,G].
    Returns [n,A] int64, the object's index or -1, and [n,A] f32, the IoU with it."""
    center = (objects[..., :2] + objects[..., 2:]) / 2
    away = (grid[:, :2] - center[:, :, None]).abs().amax(-1)  # [n,G,A]
    candidate = (away < CENTER_RADIUS * grid[:, 2]) & valid[..., None]
    overlap = iou(objects[:, :, None], boxes[:, None])[0] * candidate
    score = (raw[..., 5:].sigmoid() * raw[..., 4:5].sigmoid()).sqrt().clamp(1e-4, 1 - 1e-4)  # [n,A,C]
    # Cross entropy of the scores with the object's class: the sum over "not class c", exchanged for "class c".
    absent = -torch.log1p(-score)
    gain = (-score.log() - absent).transpose(1, 2).gather(1, classes[..., None].expand(-1, -1, boxes.shape[1]))
    cost = absent.sum(-1)[:, None] + gain - 3 * overlap.clamp(min=1e-8).log() + 1e5 * ~candidate

    count = overlap.topk(MOST_CELLS, -1).values.sum(-1).int().clamp(min=1)  # [n,G]
    best, index = cost.topk(MOST_CELLS, -1, largest=False)
    chosen = (torch.arange(MOST_CELLS) < count[..., None]) & (best < 1e5)
    matched = torch.zeros_like(candidate).scatter_(-1, index, chosen)
    cheapest = cost.masked_fill(~matched, float("inf")).min(1)
    answers = torch.where(cheapest.values.isinf(), -1, cheapest.indices)
    return answers, overlap.gather(1, cheapest.indices[:, None])[:, 0]


def detection_loss(raw, grid, objects, classes, valid):
    """As assign(); objects that are not valid are neither learnt nor counted as background.
    Returns the loss of boxes, of objectness and of classes: scalars, per cell that answers."""
    boxes = decode(raw, grid)
    answers, overlap = assign(boxes, raw, grid, objects, classes, valid)
    answering = answers >= 0
    number = answering.sum().clamp(min=1)

    inside = ((grid[:, :2] > objects[:, :, None, :2]) & (grid[:, :2] < objects[:, :, None, 2:])).all(-1)
    unknown = (inside & ~valid[..., None]).any(1) & ~answering
    objectness = F.binary_cross_entropy_with_logits(raw[..., 4], answering.float(), reduction="none")

    picture, cell = answering.nonzero(as_tuple=True)
    target = answers[picture, cell]
    box_loss = 1 - giou(boxes[picture, cell], objects[picture, target])
    # The class score also says how well the box fits.
    wanted = F.one_hot(classes[picture, target], raw.shape[-1] - 5) * overlap[picture, cell, None]
    class_loss = F.binary_cross_entropy_with_logits(raw[picture, cell][:, 5:], wanted, reduction="sum")
    return box_loss.sum() / number, objectness.masked_fill(unknown, 0).sum() / number, class_loss / number
