"""A second look learns from a detector's own boxes what is right about them."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models import second_look, seen_regions, shown, views
from models.detector import load_detector
from models.eye import TOGETHER, Progress
from models.learn_second import Learnt, learn_second
from models.manifest import load_manifest, pinned, save_manifest
from models.preprocess import GREY
from models.recipe import RECIPES, Lesson, Recipe, RecipeError, load_recipe
from models.scene import MAPS
from models.second_look import FAINT
from models.seen_regions import FEATURES, TOLD, look
from tests.model_files import a_model, onnx
from tests.workshop.puddles import DRY, LOOK, WET, a_dataset, a_detector, a_picture, a_recipe


@pytest.fixture
def recipe() -> Recipe:
    return a_recipe()


def test_a_detector_that_cannot_tell_is_told_by_its_second_look(tmp_path: Path, recipe: Recipe) -> None:
    model, dataset = a_detector(tmp_path / "water"), a_dataset(tmp_path / "dataset")
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
    assert [second.training_id for second in manifest.second] == ["water-abc"]
    detector, dice = load_detector(model), np.random.default_rng(2)
    wet, dry = (detector.detect(a_picture(colour, dice)) for colour in (WET, DRY))
    assert wet.confidences[0] > 0.7
    assert dry.confidences.max(initial=0) < 0.3

    (model / manifest.second[0].path).write_bytes(b"cut off")
    (model / "model.second.onnx").write_bytes(b"of another time")
    list(learn_second(recipe, dataset, model, tmp_path / "run", version="3"))
    assert load_detector(model).detect(a_picture(WET, dice)).confidences[0] == pytest.approx(
        wet.confidences[0], abs=0.02
    )  # learnt again from the detector's own boxes, not from those of the second look
    assert {path.name for path in model.glob("*.onnx")} == {"model.onnx", load_manifest(model).second[0].path}


def test_a_run_keeps_to_its_detector(tmp_path: Path, recipe: Recipe) -> None:
    dataset = a_dataset(tmp_path / "dataset")
    next(learn_second(recipe, dataset, a_detector(tmp_path / "one"), tmp_path / "run", version="2"))
    other = a_detector(tmp_path / "two")
    (other / "model.onnx").write_bytes(onnx((16, 16, 32, 32, 0.4)))
    files = {"fp32": pinned(other / "model.onnx")}
    save_manifest(load_manifest(other).model_copy(update={"files": files}), other)

    with pytest.raises(RecipeError, match="of another dataset, by another detector or otherwise"):
        next(learn_second(recipe, dataset, other, tmp_path / "run", version="2"))


def test_a_run_keeps_to_what_its_views_were_made_with(
    tmp_path: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, model = a_dataset(tmp_path / "dataset"), a_detector(tmp_path / "one")
    next(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))

    for module, name in (
        (seen_regions, "SHIFTED"),
        (second_look, "MOST"),
        (shown, "UNSEEN"),
        (views, "CLOSEST"),
    ):
        with monkeypatch.context() as changed:
            changed.setattr(module, name, 0.5)
            with pytest.raises(RecipeError, match="of another dataset, by another detector or otherwise"):
                next(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))


def test_what_is_never_looked_at_says_nothing_of_worth(tmp_path: Path, recipe: Recipe) -> None:
    model, dataset = a_detector(tmp_path / "water", sure=0.9 * FAINT), a_dataset(tmp_path / "dataset")

    with pytest.raises(RecipeError, match="0 looks at validation pictures show the thing, 0 do not"):
        list(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))


def _contrast(blob: NDArray[np.float32]) -> NDArray[np.float32]:
    """An eye that sees only how much brighter the brightest is than the darkest, 0 to 1."""
    padded = (np.abs(blob[0] - GREY / 255) < 1e-6).all(axis=0)
    grey = blob[0].mean(axis=0)[~padded]
    return np.full((1, 2 * MAPS), grey.max() - grey.min(), np.float32)


def test_a_view_that_lost_the_thing_does_not_show_it(tmp_path: Path, recipe: Recipe) -> None:
    detector, rows = load_detector(a_detector(tmp_path / "water")), []
    lesson = Lesson.model_validate(LOOK | {"scale": 4, "seen": 0.02})
    asked = recipe.model_copy(update={"second": (lesson,)})
    corner = np.array([[0, 1 / 16, 1 / 8, 1 / 8, 1 / 4]], np.float32)
    for shade in range(20):  # another shade, other views
        picture = np.full((64, 128, 3), shade, np.uint8)
        picture[:16, :16] = 255
        rows.append(look(_contrast, detector, asked, picture, corner, "train"))

    told, contrast = np.concatenate(rows)[:, [TOLD, FEATURES]].T

    assert (told > 0).sum() > 60
    assert contrast[told > 0].min() > 0.15


def test_a_recipe_without_second_looks_is_refused(tmp_path: Path, recipe: Recipe) -> None:
    plain = recipe.model_copy(update={"second": ()})

    with pytest.raises(RecipeError, match="takes no second look"):
        next(
            learn_second(plain, a_dataset(tmp_path / "d"), a_detector(tmp_path / "m"), tmp_path, version="2")
        )


@pytest.mark.parametrize("only", ["", "muck_truck"])
def test_labels_that_the_detector_does_not_know_are_refused(tmp_path: Path, only: str) -> None:
    street, model = load_recipe(RECIPES / "street.toml"), a_detector(tmp_path / "m")
    dataset, judges = a_dataset(tmp_path / "d", street.labels), model if only else None

    with pytest.raises(
        RecipeError, match=r"water 1 .* knows water, not faint_goods, .*, muck_truck, truck: export"
    ):
        next(learn_second(street, dataset, model, tmp_path, version="2", judges=judges, only=only))


def test_an_interrupted_run_leaves_the_model_as_it_was(tmp_path: Path, recipe: Recipe) -> None:
    model, dataset = a_detector(tmp_path / "water"), a_dataset(tmp_path / "dataset")
    for label in (dataset / "labels" / "train").iterdir():
        label.write_text("", encoding="utf-8")

    with pytest.raises(RecipeError, match="0 training views show the thing"):
        list(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))
    assert load_manifest(model).second == ()
    assert sorted(path.name for path in model.iterdir()) == ["manifest.toml", "model.onnx"]


def test_killed_before_its_manifest_a_new_look_leaves_the_model_that_was(
    tmp_path: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, dataset = a_detector(tmp_path / "water"), a_dataset(tmp_path / "dataset")
    list(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))
    before, picture = load_manifest(model), a_picture(WET, np.random.default_rng(2))
    sure = load_detector(model).detect(picture).confidences.tolist()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    other = recipe.model_copy(update={"second": (recipe.second[0].model_copy(update={"scale": 3}),)})
    with monkeypatch.context() as changed:
        changed.setattr("models.learn_second.save_manifest", killed)
        with pytest.raises(KeyboardInterrupt):
            list(learn_second(other, dataset, model, tmp_path / "other", version="3"))

    assert len(list(model.glob("model.second*.onnx"))) == 2
    assert load_manifest(model) == before
    assert load_detector(model).detect(picture).confidences.tolist() == sure


def test_a_look_at_whole_things_learns_from_boxes_that_were_taken_for_another(
    tmp_path: Path, recipe: Recipe
) -> None:
    """The detector takes water for mud, and mud for mud."""
    labels, content = ("water", "mud"), onnx((16, 16, 32, 32, 0, 0.5))
    asked = LOOK | {"also": ["mud"], "against": ["mud"], "whole": True}
    puddles = recipe.model_dump() | {"labels": {"water": (), "mud": ()}, "second": [asked]}
    model = a_model(tmp_path / "model", content, version="1", labels=labels)

    *_, learnt = learn_second(
        Recipe.model_validate(puddles),
        a_dataset(tmp_path / "dataset", labels),
        model,
        tmp_path / "run",
        version="2",
    )

    assert learnt == Learnt(labels=("water",), shown=20, free=20, auroc_before=0.5, auroc_after=1.0)
    detector, dice = load_detector(model), np.random.default_rng(2)
    wet, dry = (detector.detect(a_picture(colour, dice)) for colour in (WET, DRY))
    assert [wet.label_of(one) for one in range(len(wet))] == ["water", "mud"]
    assert wet.confidences[0] > 0.7
    assert dry.confidences[dry.class_ids == 0].max(initial=0) < 0.3


def test_one_look_is_learnt_and_the_others_are_taken_over(tmp_path: Path, recipe: Recipe) -> None:
    labels, content = ("water", "mud"), onnx((16, 16, 32, 32, 0.5, 0), (16, 16, 32, 32, 0, 0.5))
    looks = {"labels": {"water": (), "mud": ()}, "second": [LOOK, LOOK | {"labels": ["mud"]}]}
    recipe = Recipe.model_validate(recipe.model_dump() | looks)
    first, other = (
        a_model(tmp_path / name, content, version="1", labels=labels) for name in ("first", "other")
    )
    dataset = a_dataset(tmp_path / "dataset", labels)
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
    assert ours[1].second == theirs[1].second
    assert ours[0].judge(a_picture(DRY, np.random.default_rng(3)), (0, 0, 64, 64)) < 0
