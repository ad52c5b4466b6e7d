"""INT8: a model's file a second time in small numbers, and whether it may be shipped."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from models.calibrate import ENOUGH_TRUTHS
from models.detector import load_detector
from models.evaluate import ap50_of
from models.manifest import FILES, Manifest, load_manifest, pinned, save_manifest
from models.picture import read_picture
from models.preprocess import letterbox
from models.tracing import halve

INT8_LOSS = 0.01
"""INT8 is shipped only if every label loses less AP50 than this: a mean hides what one label lost."""
HEAD = "model.23"
"""Of a YOLO11, wherever it stands in a larger network."""
SCENE = "/scene/"
"""What the nodes of a scene that backs boxes are called (`backed.py`)."""


def quantise(directory: Path, pictures: Iterable[NDArray[np.uint8]], *, scene_only: bool = False) -> Manifest:
    """Add `model.int8.onnx`, its ranges taken from ``pictures``: the very kind of frames that it will see.

    Activations unsigned, weights signed per channel and of 7 bits: right with and without VNNI instructions.
    The decoding after the head stays in floats: one scale for pixels and scores would erase the scores.
    With ``scene_only`` all that finds boxes computes in floats too; hints that it takes are of the scene's
    8-bit maps.
    """
    manifest = load_manifest(directory)
    whole, prepared, path = directory / FILES["fp32"], directory / "prepared.onnx", directory / FILES["int8"]
    quant_pre_process(str(whole), str(prepared), skip_symbolic_shape=True)
    nodes = onnx.load(str(prepared)).graph.node
    floats = [node.name for node in nodes if _is_decoding(node) or (scene_only and not _is_scene(node))]
    logging.getLogger().setLevel(logging.ERROR)  # the quantiser logs to the root
    quantize_static(
        str(prepared),
        str(path),
        _Pictures(pictures, manifest.input_px),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        nodes_to_exclude=floats,
    )
    prepared.unlink()
    halve(path)
    changed = manifest.model_copy(update={"files": {**manifest.files, "int8": pinned(path)}})
    save_manifest(changed, directory)
    return changed


def add_int8(directory: Path, pictures: Sequence[Path], dataset: Path) -> str:
    """Add INT8 where ``dataset``'s validation part finds it good enough; return in words what was decided.

    A model with a scene is tried whole first, then with nothing but its scene in INT8.
    """
    nodes = onnx.load(str(directory / FILES["fp32"])).graph.node
    whole = ap50_of(load_detector(directory, variant="fp32"), dataset, ENOUGH_TRUTHS)
    why = ""
    for scene_only in (False, True) if any(map(_is_scene, nodes)) else (False,):
        quantise(directory, map(read_picture, pictures), scene_only=scene_only)
        small = ap50_of(load_detector(directory, variant="int8"), dataset, ENOUGH_TRUTHS)
        kept, verdict = judge_int8(whole, small)
        why += ("; of the scene alone, " if scene_only else "") + verdict
        if kept:
            return why
    drop_int8(directory)
    return why


def judge_int8(whole: Mapping[str, float], small: Mapping[str, float]) -> tuple[bool, str]:
    """Return whether INT8 may be shipped by the AP50 of each label in fp32 and INT8, and why, in words."""
    if not whole:
        return False, f"INT8 is not shipped: no label has {ENOUGH_TRUTHS} truths to judge it by"
    loss, label = max((whole[name] - small[name], name) for name in whole)
    kept = loss < INT8_LOSS
    return kept, (
        f"INT8 is {'shipped' if kept else 'not shipped'}: AP50 of {label}, which loses most, "
        f"{whole[label]:.3f} in fp32, {small[label]:.3f} in INT8; mean of {len(whole)} labels "
        f"{sum(whole.values()) / len(whole):.3f}, {sum(small.values()) / len(small):.3f}"
    )


def drop_int8(directory: Path) -> Manifest:
    """Take the INT8 file out again, because it lost too much."""
    manifest = load_manifest(directory)
    (directory / FILES["int8"]).unlink(missing_ok=True)
    changed = manifest.model_copy(update={"files": {"fp32": manifest.files["fp32"]}})
    save_manifest(changed, directory)
    return changed


def _is_decoding(node: Any) -> bool:  # noqa: ANN401  onnx ships no types
    """Whether a node comes after the convolutions of a head, or after all layers."""
    path = node.name.strip("/").split("/")
    if HEAD in path:
        return not path[path.index(HEAD) + 1].startswith(("cv2", "cv3"))
    return len(path) == 1


def _is_scene(node: Any) -> bool:  # noqa: ANN401  onnx ships no types
    return bool(node.name.startswith(SCENE))


class _Pictures(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, pictures: Iterable[NDArray[np.uint8]], input_px: int) -> None:
        self.blobs: Iterator[NDArray[np.float32]] = (
            letterbox(picture, input_px).blob for picture in pictures
        )

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        blob = next(self.blobs, None)
        return None if blob is None else {"images": blob}
