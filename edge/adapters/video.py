"""Video by PyAV: a file or a stream, decoded no more than is wanted, its failures named in words."""

import errno
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from edge.ports import EdgeError

TIMEOUT_S = 4
"""A stream that opens or reads for longer is given up: without it PyAV waits for ever.

A parser's last packet comes out of the first read that times out, so a dead stream is known after twice that.
"""
MAX_IDLE_GOP_S = 2.5
"""A camera whose keyframes are further apart is decoded in full even when nothing happens."""
_MAX_BAD_PACKETS = 50
_STREAM_SCHEMES = {"rtsp", "rtsps", "http", "https"}


def is_stream(url: str) -> bool:
    """Whether ``url`` is a live stream rather than a file."""
    return urlsplit(url).scheme in _STREAM_SCHEMES


def public_name(url: str) -> str:
    """``url`` without user, password and query, fit for messages."""
    if not is_stream(url):
        return url
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class Video:
    """An opened source; ``gop_s`` is the distance of its last two keyframes once known."""

    def __init__(self, container: InputContainer, name: str) -> None:
        self._container, self._name = container, name
        if not container.streams.video:
            raise EdgeError(f"{name} has no picture, only {len(container.streams)} other streams")
        self._stream = container.streams.video[0]
        if self._stream.codec_context is None:
            raise EdgeError(f"{name}: its codec is not known here; set the camera to H.264 or H.265")
        self._stream.codec_context.thread_count = 1  # a thread a camera; frame threads would add delay
        self._bad_packets = 0
        self._keyframe_s: float | None = None
        self.gop_s: float | None = None

    def pictures(self, is_awake: Callable[[], bool]) -> Iterator[tuple[float | None, av.VideoFrame]]:
        """Yield each picture, for ``to_bgr``, after its presentation time in seconds; keyframes unless awake.

        Waking takes effect at the next keyframe, because what lies between refers to pictures never decoded.
        """
        follows_keyframe = False
        for packet in self._packets():
            everything = is_awake() or self.gop_s is None or self.gop_s > MAX_IDLE_GOP_S
            if packet.is_keyframe:
                self._measure_gop(packet)
                follows_keyframe = True
            elif not everything:
                follows_keyframe = False
            if follows_keyframe:
                for picture in self._decode(packet, at_once=not everything):
                    yield picture.time, picture

    def _packets(self) -> "Iterator[av.Packet[av.VideoStream]]":
        with _named_failures(self._name):
            yield from (packet for packet in self._container.demux(self._stream) if packet.size)

    def _decode(self, packet: "av.Packet[av.VideoStream]", *, at_once: bool) -> list[av.VideoFrame]:
        context = self._stream.codec_context
        try:
            pictures = context.decode(packet)
            if at_once and not pictures:  # B frames: the decoder would hold it until the next keyframe
                pictures = context.decode(None)
                context.flush_buffers()
        except av.error.InvalidDataError as exc:
            self._bad_packets += 1
            if self._bad_packets > _MAX_BAD_PACKETS:
                raise EdgeError(
                    f"{self._name}: {self._bad_packets} packets in a row cannot be decoded", retryable=True
                ) from exc
            return []
        if pictures:
            self._bad_packets = 0
        return pictures

    def _measure_gop(self, packet: "av.Packet[av.VideoStream]") -> None:
        if packet.pts is None:
            return
        at_s = float(packet.pts * packet.time_base)
        if self._keyframe_s is not None and at_s > self._keyframe_s:
            self.gop_s = at_s - self._keyframe_s
        self._keyframe_s = at_s


def to_bgr(picture: av.VideoFrame) -> NDArray[np.uint8]:
    """Return a decoded picture as (height, width, 3) in BGR."""
    return np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)


@contextmanager
def open_video(url: str) -> Iterator[Video]:
    """Open ``url``; raise ``EdgeError`` that names the failure and never a password."""
    name = public_name(url)
    if not is_stream(url) and not Path(url).is_file():
        raise EdgeError(f"file missing: {url}", retryable=True)
    with _named_failures(name, url):
        container = av.open(
            url,
            timeout=(TIMEOUT_S, TIMEOUT_S) if is_stream(url) else None,
            options={"rtsp_transport": "tcp"} if url.startswith("rtsp") else {},
        )
    with container:
        yield Video(container, name)


@contextmanager
def _named_failures(name: str, url: str = "") -> Iterator[None]:
    began_s = time.monotonic()
    try:
        yield
    except av.FFmpegError as exc:
        fell_silent = is_stream(url) and time.monotonic() - began_s >= TIMEOUT_S  # FFmpeg then finds no video
        words = f"timeout: silent for {TIMEOUT_S} s" if fell_silent else _words(exc, url)
        raise EdgeError(f"{name}: {words}", retryable=True) from exc


def _words(exc: av.FFmpegError, url: str) -> str:
    """What went wrong in words; the name is looked up only after a failure that may be its fault."""
    by_type = {
        av.error.HTTPUnauthorizedError: "401: user or password is wrong",
        av.error.HTTPForbiddenError: "403: this user may not see it",
        av.error.HTTPNotFoundError: "404: the camera answers, but knows no such path",
        av.error.InvalidDataError: "no video that can be read: broken off, corrupt, or no video at all",
        av.error.ExitError: f"timeout: silent for {TIMEOUT_S} s",
        av.error.EOFError: "the other side closed the stream",
    }
    by_errno = {
        errno.ECONNREFUSED: "refused: nothing listens on that port",
        errno.ETIMEDOUT: "timeout: no answer",
        errno.EHOSTUNREACH: "unreachable: no route to that address",
        errno.ENETUNREACH: "unreachable: no network",
        errno.EACCES: "the file may not be read by this user",
    }
    if words := by_type.get(type(exc)) or by_errno.get(exc.errno or 0):
        return words
    host = urlsplit(url).hostname
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return f"DNS: the name {host} is not known"
    return f"{exc.strerror} ({type(exc).__name__})"
