"""A session: an ONNX file, opened on onnxruntime."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from models.manifest import ModelError

_FLOATS = "tensor(float)"
_PICTURE = (_FLOATS, 1, 3, "height", "width")
_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)


def open_session(content: bytes, path: Path, providers: Sequence[str]) -> ort.InferenceSession:
    """Return a session of one thread; raise ``ModelError`` where ``content``, read from ``path``, is none."""
    missing = set(providers) - set(ort.get_available_providers())
    if missing:
        available = ", ".join(ort.get_available_providers())
        raise ModelError(f"onnxruntime here has no {', '.join(sorted(missing))}; choose of: {available}")
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # a worker a core beats threads in one
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(content, options, providers=list(providers))
    except _ERRORS as exc:
        raise ModelError(f"{path} is no model that onnxruntime {ort.__version__} can open: {exc}") from exc


def unlike(session: ort.InferenceSession, *answer: int) -> str:
    """Return in words what a session takes and gives; nothing where that is a picture and one ``answer``.

    ``answer`` is the sides of what it gives, 0 where any will do.
    """
    taken, given = (
        [(one.type, *one.shape) for one in them] for them in (session.get_inputs(), session.get_outputs())
    )
    if taken == [_PICTURE] and len(given) == 1 and _alike(given[0], (_FLOATS, *answer)):
        return ""
    return " and ".join(", ".join(f"{kind} {sides}" for kind, *sides in them) for them in (taken, given))


def answer_to(blob: NDArray[np.float32], session: ort.InferenceSession, model: str) -> NDArray[np.float32]:
    """Return what a session makes of a picture (1, 3, h, w); raise ``ModelError`` where it cannot."""
    try:
        (output,) = session.run(None, {session.get_inputs()[0].name: blob})
    except _ERRORS as exc:
        height, width = blob.shape[2:]
        raise ModelError(
            f"model {model} fails on a picture of {width}x{height}: {exc}; go back a version"
        ) from exc
    return np.asarray(output, np.float32)


def _alike(shape: Sequence[object], wanted: Sequence[object]) -> bool:
    return len(shape) == len(wanted) and all(
        told in {0, side} for told, side in zip(wanted, shape, strict=True)
    )
