# SPDX-License-Identifier: Apache-2.0
"""The demo detector: a small convolutional backbone, a feature pyramid, and a YOLOX head on strides 8, 16 and 32.

Plain convolutions with ReLU: for the same time on a CPU they see more than depthwise ones."""
import torch
from torch import nn
from torch.nn import functional as F

NAMES = ("person", "bicycle", "car", "bus")
STRIDES = (8, 16, 32)
WHITE = 255  # of a channel


def conv(inputs, outputs, size=3, stride=1, padding=None):
    """Convolution, normalisation, ReLU; [n,inputs,h,w] -> [n,outputs,h/stride,w/stride]."""
    padding = size // 2 if padding is None else padding
    return nn.Sequential(nn.Conv2d(inputs, outputs, size, stride, padding, bias=False),
                         nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """x + a bottleneck of x; same shape."""

    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels // 2, 1), conv(channels // 2, channels))

    def forward(self, x):
        return x + self.body(x)


class Context(nn.Module):
    """What is there within a distance of 2, 4 and 6 cells; same shape."""

    def __init__(self, channels):
        super().__init__()
        self.reduce = conv(channels, channels // 2, 1)
        self.expand = conv(2 * channels, channels, 1)

    def forward(self, x):
        maps = [self.reduce(x)]
        for _ in range(3):
            maps.append(F.max_pool2d(maps[-1], 5, 1, 2))
        return self.expand(torch.cat(maps, 1))


class Head(nn.Module):
    """[n,channels,h,w] -> [n,5+classes,h,w]: x, y, w, h, objectness, classes, all as they leave the convolution."""

    def __init__(self, channels, hidden, classes):
        super().__init__()
        self.stem = conv(channels, hidden, 1)
        self.box_branch, self.class_branch = conv(hidden, hidden), conv(hidden, hidden)
        self.box, self.objectness = nn.Conv2d(hidden, 4, 1), nn.Conv2d(hidden, 1, 1)
        self.classes = nn.Conv2d(hidden, classes, 1)
        nn.init.constant_(self.objectness.bias, -4.6)  # one cell in a hundred has an object
        nn.init.constant_(self.classes.bias, -1.1)

    def forward(self, x):
        x = self.stem(x)
        boxes = self.box_branch(x)
        return torch.cat([self.box(boxes), self.objectness(boxes), self.classes(self.class_branch(x))], 1)


class Detector(nn.Module):
    """[n,3,h,w] BGR 0..2, h and w multiples of 32 -> [n,cells,5+classes], cells of stride 8 first, row by row:
    what a cell says before anything is applied to it. After export(): of BGR 0..255, and objectness and classes are
    probabilities, as YOLOX gives them."""

    def __init__(self, classes=len(NAMES)):
        super().__init__()
        self.exported = False
        self.stage4 = nn.Sequential(conv(3, 32, 6, 4, 1), Residual(32))
        self.stage8 = nn.Sequential(conv(32, 64, 3, 2), Residual(64), Residual(64))
        self.stage16 = nn.Sequential(conv(64, 96, 3, 2), Residual(96), Residual(96))
        self.stage32 = nn.Sequential(conv(96, 128, 3, 2), Residual(128), Context(128))
        self.down_to16 = conv(128, 96, 1)
        self.merge16 = nn.Sequential(conv(192, 96, 1), Residual(96))
        self.down_to8 = conv(96, 64, 1)
        self.merge8 = nn.Sequential(conv(128, 64, 1), Residual(64))
        self.up_to16 = conv(64, 64, 3, 2)
        self.out16 = nn.Sequential(conv(128, 96, 1), Residual(96))
        self.up_to32 = conv(96, 96, 3, 2)
        self.out32 = nn.Sequential(conv(192, 96, 1), Residual(96))
        self.heads = nn.ModuleList([Head(64, 64, classes), Head(96, 48, classes), Head(96, 48, classes)])

    def export(self):
        self.stage4[0][0].weight.data /= WHITE / 2
        self.exported = True
        return self.eval()

    def features(self, picture):
        x8 = self.stage8(self.stage4(picture))
        x16 = self.stage16(x8)
        top32 = self.down_to16(self.stage32(x16))
        top16 = self.down_to8(self.merge16(torch.cat([F.interpolate(top32, scale_factor=2.0), x16], 1)))
        out8 = self.merge8(torch.cat([F.interpolate(top16, scale_factor=2.0), x8], 1))
        out16 = self.out16(torch.cat([self.up_to16(out8), top16], 1))
        out32 = self.out32(torch.cat([self.up_to32(out16), top32], 1))
        return out8, out16, out32

    def forward(self, picture):
        maps = [head(x) for head, x in zip(self.heads, self.features(picture))]
        if self.exported:
            maps = [torch.cat([m[:, :4], m[:, 4:].sigmoid()], 1) for m in maps]
        return torch.cat([m.flatten(2) for m in maps], 2).transpose(1, 2)
