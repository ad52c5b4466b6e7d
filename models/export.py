"""Export: a trained model becomes a catalog directory: fp32 and INT8 ONNX with their manifest."""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxslim
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from ultralytics.nn.tasks import load_checkpoint

from models.beside import Beside
from models.detector import load_detector
from models.evaluate import mean_ap50
from models.heads import transplant
from models.manifest import Manifest, ModelFile, Variant, load_manifest, save_manifest
from models.picture import find_pictures, read_picture
from models.preprocess import letterbox
from models.publish import published
from models.recipe import Recipe, RecipeError

OPSET = 17
UNCALIBRATED = 0.5
"""The threshold of every label until `calibrate` has measured it."""
RANGE_PICTURES = 150
"""So many training pictures give the ranges of the INT8 model."""
INT8_LOSS = 0.01
"""INT8 is shipped only if it loses less AP50 than this."""
FILES: dict[Variant, str] = {"fp32": "model.onnx", "int8": "model.int8.onnx"}


def export(
    recipe: Recipe, weights: Path, out: Path, *, version: str, dataset: Path, base: Path | None = None
) -> str:
    """Write a model into ``out``, with INT8 if that loses little enough; return in words what was written.

    A recipe that learns labels beside the base model needs the ``base`` weights too.
    """
    summary = json.loads((dataset / "summary.json").read_text(encoding="utf-8"))
    training_id = f"{recipe.name}-{summary['training_id']}"
    pictures = list(find_pictures(dataset / "images" / "train"))
    step = max(1, len(pictures) // RANGE_PICTURES)
    with published(out) as part:
        export_fp32(recipe, weights, part, version=version, training_id=training_id, base=base)
        quantise(part, (read_picture(picture) for picture in pictures[::step]))
        whole, small = (mean_ap50(load_detector(part, variant=variant), dataset) for variant in FILES)
        kept = 0 < whole < small + INT8_LOSS
        if not kept:
            drop_int8(part)
    return f"AP50 fp32 {whole:.4f}, INT8 {small:.4f}: INT8 is {'shipped' if kept else 'not shipped'}"


def export_fp32(
    recipe: Recipe, weights: Path, out: Path, *, version: str, training_id: str, base: Path | None = None
) -> Manifest:
    """Write `model.onnx` and `manifest.toml` of ``weights`` into ``out``; thresholds await calibration."""
    model = _ready(transplant(load_checkpoint(str(weights))[0], recipe))
    if recipe.learn:
        if base is None:
            raise RecipeError(
                f"recipe {recipe.name} learns {', '.join(recipe.learn)} beside the base model: name its "
                "weights with --base"
            )
        model = Beside(_ready(transplant(load_checkpoint(str(base))[0], recipe, recipe.lift)), model, recipe)
    out.mkdir(parents=True, exist_ok=True)
    path = out / FILES["fp32"]
    blank = torch.zeros(1, 3, recipe.input_px, recipe.input_px)
    torch.onnx.export(
        model,
        (blank,),
        str(path),
        opset_version=OPSET,
        input_names=["images"],
        output_names=["boxes"],
        dynamo=False,
    )
    onnx.save(onnxslim.slim(onnx.load(str(path))), str(path))
    manifest = Manifest(
        name=recipe.name,
        version=version,
        task="detect",
        input_px=recipe.input_px,
        licence="AGPL-3.0-or-later",
        training_id=training_id,
        source="YOLO11n by Ultralytics (AGPL-3.0), COCO weights; the card names every picture source",
        labels=tuple(recipe.labels),
        thresholds=dict.fromkeys(recipe.labels, UNCALIBRATED),
        files={"fp32": _pinned(path)},
    )
    save_manifest(manifest, out)
    return manifest


def quantise(directory: Path, pictures: Iterable[NDArray[np.uint8]]) -> Manifest:
    """Add `model.int8.onnx`, its ranges taken from ``pictures``: the very kind of frames that it will see.

    Activations unsigned, weights signed per channel and of 7 bits: right with and without VNNI instructions.
    The decoding after the head stays in floats: one scale for pixels and scores would erase the scores.
    """
    manifest = load_manifest(directory)
    whole, prepared, path = directory / FILES["fp32"], directory / "prepared.onnx", directory / FILES["int8"]
    quant_pre_process(str(whole), str(prepared), skip_symbolic_shape=True)
    decoding = [node.name for node in onnx.load(str(prepared)).graph.node if _is_decoding(node)]
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
        nodes_to_exclude=decoding,
    )
    prepared.unlink()
    changed = manifest.model_copy(update={"files": {**manifest.files, "int8": _pinned(path)}})
    save_manifest(changed, directory)
    return changed


def drop_int8(directory: Path) -> Manifest:
    """Take the INT8 file out again, because it lost too much."""
    manifest = load_manifest(directory)
    (directory / FILES["int8"]).unlink(missing_ok=True)
    changed = manifest.model_copy(update={"files": {"fp32": manifest.files["fp32"]}})
    save_manifest(changed, directory)
    return changed


def _ready(model: Any) -> Any:  # noqa: ANN401  ultralytics ships no types
    """Return the model with its convolutions fused and its head as ONNX wants it."""
    fused = model.float().eval().fuse(verbose=False)
    head = fused.model[-1]
    head.export, head.format = True, "onnx"
    return fused


def _is_decoding(node: Any) -> bool:  # noqa: ANN401  onnx ships no types
    """Whether a node comes after the convolutions of a head, or after all layers."""
    layer, _, inside = node.name.removeprefix("/").partition("/")
    in_head = layer.startswith("model.23")  # of both, where one stands beside another
    return not inside or (in_head and not inside.startswith(("cv2", "cv3")))


def _pinned(path: Path) -> ModelFile:
    return ModelFile(path=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


class _Pictures(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, pictures: Iterable[NDArray[np.uint8]], input_px: int) -> None:
        self.blobs: Iterator[NDArray[np.float32]] = (
            letterbox(picture, input_px).blob for picture in pictures
        )

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        blob = next(self.blobs, None)
        return None if blob is None else {"images": blob}
