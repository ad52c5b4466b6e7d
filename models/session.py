"""A session: an ONNX file, opened on onnxruntime."""

from collections.abc import Sequence
from pathlib import Path

import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from models.manifest import ModelError

_OPEN_ERRORS = (
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
    except _OPEN_ERRORS as exc:
        raise ModelError(f"{path} is no model that onnxruntime {ort.__version__} can open: {exc}") from exc
