"""A second look that is there is weighed for the boxes of another detector."""

from pathlib import Path

import pytest

from models.eye import Progress
from models.learn_second import Learnt, learn_second
from models.manifest import Second, load_manifest, pinned, save_manifest
from models.recipe import Recipe, RecipeError
from models.seen_regions import closer_of
from models.weigh_second import weigh_second
from tests.model_files import a_model, look_onnx, onnx
from tests.workshop.puddles import LOOK, a_dataset, a_detector, a_recipe


@pytest.fixture
def recipe() -> Recipe:
    return a_recipe()


def test_no_second_look_is_weighed_for_a_detector_without_its_labels(tmp_path: Path, recipe: Recipe) -> None:
    dataset, judges = a_dataset(tmp_path / "dataset"), a_detector(tmp_path / "water")
    (judges / "model.second.water.onnx").write_bytes(look_onnx(0.5))
    file, look = pinned(judges / "model.second.water.onnx"), closer_of(recipe.second[0])
    second = Second(**file.model_dump(), input_px=64, training_id="s", look=look)
    save_manifest(load_manifest(judges).model_copy(update={"second": (second,)}), judges)
    other = a_model(tmp_path / "mud", onnx((16, 16, 32, 32, 0.5)), version="1", labels=("mud",))

    with pytest.raises(RecipeError, match=r"mud 1 .* knows mud, not water: export it by the same recipe"):
        next(weigh_second(recipe, dataset, other, judges, version="2"))


def test_a_second_look_that_is_there_is_weighed_for_another_detector(tmp_path: Path, recipe: Recipe) -> None:
    model, other = a_detector(tmp_path / "water"), a_detector(tmp_path / "other", sure=0.3)
    dataset = a_dataset(tmp_path / "dataset")
    with pytest.raises(
        RecipeError, match=r"water has not the second looks of recipe water: take .* or learn them"
    ):
        next(weigh_second(recipe, dataset, other, model, version="3"))
    learnt = list(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))[-1]

    *progress, weighed = weigh_second(recipe, dataset, other, model, version="3")

    assert progress[-1] == Progress(done=40, total=40)
    assert weighed == learnt
    ours, theirs = load_manifest(other), load_manifest(model)
    (our,), (their,) = ours.second, theirs.second
    assert ours.version == "3"
    assert our.sha256 == their.sha256
    assert our.training_id == "water-abc"
    assert our.look.worth[2] != their.look.worth[2]


def test_a_model_may_weigh_its_own_second_look_anew(tmp_path: Path, recipe: Recipe) -> None:
    model, dataset = a_detector(tmp_path / "water"), a_dataset(tmp_path / "dataset")
    list(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))
    (before,) = load_manifest(model).second

    list(weigh_second(recipe, dataset, model, model, version="3"))

    after = load_manifest(model)
    assert (after.version, [second.sha256 for second in after.second]) == ("3", [before.sha256])
    assert after.second[0].look.worth == pytest.approx(before.look.worth, abs=1e-3)


def test_one_look_is_weighed_and_the_others_are_worth_what_they_were(tmp_path: Path) -> None:
    labels, content = ("water", "mud"), onnx((16, 16, 32, 32, 0.5, 0), (16, 16, 32, 32, 0, 0.5))
    looks = {"labels": {"water": (), "mud": ()}, "second": [LOOK, LOOK | {"labels": ["mud"]}]}
    recipe = Recipe.model_validate(a_recipe().model_dump() | looks)
    model = a_model(tmp_path / "model", content, version="1", labels=labels)
    dataset = a_dataset(tmp_path / "dataset", labels)
    for part in ("train", "val"):
        for label in (dataset / "labels" / part).glob("dry*"):
            label.write_text("1 0.25 0.5 0.5 1\n", encoding="utf-8")
    list(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))
    plain = {"worth": (1.0, 0.0, 0.0)}
    others = tuple(
        second.model_copy(update={"look": second.look.model_copy(update=plain)})
        for second in load_manifest(model).second
    )
    save_manifest(load_manifest(model).model_copy(update={"second": others}), model)
    with pytest.raises(RecipeError, match="recipe water does not look again at rain"):
        next(weigh_second(recipe, dataset, model, model, version="2", only="rain"))

    closer = Recipe.model_validate(
        a_recipe().model_dump() | looks | {"second": [LOOK, LOOK | {"labels": ["mud"], "whole": True}]}
    )
    with pytest.raises(
        RecipeError, match=r"model does not look again at mud as recipe water does: .* weigh all"
    ):
        next(weigh_second(closer, dataset, model, model, version="3", only="water"))

    *_, learnt = weigh_second(recipe, dataset, model, model, version="3", only="water")

    assert isinstance(learnt, Learnt)
    assert learnt.labels == ("water",)
    weighed = load_manifest(model).second
    assert weighed[0].look.worth != others[0].look.worth
    assert weighed[1] == others[1]
