# SPDX-License-Identifier: Apache-2.0
"""How libyuv resamples a plane with kFilterBox, in numpy.

libyuv's ScalePlane picks its rule by the two factors, in this order (version 1857):
  same size                          a copy
  exactly 3/4 both ways              each 4 pixels become 3 with weights (3,1), (1,1), (1,3)
  exactly 3/8 both ways              the mean of boxes; 8 pixels are cut into 3, 3 and 2
  exactly 1/2 or 1/4 both ways       the mean of 2x2 or 4x4
  below 1/2 both ways                the mean of boxes whose borders are whole pixels
  2n or 2n - 1 from n, both ways or  neighbours mixed 3:1, pixel centres aligned; a row of 2n - 1 ends with
  in width alone                     the last pixel itself
  anything else                      linear: pixel centres aligned when a side shrinks, the outermost
                                     pixels aligned when it grows
(Pictures one pixel wide are point-sampled; that is not reproduced.)

Which of two overlapping boxes survives suppression can hang on the last bit of a pixel. So the integer steps are
reproduced as well: what is rounded, when, and to how many bits on x86-64. Other processors round a little
differently.
"""
import numpy as np


def divide_rounded(numerator, bits):
    return (numerator + (1 << (bits - 1))) >> bits


def box_borders(source, target):
    """Whole pixels, from steps in 16.16 fixed point."""
    step = (source << 16) // target
    return (np.arange(target + 1) * step) >> 16


def shrink_by_boxes(plane, height, width):
    y, x = box_borders(plane.shape[0], height), box_borders(plane.shape[1], width)
    sums = np.add.reduceat(np.add.reduceat(plane[: y[-1], : x[-1]], y[:-1], axis=0), x[:-1], axis=1)
    areas = np.outer(np.diff(y), np.diff(x))
    return (sums * (65536 // areas)) >> 16


def shrink_by_squares(plane, bits):
    """Both ways, every 2^bits pixels to one."""
    side = 1 << bits
    height, width = plane.shape
    sums = plane.reshape(height // side, side, width // side, side).sum(axis=(1, 3))
    return divide_rounded(sums, 2 * bits)


def shrink_by_pattern(plane, pattern):
    """Both ways, every pattern.shape[1] pixels to pattern.shape[0]."""
    rows, columns = (np.kron(np.eye(side // pattern.shape[1]), pattern) for side in plane.shape)
    return np.floor(rows @ plane @ columns.T + 0.5).astype(np.int64)


THREE_QUARTERS = np.array([[3, 1, 0, 0], [0, 2, 2, 0], [0, 0, 1, 3]]) / 4
THREE_EIGHTHS = np.kron(np.eye(3), np.ones(3))[:, :8] / np.array([[3], [3], [2]])


def pairs_of_doubled(source, target):
    """Of each target pixel the near source pixel, weight 3, and the far one, weight 1."""
    near = np.arange(target) // 2
    return near, np.clip(near + np.where(np.arange(target) % 2 == 0, -1, 1), 0, source - 1)


def double(plane, height, width):
    near, far = pairs_of_doubled(plane.shape[1], width)
    mixed = 3 * plane[:, near] + plane[:, far]
    if width % 2 == 1:
        mixed[:, -1] = 4 * plane[:, -1]
    if height == plane.shape[0]:
        return divide_rounded(mixed, 2)
    near, far = pairs_of_doubled(plane.shape[0], height)
    return divide_rounded(3 * mixed[near] + mixed[far], 4)


def linear_positions(source, target):
    """In 16.16 fixed point."""
    if target <= source:
        step = (source << 16) // target
        start = (step >> 1) - 32768
    else:
        step = ((source << 16) - 0x10001) // (target - 1) if source > 1 else 0
        start = 0
    return np.clip(start + np.arange(target) * step, 0, (source - 1) << 16)


def mix(plane, positions, fraction_bits, axis):
    left = positions >> 16
    right = np.minimum(left + 1, plane.shape[axis] - 1)
    fraction = (positions & 0xFFFF) >> (16 - fraction_bits)
    if axis == 0:
        fraction = fraction[:, None]
    whole = 1 << fraction_bits
    return divide_rounded(plane.take(left, axis) * (whole - fraction) + plane.take(right, axis) * fraction,
                          fraction_bits)


def interpolate(plane, height, width):
    y, x = linear_positions(plane.shape[0], height), linear_positions(plane.shape[1], width)

    def mix_rows(samples):
        return mix(samples, y, 8, axis=0)

    def mix_columns(samples):
        return samples if width == plane.shape[1] else mix(samples, x, 7, axis=1)

    if height > plane.shape[0]:
        return mix_rows(mix_columns(plane))
    return mix_columns(mix_rows(plane))


def resample(plane, height, width):
    source_h, source_w = plane.shape
    plane = plane.astype(np.int64)

    def is_exactly(numerator, denominator):
        return denominator * height == numerator * source_h and denominator * width == numerator * source_w

    def is_doubled(source, target):
        return (target + 1) // 2 == source

    if is_exactly(1, 1):
        return plane
    if is_exactly(3, 4):
        return shrink_by_pattern(plane, THREE_QUARTERS)
    if is_exactly(3, 8):
        return shrink_by_pattern(plane, THREE_EIGHTHS)
    if is_exactly(1, 2):
        return shrink_by_squares(plane, 1)
    if is_exactly(1, 4):
        return shrink_by_squares(plane, 2)
    if 2 * height < source_h and 2 * width < source_w:
        return shrink_by_boxes(plane, height, width)
    if is_doubled(source_w, width) and (is_doubled(source_h, height) or source_h == height):
        return double(plane, height, width)
    return interpolate(plane, height, width)
