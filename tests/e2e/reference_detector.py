#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `weir run` has to find, computed a second time: slowly, in numpy, without any of weir's code.

Prints the JSON lines of docs/results.md for picture files and a YOLOX model. ffmpeg decodes to the picture's own
planes, numpy scales, converts and pads them, OpenVINO runs the model at f32, numpy decodes and suppresses.
--resize opencv takes OpenCV's decoder and bilinear resampling instead: an opinion that shares no rule with weir's.
"""
import argparse
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from libyuv_scaling import resample

PADDING = 114
STRIDES = (8, 16, 32)

# --- Pictures as libav decodes them -----------------------------------------------------------------------------


@dataclass
class Picture:
    """Planes of u8 samples: Y, U, V, or Y alone."""

    planes: list
    luma_weights: tuple  # of red and of blue
    full_range: bool

    @property
    def width(self):
        return self.planes[0].shape[1]

    @property
    def height(self):
        return self.planes[0].shape[0]


BT601 = (0.299, 0.114)
BT709 = (0.2126, 0.0722)
BT2020 = (0.2627, 0.0593)
LUMA_WEIGHTS = {"bt470bg": BT601, "smpte170m": BT601, "bt709": BT709, "bt2020nc": BT2020}

# Chroma planes are this many times smaller in width and height.
SUBSAMPLING = {"420": (2, 2), "422": (2, 1), "440": (1, 2), "444": (1, 1)}


def probe(path):
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-of", "json", "-show_entries",
               "stream=width,height,pix_fmt,color_space,color_range", str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["streams"][0]


def first_frame(path, pix_fmt):
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", pix_fmt, "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.uint8)


def rgb_to_yuv444(rgb):
    """Full-range BT.601 planes of [H,W,3] u8 RGB."""
    red, green, blue = (rgb[..., i].astype(np.float64) for i in range(3))
    weight_red, weight_blue = BT601
    y = weight_red * red + (1 - weight_red - weight_blue) * green + weight_blue * blue
    u = (blue - y) / (2 * (1 - weight_blue)) + 128
    v = (red - y) / (2 * (1 - weight_red)) + 128
    return [np.clip(np.rint(plane), 0, 255).astype(np.uint8) for plane in (y, u, v)]


def read_picture(path):
    info = probe(path)
    width, height, pix_fmt = info["width"], info["height"], info["pix_fmt"]
    if pix_fmt.startswith(("rgb", "bgr", "gbr", "pal8")):
        rgb = first_frame(path, "rgb24").reshape(height, width, 3)
        return Picture(rgb_to_yuv444(rgb), BT601, full_range=True)

    samples = first_frame(path, pix_fmt)
    full_range = pix_fmt.startswith(("yuvj", "gray")) or info.get("color_range") == "pc"
    is_large = max(width, height) >= 1280 or min(width, height) >= 720
    weights = LUMA_WEIGHTS.get(info.get("color_space"), BT709 if is_large else BT601)
    luma = samples[: width * height].reshape(height, width)
    if pix_fmt == "gray":
        return Picture([luma], weights, full_range)
    name = pix_fmt.removeprefix("yuvj").removeprefix("yuv").removesuffix("p")
    if name not in SUBSAMPLING:
        raise SystemExit(f"{path}: pixel format {pix_fmt} is not known here")
    across, down = SUBSAMPLING[name]
    chroma_shape = (-(-height // down), -(-width // across))
    chroma = samples[width * height:].reshape(2, *chroma_shape)
    return Picture([luma, chroma[0], chroma[1]], weights, full_range)


# --- Letterbox ---------------------------------------------------------------------------------------------------


def content_size(width, height, input_width, input_height):
    """The picture's size within the input, and the factor from picture to input pixels."""
    scale = min(input_width / width, input_height / height)
    # In whole numbers, since width * (input_width / width) can come out just below input_width.
    if input_width * height <= input_height * width:
        return input_width, max(1, height * input_width // width), scale
    return max(1, width * input_height // height), input_height, scale


def yuv_to_bgr(y, u, v, luma_weights, full_range):
    """As libyuv's I444ToRGB24Matrix: with factors of 6 fractional bits, none above 2."""
    weight_red, weight_blue = luma_weights
    weight_green = 1 - weight_red - weight_blue
    luma_gain, chroma_gain, black = (1, 1, 0) if full_range else (1.164, 255 / 224, 16)

    def factor(value):
        return min(round(value * chroma_gain * 64), 128)

    from_u, from_v = 2 * (1 - weight_blue), 2 * (1 - weight_red)
    half = 32
    y = (y * 257 * round(luma_gain * 64 * 65536 / 257) >> 16) + (half - int(luma_gain * 64 * black))
    u, v = u - 128, v - 128
    blue = y + u * factor(from_u)
    green = y - u * factor(from_u * weight_blue / weight_green) - v * factor(from_v * weight_red / weight_green)
    red = y + v * factor(from_v)
    return np.clip(np.stack([blue, green, red], axis=-1) >> 6, 0, 255).astype(np.uint8)


def letterbox(picture, input_width, input_height):
    """[H,W,3] u8 BGR, and the scale."""
    width, height, scale = content_size(picture.width, picture.height, input_width, input_height)
    planes = [resample(plane, height, width) for plane in picture.planes]
    if len(planes) == 1:
        planes += [np.full((height, width), 128)] * 2
    canvas = np.full((input_height, input_width, 3), PADDING, np.uint8)
    canvas[:height, :width] = yuv_to_bgr(*planes, picture.luma_weights, picture.full_range)
    return canvas, scale


def letterbox_opencv(image, input_width, input_height):
    import cv2

    width, height, scale = content_size(image.shape[1], image.shape[0], input_width, input_height)
    canvas = np.full((input_height, input_width, 3), PADDING, np.uint8)
    canvas[:height, :width] = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    return canvas, scale


# --- Model and head ----------------------------------------------------------------------------------------------


def compile_model(path, input_width, input_height):
    import openvino as ov

    core = ov.Core()
    model = core.read_model(str(path))
    own = model.input(0).shape
    if (own[2], own[3]) != (input_height, input_width):
        model.reshape([1, 3, input_height, input_width])
    return core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})


def own_input_size(path):
    import openvino as ov

    shape = ov.Core().read_model(str(path)).input(0).shape
    return int(shape[3]), int(shape[2])


def decode(head, input_width, input_height):
    """[N,5+C] raw YOLOX output to boxes [N,4] in input pixels, scores [N], classes [N]."""
    cells = []
    for stride in STRIDES:
        columns, rows = input_width // stride, input_height // stride
        for row in range(rows):
            for column in range(columns):
                cells.append((column, row, stride))
    cells = np.array(cells, np.float64)
    if len(cells) != len(head):
        raise SystemExit(f"not a YOLOX head: {len(head)} anchors, expected {len(cells)}")
    head = head.astype(np.float64)
    centre = (head[:, :2] + cells[:, :2]) * cells[:, 2:]
    size = np.exp(head[:, 2:4]) * cells[:, 2:]
    classes = head[:, 5:].argmax(axis=1)
    scores = head[:, 4] * head[np.arange(len(head)), 5 + classes]
    return np.hstack([centre - size / 2, centre + size / 2]), scores, classes


def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def suppress(boxes, scores, classes, score_threshold, nms_threshold):
    """Indices of the detections that stay, by falling score."""
    order = [i for i in np.argsort(-scores, kind="stable") if scores[i] >= score_threshold]
    kept = []
    for i in order:
        if all(classes[i] != classes[k] or iou(boxes[i], boxes[k]) <= nms_threshold for k in kept):
            kept.append(i)
    return kept


def detect(network, canvas, scale, width, height, options):
    tensor = canvas.transpose(2, 0, 1)[None].astype(np.float32)
    head = network([tensor])[network.output(0)][0]
    boxes, scores, classes = decode(head, canvas.shape[1], canvas.shape[0])
    found = []
    for i in suppress(boxes, scores, classes, options.score, options.nms):
        x1, y1, x2, y2 = np.clip(boxes[i] / scale, 0, [width, height, width, height])
        if x1 < x2 and y1 < y2:
            found.append({"class_id": int(classes[i]), "score": round(float(scores[i]), 4),
                          "box": [round(float(value), 2) for value in (x1, y1, x2, y2)]})
    return found


# --- Command line ------------------------------------------------------------------------------------------------


def prepare(path, resize, input_width, input_height):
    """The input, its scale, and the picture's width and height."""
    if resize == "opencv":
        import cv2

        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        return *letterbox_opencv(image, input_width, input_height), image.shape[1], image.shape[0]
    picture = read_picture(path)
    return *letterbox(picture, input_width, input_height), picture.width, picture.height


def parse_size(text):
    width, _, height = text.partition("x")
    return int(width), int(height)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", nargs="+", type=Path)
    parser.add_argument("--model", type=Path, help="YOLOX as ONNX or OpenVINO IR, NCHW BGR 0..255")
    parser.add_argument("--input-size", type=parse_size, metavar="WxH", help="default: the model's own")
    parser.add_argument("--labels", type=Path, help="one class name a line")
    parser.add_argument("--resize", choices=["libyuv", "opencv"], default="libyuv")
    parser.add_argument("--score", type=float, default=0.25)
    parser.add_argument("--nms", type=float, default=0.45)
    parser.add_argument("--dump", type=Path, metavar="DIR", help="also write each input as DIR/NAME.bgr")
    return parser.parse_args()


def main():
    options = parse_arguments()
    if not options.model and not (options.dump and options.input_size):
        raise SystemExit("give --model, or --dump and --input-size for the inputs alone")
    input_width, input_height = options.input_size or own_input_size(options.model)
    network = compile_model(options.model, input_width, input_height) if options.model else None
    labels = options.labels.read_text().splitlines() if options.labels else []
    for path in options.pictures:
        canvas, scale, width, height = prepare(path, options.resize, input_width, input_height)
        if options.dump:
            (options.dump / f"{path.name}.bgr").write_bytes(canvas.tobytes())
        if network is None:
            continue
        found = detect(network, canvas, scale, width, height, options)
        for detection in found:
            class_id = detection["class_id"]
            detection["label"] = labels[class_id] if class_id < len(labels) else f"class {class_id}"
        print(json.dumps({"stream": path.stem, "frame": 0, "pts_ns": 0, "width": width, "height": height,
                          "detections": found}))


if __name__ == "__main__":
    main()
