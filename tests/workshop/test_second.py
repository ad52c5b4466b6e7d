"""A second look learns from a detector's own boxes what is right about them."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models import learn_second as learning
from models import second_look, shown, views
from models.detector import load_detector
from models.eye import TOGETHER, Progress
from models.learn_second import Learnt, closer_of, learn_second, look
from models.manifest import Second, load_manifest, pinned, save_manifest
from models.preprocess import GREY
from models.recipe import RECIPES, Lesson, Recipe, RecipeError, load_recipe
from models.scene import MAPS
from models.second_look import FAINT
from models.weigh_second import weigh_second
from tests.dataset_files import number
from tests.model_files import a_model, onnx

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Constant folding:UserWarning")

WET, DRY = (180, 90, 20), (40, 60, 70)
LOOK = {"labels": ["water"], "scale": 1, "seen": 0.3}


@pytest.fixture
def recipe() -> Recipe:
    water = load_recipe(RECIPES / "water.toml").model_dump() | {"second": [LOOK]}
    return Recipe.model_validate(water)


def _model(folder: Path, sure: float = 0.5) -> Path:
    """A detector that sees water in the left half of every picture, and is never surer than this."""
    content, sure_from = onnx((16, 16, 32, 32, sure)), {"water": 0.6}
    return a_model(folder, content, name="water", version="1", labels=("water",), thresholds=sure_from)


def _picture(colour: tuple[int, int, int], dice: np.random.Generator) -> NDArray[np.uint8]:
    """Its left half has this colour, the other is grey."""
    image = np.full((64, 128, 3), 128.0)
    image[:, :64] = colour
    return np.clip(image + dice.normal(0, 12, image.shape), 0, 255).astype(np.uint8)


def _dataset(folder: Path, labels: Iterable[str] = ("water",)) -> Path:
    dice = np.random.default_rng(1)
    for part, count in (("train", 12), ("val", 20)):
        for kind, colour in (("wet", WET), ("dry", DRY)):
            for index in range(count):
                picture = folder / "images" / part / f"{kind}{index}.png"
                label = folder / "labels" / part / f"{kind}{index}.txt"
                for path in (picture, label):
                    path.parent.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(picture), _picture(colour, dice))
                label.write_text("0 0.25 0.5 0.5 1\n" if kind == "wet" else "", encoding="utf-8")
    number(folder, labels)
    (folder / "summary.json").write_text('{"training_id": "abc"}', encoding="utf-8")
    listed = [f"./images/train/{path.name}\n" for path in sorted((folder / "images" / "train").iterdir())]
    (folder / "train.txt").write_text("".join(listed), encoding="utf-8")
    return folder


def test_a_detector_that_cannot_tell_is_told_by_its_second_look(tmp_path: Path, recipe: Recipe) -> None:
    model, dataset = _model(tmp_path / "water"), _dataset(tmp_path / "dataset")
    run = learn_second(recipe, dataset, model, tmp_path / "run", version="2")
    assert next(run) == Progress(done=TOGETHER, total=64)
    del run
    seen = {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*.npy")}
    *_, learnt = learn_second(recipe, dataset, model, tmp_path / "run", version="2")

    assert len(seen) == TOGETHER
    assert all(path.stat().st_mtime_ns == when for path, when in seen.items())
    assert learnt == Learnt(labels=("water",), shown=20, free=20, auroc_before=0.5, auroc_after=1.0)
    manifest = load_manifest(model)
    assert (manifest.version, manifest.thresholds) == ("2", {"water": 0.6})
    assert manifest.second is not None
    assert manifest.second.training_id == "water-abc"
    detector, dice = load_detector(model), np.random.default_rng(2)
    wet, dry = (detector.detect(_picture(colour, dice)) for colour in (WET, DRY))
    assert wet.confidences[0] > 0.7
    assert dry.confidences.max(initial=0) < 0.3

    (model / "model.second.onnx").write_bytes(b"cut off")
    list(learn_second(recipe, dataset, model, tmp_path / "run", version="3"))
    assert load_detector(model).detect(_picture(WET, dice)).confidences[0] == pytest.approx(
        wet.confidences[0], abs=0.02
    )  # learnt again from the detector's own boxes, not from those of the second look


def test_a_run_keeps_to_its_detector(tmp_path: Path, recipe: Recipe) -> None:
    dataset = _dataset(tmp_path / "dataset")
    next(learn_second(recipe, dataset, _model(tmp_path / "one"), tmp_path / "run", version="2"))
    other = _model(tmp_path / "two")
    (other / "model.onnx").write_bytes(onnx((16, 16, 32, 32, 0.4)))
    files = {"fp32": pinned(other / "model.onnx")}
    save_manifest(load_manifest(other).model_copy(update={"files": files}), other)

    with pytest.raises(RecipeError, match="of another dataset, by another detector or otherwise"):
        next(learn_second(recipe, dataset, other, tmp_path / "run", version="2"))


def test_a_run_keeps_to_what_its_views_were_made_with(
    tmp_path: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, model = _dataset(tmp_path / "dataset"), _model(tmp_path / "one")
    next(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))

    for module, name in ((learning, "SHIFTED"), (second_look, "MOST"), (shown, "UNSEEN"), (views, "CLOSEST")):
        with monkeypatch.context() as changed:
            changed.setattr(module, name, 0.5)
            with pytest.raises(RecipeError, match="of another dataset, by another detector or otherwise"):
                next(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))


def test_what_is_never_looked_at_says_nothing_of_worth(tmp_path: Path, recipe: Recipe) -> None:
    model, dataset = _model(tmp_path / "water", sure=0.9 * FAINT), _dataset(tmp_path / "dataset")

    with pytest.raises(RecipeError, match="0 looks at validation pictures show the thing, 0 do not"):
        list(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))


def _contrast(blob: NDArray[np.float32]) -> NDArray[np.float32]:
    """An eye that sees only how much brighter the brightest is than the darkest, 0 to 1."""
    padded = (np.abs(blob[0] - GREY / 255) < 1e-6).all(axis=0)
    grey = blob[0].mean(axis=0)[~padded]
    return np.full((1, 2 * MAPS), grey.max() - grey.min(), np.float32)


def test_a_view_that_lost_the_thing_does_not_show_it(tmp_path: Path, recipe: Recipe) -> None:
    detector, rows = load_detector(_model(tmp_path / "water")), []
    lesson = Lesson.model_validate(LOOK | {"scale": 4, "seen": 0.02})
    asked = recipe.model_copy(update={"second": (lesson,)})
    corner = np.array([[0, 1 / 16, 1 / 8, 1 / 8, 1 / 4]], np.float32)
    for shade in range(20):  # another shade, other views
        picture = np.full((64, 128, 3), shade, np.uint8)
        picture[:16, :16] = 255
        rows.append(look(_contrast, detector, asked, picture, corner, "train"))

    told, contrast = np.concatenate(rows)[:, [1, 4]].T

    assert (told > 0).sum() > 60
    assert contrast[told > 0].min() > 0.15


def test_a_recipe_without_second_looks_is_refused(tmp_path: Path, recipe: Recipe) -> None:
    plain = recipe.model_copy(update={"second": ()})

    with pytest.raises(RecipeError, match="takes no second look"):
        next(learn_second(plain, _dataset(tmp_path / "d"), _model(tmp_path / "m"), tmp_path, version="2"))


@pytest.mark.parametrize("only", ["", "muck_truck"])
def test_labels_that_the_detector_does_not_know_are_refused(tmp_path: Path, only: str) -> None:
    street, model = load_recipe(RECIPES / "street.toml"), _model(tmp_path / "m")
    dataset, judges = _dataset(tmp_path / "d", street.labels), model if only else None

    with pytest.raises(RecipeError, match=r"water 1 .* knows water, not faint_goods, .*, muck_truck: export"):
        next(learn_second(street, dataset, model, tmp_path, version="2", judges=judges, only=only))


def test_no_second_look_is_weighed_for_a_detector_without_its_labels(tmp_path: Path, recipe: Recipe) -> None:
    dataset, judges = _dataset(tmp_path / "dataset"), _model(tmp_path / "water")
    (judges / "model.second.onnx").write_bytes(onnx((0.5,)))
    file, looks = pinned(judges / "model.second.onnx"), (closer_of(recipe.second[0]),)
    second = Second(**file.model_dump(), input_px=64, training_id="s", looks=looks)
    save_manifest(load_manifest(judges).model_copy(update={"second": second}), judges)
    other = a_model(tmp_path / "mud", onnx((16, 16, 32, 32, 0.5)), version="1", labels=("mud",))

    with pytest.raises(RecipeError, match=r"mud 1 .* knows mud, not water: export it by the same recipe"):
        next(weigh_second(recipe, dataset, other, judges, version="2"))


def test_an_interrupted_run_leaves_the_model_as_it_was(tmp_path: Path, recipe: Recipe) -> None:
    model, dataset = _model(tmp_path / "water"), _dataset(tmp_path / "dataset")
    for label in (dataset / "labels" / "train").iterdir():
        label.write_text("", encoding="utf-8")

    with pytest.raises(RecipeError, match="0 training views show the thing"):
        list(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))
    assert load_manifest(model).second is None
    assert sorted(path.name for path in model.iterdir()) == ["manifest.toml", "model.onnx"]


def test_a_second_look_that_is_there_is_weighed_for_another_detector(tmp_path: Path, recipe: Recipe) -> None:
    model, other = _model(tmp_path / "water"), _model(tmp_path / "other", sure=0.3)
    dataset = _dataset(tmp_path / "dataset")
    with pytest.raises(RecipeError, match=r"water has not the second looks of recipe water: learn them"):
        next(weigh_second(recipe, dataset, other, model, version="3"))
    learnt = list(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))[-1]

    *progress, weighed = weigh_second(recipe, dataset, other, model, version="3")

    assert progress[-1] == Progress(done=40, total=40)
    assert weighed == learnt
    ours, theirs = load_manifest(other), load_manifest(model)
    assert ours.second is not None
    assert theirs.second is not None
    assert ours.version == "3"
    assert ours.second.sha256 == theirs.second.sha256
    assert ours.second.training_id == "water-abc"
    assert ours.second.looks[0].worth[2] != theirs.second.looks[0].worth[2]


def test_a_model_may_weigh_its_own_second_look_anew(tmp_path: Path, recipe: Recipe) -> None:
    model, dataset = _model(tmp_path / "water"), _dataset(tmp_path / "dataset")
    list(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))
    before = load_manifest(model).second

    list(weigh_second(recipe, dataset, model, model, version="3"))

    after = load_manifest(model)
    assert before is not None
    assert after.second is not None
    assert (after.version, after.second.sha256) == ("3", before.sha256)
    assert after.second.looks[0].worth == pytest.approx(before.looks[0].worth, abs=1e-3)


def test_one_look_is_learnt_and_the_others_are_taken_over(tmp_path: Path, recipe: Recipe) -> None:
    labels, content = ("water", "mud"), onnx((16, 16, 32, 32, 0.5, 0), (16, 16, 32, 32, 0, 0.5))
    looks = {"labels": {"water": (), "mud": ()}, "second": [LOOK, LOOK | {"labels": ["mud"]}]}
    recipe = Recipe.model_validate(recipe.model_dump() | looks)
    first, other = (
        a_model(tmp_path / name, content, version="1", labels=labels) for name in ("first", "other")
    )
    dataset = _dataset(tmp_path / "dataset", labels)
    for part in ("train", "val"):
        for label in (dataset / "labels" / part).glob("dry*"):
            label.write_text("1 0.25 0.5 0.5 1\n", encoding="utf-8")
    with pytest.raises(RecipeError, match="first does not look again at mud as the recipe does"):
        next(learn_second(recipe, dataset, other, tmp_path / "a", version="2", judges=first, only="water"))
    list(learn_second(recipe, dataset, first, tmp_path / "run", version="2"))
    with pytest.raises(RecipeError, match="does not look again at rain"):
        next(learn_second(recipe, dataset, other, tmp_path / "a", version="2", judges=first, only="rain"))

    run = learn_second(recipe, dataset, other, tmp_path / "a", version="3", judges=first, only="water")

    assert [one.labels for one in run if isinstance(one, Learnt)] == [("water",)]
    theirs, ours = (load_detector(model).second for model in (first, other))
    assert theirs is not None
    assert ours is not None
    assert ours.second.looks[1] == theirs.second.looks[1]
    picture = _picture(DRY, np.random.default_rng(3))
    region = (0, 0, 64, 64)
    assert ours.judge(picture, region)[1] == pytest.approx(theirs.judge(picture, region)[1], abs=1e-3)
    assert ours.judge(picture, region)[0] < 0
