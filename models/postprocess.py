"""Decoding: the raw output of a YOLO head becomes the boxes that survive non-maximum suppression."""

import cv2
import numpy as np
from numpy.typing import NDArray

FLOOR = 0.05
"""Nothing below this confidence leaves a detector."""
NMS_IOU = 0.6


def decode(
    output: NDArray[np.float32], *, floor: float = FLOOR
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.intp]]:
    """Return boxes (n, 4), confidences (n,), class ids (n,) of one raw output, most confident first.

    ``output`` is (4 + classes, anchors): centre x, centre y, width, height in input pixels, then one score
    a class. Boxes suppress each other only within a class.
    """
    class_ids = output[4:].argmax(axis=0)
    confidences = np.take_along_axis(output[4:], class_ids[np.newaxis], axis=0)[0]
    found = confidences >= floor
    class_ids, confidences, centred = class_ids[found], confidences[found], output[:4, found]
    if not len(confidences):
        return np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.intp)
    half = centred[2:] / 2
    boxes = np.concatenate([centred[:2] - half, centred[:2] + half]).T
    left_top_width_height = np.concatenate([boxes[:, :2], centred[2:].T], axis=1)
    kept = cv2.dnn.NMSBoxesBatched(
        left_top_width_height.astype(float).tolist(), confidences.tolist(), class_ids.tolist(), floor, NMS_IOU
    )
    order = np.asarray(kept, np.intp).reshape(-1)
    order = order[np.argsort(-confidences[order], kind="stable")]
    return boxes[order], confidences[order], class_ids[order]
