#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains weir's demo detector from scratch on generated streets, on the CPU. See README.md here."""
import argparse
import copy
import math
import time
from pathlib import Path

import onnx
import torch
from torch.utils.data import DataLoader

import scenes
from loss import cells, detection_loss
from network import NAMES, WHITE, Detector
from pictures import INPUT, Streets

WARM_UP = 300  # steps
AVERAGE_OVER = 1000  # steps that the exported weights are a moving average of, roughly


def rate(step, last_step, cooldown, peak):
    """Rises, stays, and falls to zero over the last `cooldown` steps: training can go on from where it stays."""
    return peak * min(1, (step + 1) / WARM_UP, max(0.0, (last_step - step) / cooldown))


def batches(folder, size, workers):
    """Endless; looks at the folder anew each time round."""
    while True:
        yield from DataLoader(Streets(folder), size, shuffle=True, num_workers=workers, drop_last=True)


def optimizer_for(model, peak):
    """Weight decay for what multiplies, none for what is added."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    return torch.optim.AdamW([{"params": matrices, "weight_decay": 0.02}, {"params": rest, "weight_decay": 0.0}], peak)


@torch.no_grad()
def follow(average, model, step):
    """Moves the averaged model a little towards the trained one."""
    keep = min(1 - 1 / AVERAGE_OVER, (1 + step) / (10 + step))
    for a, m in zip(average.state_dict().values(), model.state_dict().values()):
        if a.dtype.is_floating_point:
            a.lerp_(m, 1 - keep)
        else:
            a.copy_(m)


def train(o):
    torch.set_num_threads(o.threads)
    torch.manual_seed(o.seed)
    model = Detector().to(memory_format=torch.channels_last)
    average = copy.deepcopy(model).eval()
    optimizer = optimizer_for(model, o.rate)
    first = 0
    if o.checkpoint.exists():
        state = torch.load(o.checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
    grid = cells(INPUT[1], INPUT[0])
    sums, since, started = torch.zeros(3), 0, time.monotonic()
    source = batches(o.data, o.batch, o.workers)
    for step, (picture, objects, classes, valid) in zip(range(first, o.steps), source):
        most = max(1, int((objects[..., 2] > 0).sum(1).max()))
        for group in optimizer.param_groups:
            group["lr"] = rate(step, o.steps, o.cooldown, o.rate)
        raw = model((picture * (2 / WHITE)).contiguous(memory_format=torch.channels_last))
        parts = detection_loss(raw, grid, objects[:, :most], classes[:, :most], valid[:, :most])
        loss = 3 * parts[0] + parts[1] + parts[2]
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 20)
        optimizer.step()
        follow(average, model, step)
        sums += torch.stack([p.detach() for p in parts])
        since += 1
        if (step + 1) % 50 == 0 or step + 1 == o.steps:
            box, objectness, label = (sums / since).tolist()
            pace = since * o.batch / (time.monotonic() - started)
            print(f"step {step + 1} of {o.steps}: boxes {box:.3f}, objectness {objectness:.3f}, classes {label:.3f}; "
                  f"{pace:.1f} pictures a second", flush=True)
            if not math.isfinite(box):
                raise SystemExit("the loss is no number any more")
            sums, since, started = torch.zeros(3), 0, time.monotonic()
        if (step + 1) % 250 == 0 or step + 1 == o.steps:
            save(o.checkpoint, model, average, optimizer, step + 1)


def save(path, model, average, optimizer, step):
    """Whole or not at all."""
    part = path.with_suffix(".part")
    torch.save({"model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict(),
                "step": step}, part)
    part.replace(path)


def export(o):
    """The averaged weights as ONNX, 416x416 (a runtime may give it other sizes), with the names of the classes."""
    model = Detector()
    model.load_state_dict(torch.load(o.checkpoint, weights_only=True)["average"])
    torch.onnx.export(model.export(), torch.zeros(1, 3, 416, 416), str(o.model), input_names=["images"],
                      output_names=["output"], opset_version=13, dynamo=False)
    graph = onnx.load(o.model)
    onnx.helper.set_model_props(graph, {"names": str(dict(enumerate(NAMES)))})
    onnx.checker.check_model(graph)
    onnx.save(graph, o.model)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    p = commands.add_parser("scenes", help="generate the pictures; goes on where it was stopped")
    p.add_argument("--weir", type=Path, default=Path("build/release/weir"))
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--streets", type=int, default=800)
    p.add_argument("--frames", type=int, default=16, help="of each street")
    p.add_argument("--jobs", type=int, default=2)
    p = commands.add_parser("train", help="train; goes on from the checkpoint")
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--checkpoint", type=Path, required=True)
    p.add_argument("--steps", type=int, default=20000)
    p.add_argument("--cooldown", type=int, default=4000, help="steps at the end over which the rate falls to zero")
    p.add_argument("--batch", type=int, default=16)
    p.add_argument("--rate", type=float, default=2e-3)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--workers", type=int, default=1)
    p.add_argument("--seed", type=int, default=0)
    p = commands.add_parser("export", help="write the ONNX file")
    p.add_argument("--checkpoint", type=Path, required=True)
    p.add_argument("--model", type=Path, default=Path(__file__).parent / "street.onnx")
    o = parser.parse_args()
    if o.command == "scenes":
        scenes.generate(o.weir, o.data, o.streets, o.frames, o.jobs)
    elif o.command == "train":
        train(o)
    else:
        export(o)


if __name__ == "__main__":
    main()
