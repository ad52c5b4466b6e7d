"""INT8: what stays in floats, and when it is shipped; needs the extra `train` (`make test-train`)."""

import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from models.detector import CATALOG, load_detector
from models.manifest import FILES, load_manifest
from models.overlaps import iou
from models.picture import find_pictures, read_picture
from models.quantise import _is_decoding, add_int8, drop_int8, judge_int8, quantise


@pytest.fixture
def water(tmp_path: Path) -> Path:
    """The shipped model that a scene backs, without an INT8 file."""
    model = Path(shutil.copytree(CATALOG / "water", tmp_path / "water"))
    drop_int8(model)
    return model


@pytest.fixture
def golden(water: Path) -> list[Path]:
    return list(find_pictures(water / "golden"))


@pytest.mark.parametrize("where", ["", "base/", "learnt/", "detector/"])
def test_decoding_is_told_from_layers_wherever_a_head_stands(where: str) -> None:
    names = {"model.23/cv2.0/conv/Conv": False, "model.23/Concat_3": True, "model.5/conv/Conv": False}

    assert {name: _is_decoding(SimpleNamespace(name=f"/{where}{name}")) for name in names} == names
    assert _is_decoding(SimpleNamespace(name="/Concat"))
    assert not _is_decoding(SimpleNamespace(name="/scene/network/_blocks.0/Conv"))


@pytest.mark.parametrize("scene_only", [False, True])
def test_int8_of_a_detector_with_a_scene_says_nearly_the_same(
    water: Path, golden: list[Path], *, scene_only: bool
) -> None:
    pictures = [read_picture(path) for path in golden]

    quantise(water, pictures, scene_only=scene_only)

    whole, small = (load_detector(water, variant=variant) for variant in FILES)
    compared = 0
    for picture in pictures:
        found, again = whole.detect(picture), small.detect(picture)
        surest = [max(one.confidences, default=0.0) for one in (found, again)]
        assert surest[1] == pytest.approx(surest[0], abs=0.1)
        both = min(len(found.boxes), len(again.boxes))  # a scene lifts all alike: the order stays
        compared += both
        if scene_only:
            overlaps = np.diag(iou(again.boxes[:both], found.boxes[:both]))
            assert (overlaps > 0.9).all()  # hints come from 8-bit maps
    assert compared


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ([0.0], "INT8 is shipped"),
        ([0.02, 0.0], "INT8 is not shipped: .*; of the scene alone, INT8 is shipped"),
        ([0.02, 0.02], "INT8 is not shipped: .*; of the scene alone, INT8 is not shipped"),
    ],
)
def test_where_int8_of_all_loses_too_much_the_scene_alone_is_tried(
    water: Path,
    golden: list[Path],
    losses: list[float],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    figures = iter([0.6, *(0.6 - loss for loss in losses)])
    monkeypatch.setattr("models.quantise.ap50_of", lambda *_: {"water": next(figures)})

    why = add_int8(water, golden, water)

    assert re.match(said, why)
    assert (water / FILES["int8"]).exists() == (min(losses) == 0)
    assert ("int8" in load_manifest(water).files) == (min(losses) == 0)
    assert next(figures, None) is None


def test_int8_is_shipped_where_no_label_loses_a_point() -> None:
    whole = {"car": 0.50, "bus": 0.40}

    assert judge_int8(whole, {"car": 0.60, "bus": 0.392})[0]
    kept, why = judge_int8(whole, {"car": 0.60, "bus": 0.388})
    assert not kept
    assert "not shipped: AP50 of bus, which loses most, 0.400 in fp32, 0.388 in INT8; mean of 2 labels" in why
    assert judge_int8({}, {}) == (False, "INT8 is not shipped: no label has 20 truths to judge it by")
