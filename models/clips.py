"""Clips are decoded here, and refused by name when they are damaged or cut off."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from models.picture import PictureError

SPARE_S = 1.0
"""So many seconds may be missing: cameras begin between keyframes and lose a packet now and then."""


def check_clip(path: Path) -> float:
    """Return how many seconds a clip lasts, after decoding all of it.

    Raise ``PictureError`` naming what is no clip, or a clip of which more than SPARE_S are missing.
    """
    shown, ends_s, starts_s = 0, [0.0], list[float]()
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            declared_s = float((stream.duration or 0) * (stream.time_base or 0))
            declared_s = declared_s or (container.duration or 0) / av.time_base
            for packet in container.demux(stream):
                shown += len(_pictures_of(packet))
                at = packet.dts if packet.pts is None else packet.pts  # H.264 in AVI has no other
                if packet.size and at is not None:
                    starts_s.append(float(at * packet.time_base))
                    ends_s.append(float((at + (packet.duration or 0)) * packet.time_base))
    # the last two: no video stream; a codec that is not known here
    except (av.FFmpegError, OSError, ValueError, IndexError, AttributeError) as exc:
        raise PictureError(f"{path}: no clip that can be decoded") from exc
    if not shown or not starts_s:
        raise PictureError(f"{path}: no clip that can be decoded")
    lasts_s = max(ends_s) - min(starts_s)
    shown_s, whole_s = lasts_s * min(1.0, shown / len(starts_s)), max(lasts_s, declared_s)
    if shown_s < whole_s - SPARE_S:
        raise PictureError(
            f"{path}: damaged or cut off, only {shown_s:.1f} s of {whole_s:.1f} s can be played"
        )
    return lasts_s


def one_a_second(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Yield of each second of a checked clip the first whole picture, upright, as (h, w, 3) BGR."""
    with av.open(str(path)) as container:
        begins_s, next_s = None, 0
        for packet in container.demux(container.streams.video[0]):
            for picture in _pictures_of(packet):
                if picture.pts is None or picture.time_base is None:
                    continue
                at_s = picture.pts * picture.time_base  # a fraction: a float may fall just short of a second
                begins_s = at_s if begins_s is None else begins_s
                if at_s - begins_s >= next_s:
                    next_s = int(at_s - begins_s) + 1
                    turned = np.rot90(picture.to_ndarray(format="bgr24"), round(picture.rotation / 90))
                    yield np.ascontiguousarray(turned, np.uint8)


def _pictures_of(packet: "av.Packet[av.VideoStream]") -> list[av.VideoFrame]:
    """Return the whole pictures that a packet gives."""
    try:
        return [picture for picture in packet.decode() if not picture.is_corrupt]
    except av.FFmpegError:
        return []
