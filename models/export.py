"""Export: a trained model becomes a catalog directory: fp32 and INT8 ONNX with their manifest."""

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from models.backed import back
from models.beside import Beside
from models.boxes import read_boxes
from models.dataset_folder import training_id_of
from models.detector import load_detector
from models.golden import record_golden
from models.heads import moved, transplant
from models.informed import check_hints
from models.lifts import measure_lifts
from models.manifest import FILES, Manifest, pinned, save_manifest
from models.picture import evenly, find_pictures, read_picture
from models.publish import farewell, published
from models.quantise import add_int8
from models.recipe import Recipe, RecipeError
from models.scene import load_scene
from models.taken_over import scene_of
from models.teachable import check_teachable
from models.thaw import base_of
from models.tracing import shrink, trace
from models.weights import load_weights, mean_weights

UNCALIBRATED = 0.5
"""The threshold of every label until `calibrate` has measured it."""
RANGE_PICTURES = 150
"""So many training pictures give the ranges of the INT8 model."""
ORDINARY_PICTURES = 800
"""So many training pictures say how loud a faint label may be."""


def export(
    recipe: Recipe,
    weights: Sequence[Path],
    out: Path,
    *,
    version: str,
    dataset: Path,
    base: Path | None = None,
    scene: Path | None = None,
) -> Iterator[str]:
    """Write a model into ``out``, with INT8 if that loses little enough.

    Yields in words what it is at, as the last what was written.

    Of several ``weights`` the mean is taken. A recipe that learns labels beside the base model needs the
    ``base`` weights too, one that judges a ``scene`` what `models scene` learnt, or the folder of a published
    model whose scene is taken over. What is found on the pictures in ``out/golden`` is recorded there.
    """
    check_teachable(recipe, dataset)
    if scene is not None and recipe.scene is None:
        raise RecipeError(f"recipe {recipe.name} judges no scene: leave --scene out")
    training_id = f"{recipe.name}-{training_id_of(dataset)}"
    pictures = list(find_pictures(dataset / "images" / "train"))
    ordinary = (read_picture(path) for path in _ordinary(dataset, recipe))
    yield "putting the networks together"
    network = assemble(recipe, weights, base, ordinary)
    if recipe.scene is not None:
        if scene is None:
            raise RecipeError(
                f"recipe {recipe.name} judges a scene: name what `models scene` wrote with --scene"
            )
        yield "measuring what boxes and scene are worth on the validation pictures"
        judged = scene_of(scene, recipe.scene) if scene.is_dir() else load_scene(scene)
        network = back(network, judged, recipe, _told(dataset, recipe))
    gone = farewell(out)
    with published(out) as part:
        yield "writing fp32"
        export_fp32(recipe, network, part, version=version, training_id=training_id)
        yield "writing INT8 and judging it on the validation pictures"
        verdict = add_int8(part, evenly(pictures, RANGE_PICTURES), dataset)
    golden = out / "golden"
    if golden.is_dir():
        record_golden(load_detector(out, variant="fp32"), golden)
    yield f"{verdict}; {gone}every threshold is {UNCALIBRATED}: calibrate {out} next"


def assemble(
    recipe: Recipe, weights: Sequence[Path], base: Path | None, ordinary: Iterable[NDArray[np.uint8]]
) -> nn.Module:
    """Return the network of ``weights``, beside that of ``base`` where the recipe says so.

    ``ordinary`` pictures, without any faint label, say how much those may be lifted; the base network of a
    published model's folder is lifted already and stays as it is.
    """
    known = mean_weights(weights)
    check_hints(known, recipe)
    learnt = _ready(moved(transplant(known, recipe), recipe.odds))
    if not recipe.learn:
        return learnt
    if base is None:
        raise RecipeError(
            f"recipe {recipe.name} learns {', '.join(recipe.learn)} beside the base model: name its "
            "weights with --base"
        )
    if base.is_dir():
        return Beside(_ready(base_of(recipe, base)), learnt, recipe)
    theirs = load_weights(base)
    lifts = measure_lifts(_ready(deepcopy(theirs)), ordinary, recipe) if recipe.faint else {}
    return Beside(_ready(transplant(theirs, recipe, lifts)), learnt, recipe)


def export_fp32(recipe: Recipe, network: nn.Module, out: Path, *, version: str, training_id: str) -> Manifest:
    """Write `model.onnx` and `manifest.toml` of ``network`` into ``out``; thresholds await calibration."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / FILES["fp32"]
    trace(network, path, recipe.input_px, "boxes", {2: "anchors"})
    shrink(path)
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
        files={"fp32": pinned(path)},
    )
    save_manifest(manifest, out)
    return manifest


def _told(dataset: Path, recipe: Recipe) -> Iterator[tuple[NDArray[np.uint8], bool]]:
    """Yield the validation pictures, and whether they show what the scene is about."""
    labels = list(recipe.labels)
    for picture in find_pictures(dataset / "images" / "val"):
        boxes = read_boxes(dataset / "labels" / "val" / f"{picture.stem}.txt", len(labels))
        yield read_picture(picture), bool((boxes[:, 0] == labels.index(str(recipe.scene))).any())


def _ordinary(dataset: Path, recipe: Recipe) -> Iterator[Path]:
    """Yield training pictures that show no faint label."""
    faint = recipe.truth_ids(recipe.faint)
    truths = dataset / "labels" / "train"
    yield from evenly(
        [
            picture
            for picture in find_pictures(dataset / "images" / "train")
            if not np.isin(read_boxes(truths / f"{picture.stem}.txt", len(recipe.labels))[:, 0], faint).any()
        ],
        ORDINARY_PICTURES,
    )


def _ready(model: Any) -> Any:  # noqa: ANN401  ultralytics ships no types
    """Return the model with its convolutions fused and its head as ONNX wants it, for inputs of any size."""
    fused = model.float().eval().fuse(verbose=False)
    head = fused.model[-1]
    head.export, head.format, head.dynamic = True, "onnx", True
    return fused
