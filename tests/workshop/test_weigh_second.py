"""A second look that is there is weighed for the boxes of another detector."""

from pathlib import Path

import pytest

from models.eye import Progress
from models.learn_second import Learnt, learn_second
from models.manifest import Second, load_manifest, pinned, save_manifest
from models.recipe import Recipe, RecipeError
from models.seen_regions import closer_of
from models.weigh_second import weigh_second
from tests.model_files import a_model, onnx
from tests.workshop.puddles import LOOK, a_dataset, a_detector, a_recipe

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Constant folding:UserWarning")


@pytest.fixture
def recipe() -> Recipe:
    return a_recipe()


def test_no_second_look_is_weighed_for_a_detector_without_its_labels(tmp_path: Path, recipe: Recipe) -> None:
    dataset, judges = a_dataset(tmp_path / "dataset"), a_detector(tmp_path / "water")
    (judges / "model.second.onnx").write_bytes(onnx((0.5,)))
    file, looks = pinned(judges / "model.second.onnx"), (closer_of(recipe.second[0]),)
    second = Second(**file.model_dump(), input_px=64, training_id="s", looks=looks)
    save_manifest(load_manifest(judges).model_copy(update={"second": second}), judges)
    other = a_model(tmp_path / "mud", onnx((16, 16, 32, 32, 0.5)), version="1", labels=("mud",))

    with pytest.raises(RecipeError, match=r"mud 1 .* knows mud, not water: export it by the same recipe"):
        next(weigh_second(recipe, dataset, other, judges, version="2"))


def test_a_second_look_that_is_there_is_weighed_for_another_detector(tmp_path: Path, recipe: Recipe) -> None:
    model, other = a_detector(tmp_path / "water"), a_detector(tmp_path / "other", sure=0.3)
    dataset = a_dataset(tmp_path / "dataset")
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
    model, dataset = a_detector(tmp_path / "water"), a_dataset(tmp_path / "dataset")
    list(learn_second(recipe, dataset, model, tmp_path / "run", version="2"))
    before = load_manifest(model).second

    list(weigh_second(recipe, dataset, model, model, version="3"))

    after = load_manifest(model)
    assert before is not None
    assert after.second is not None
    assert (after.version, after.second.sha256) == ("3", before.sha256)
    assert after.second.looks[0].worth == pytest.approx(before.looks[0].worth, abs=1e-3)


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
    second = load_manifest(model).second
    assert second is not None
    others = tuple(look.model_copy(update={"worth": (1.0, 0.0, 0.0)}) for look in second.looks)
    second = second.model_copy(update={"looks": others})
    save_manifest(load_manifest(model).model_copy(update={"second": second}), model)
    with pytest.raises(RecipeError, match="recipe water does not look again at rain"):
        next(weigh_second(recipe, dataset, model, model, version="2", only="rain"))

    closer = Recipe.model_validate(
        a_recipe().model_dump() | looks | {"second": [LOOK, LOOK | {"labels": ["mud"], "whole": True}]}
    )
    with pytest.raises(RecipeError, match="model does not look again at mud as the recipe does: weigh all"):
        next(weigh_second(closer, dataset, model, model, version="3", only="water"))

    *_, learnt = weigh_second(recipe, dataset, model, model, version="3", only="water")

    assert isinstance(learnt, Learnt)
    assert learnt.labels == ("water",)
    weighed = load_manifest(model).second
    assert weighed is not None
    assert weighed.looks[0].worth != others[0].worth
    assert weighed.looks[1] == others[1]
