"""Models made on the spot: a manifest, a file that onnxruntime opens, a folder of both."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.manifest import Manifest, ModelFile, save_manifest


def manifest(content: bytes = b"", **changes: Any) -> Manifest:
    """The manifest of a model whose one file holds ``content``; ``changes`` replace fields.

    Labels given without thresholds are sure from 0.5 on.
    """
    labels = changes.get("labels", ("person", "car"))
    fields: dict[str, Any] = {
        "name": "street",
        "version": "7",
        "task": "detect",
        "input_px": 64,
        "licence": "AGPL-3.0-or-later",
        "training_id": "t",
        "source": "s",
        "labels": labels,
        "thresholds": dict.fromkeys(labels, 0.5),
        "files": {"fp32": ModelFile(path="model.onnx", sha256=hashlib.sha256(content).hexdigest())},
    }
    return Manifest(**(fields | changes))


def a_model(folder: Path, content: bytes, **changes: Any) -> Path:
    """Make ``folder`` a model of its name whose file holds ``content``; return ``folder``."""
    folder.mkdir(exist_ok=True)
    (folder / "model.onnx").write_bytes(content)
    save_manifest(manifest(content, **({"name": folder.name} | changes)), folder)
    return folder


def onnx(*anchors: tuple[float, ...]) -> bytes:
    """A model of any size that answers every picture with ``anchors``: centre, width, height, scores."""
    return _answering(np.array([anchors]).transpose(0, 2, 1))


def look_onnx(*logits: float) -> bytes:
    """A second look that answers every region with ``logits``, of which there ought to be one."""
    return _answering(np.array(logits))


def _answering(values: NDArray[np.float64]) -> bytes:
    answer = b"".join(_field(1, side) for side in values.shape) + _field(2, 1)
    answer += _field(8, b"answer") + _field(9, values.astype("<f4").tobytes())
    node = _field(1, b"answer") + _field(2, b"boxes") + _field(4, b"Identity")
    graph = _field(1, node) + _field(2, b"g") + _field(5, answer)
    graph += _field(11, _tensor("images", 1, 3, "height", "width"))
    graph += _field(12, _tensor("boxes", *values.shape))
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 17))


def _field(number: int, value: int | bytes) -> bytes:
    """A field of a protocol buffer with ``value`` below 128, or of bytes."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    length = bytes([len(value) % 128 | 128, len(value) // 128])
    return bytes([number << 3 | 2]) + length + value


def _tensor(name: str, *shape: int | str) -> bytes:
    sides = b"".join(
        _field(1, _field(1, side) if isinstance(side, int) else _field(2, side.encode())) for side in shape
    )
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, 1) + _field(2, sides)))
