"""Clips are checked here, and refused by name when they are damaged or cut off."""

from pathlib import Path

import av

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
                shown += _pictures_of(packet)
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


def _pictures_of(packet: "av.Packet[av.VideoStream]") -> int:
    """Return how many whole pictures a packet gives."""
    try:
        return sum(not picture.is_corrupt for picture in packet.decode())
    except av.FFmpegError:
        return 0
