"""Looks: pictures of nearly the same scene are one group, so that no split puts them on both sides."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.picture import PictureError, read_picture

SAME_LOOK = 0.62
"""Correlation of two colour thumbnails from which on they count as one look."""


def group_by_look(pictures: list[Path]) -> dict[Path, str]:
    """Return for each readable or unreadable picture the name of the first picture of its look."""
    thumbnails = np.stack([_thumbnail(picture) for picture in pictures])
    alike = thumbnails @ thumbnails.T >= SAME_LOOK
    np.fill_diagonal(alike, val=True)  # also where a picture cannot be read
    group = np.arange(len(pictures))
    for index in range(len(pictures)):  # single linkage: whoever is alike joins the lowest group among them
        members = np.isin(group, group[alike[index]])
        group[members] = group[members].min()
    return {picture: pictures[first].stem for picture, first in zip(pictures, group, strict=True)}


def _thumbnail(picture: Path) -> NDArray[np.float32]:
    """Return the picture as a centred vector of length one (12x12, Lab); zeros when it cannot be read."""
    try:
        image = read_picture(picture)
    except PictureError:  # named and counted by whoever reads the sample
        return np.zeros(12 * 12 * 3, np.float32)
    small = cv2.resize(image, (12, 12), interpolation=cv2.INTER_AREA)
    values = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    values -= values.mean(axis=(0, 1))
    return (values / (np.linalg.norm(values) + 1e-6)).ravel()
