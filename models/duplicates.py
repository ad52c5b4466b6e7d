"""Near-duplicates: pictures of nearly the same content, also mirrored, whatever they are called."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

NEAR = 0.72
"""Correlation of two fingerprints from which on two pictures are near-duplicates."""
SIDE = 32
SIGMA = 4
FAINT = 4.0
"""Contrast in grey levels below which structure counts for little."""
ROWS = 512

Fingerprint = NDArray[np.float32]  # SIDE * SIDE values, of length one; zeros where a picture is flat


def fingerprint(image: NDArray[np.uint8]) -> Fingerprint:
    """Return what stays of a picture (h, w, 3) when brightness, slow shading and contrast are taken away."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    values = small - cv2.GaussianBlur(small, (0, 0), SIGMA)
    values /= np.sqrt(cv2.GaussianBlur(values**2, (0, 0), SIGMA)) + FAINT
    length = float(np.linalg.norm(values))
    return np.asarray(values / length if length > 1e-3 else values * 0, np.float32).ravel()  # noqa: PLR2004


def find_near(ours: Sequence[Fingerprint], theirs: Sequence[Fingerprint]) -> list[tuple[int, int, float]]:
    """Return each pair of places (in ours, in theirs) that are near-duplicates, and their correlation."""
    if not ours or not theirs:
        return []
    right = np.stack(theirs)
    mirrored = right.reshape(-1, SIDE, SIDE)[:, :, ::-1].reshape(len(right), -1)
    pairs = []
    for start in range(0, len(ours), ROWS):
        block = np.stack(ours[start : start + ROWS])
        alike = np.maximum(block @ right.T, block @ mirrored.T)
        for row, column in np.argwhere(alike >= NEAR).tolist():
            pairs.append((start + row, column, round(float(alike[row, column]), 3)))
    return pairs


def move_leaks(
    groups: Sequence[str], validation: set[str], pairs: Sequence[tuple[int, int, float]]
) -> set[str]:
    """Return the validation groups that stay when each that nears a training picture is trained on, whole."""
    stay = set(validation)
    while leaks := {
        groups[ours] for ours, theirs, _ in pairs if groups[ours] in stay and groups[theirs] not in stay
    }:
        stay -= leaks
    return stay
