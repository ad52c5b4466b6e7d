"""A second look learns to see with last blocks of its own."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from models import tune_second as tuning
from models.detector import load_detector
from models.eye import Progress
from models.learn_second import Learnt, learn_second
from models.manifest import load_manifest
from models.recipe import Lesson, Recipe, RecipeError
from models.scene import Scene
from models.tail import EARLY, Tail
from models.taken_over import judged_in, second_of
from models.tune_second import tune_second
from tests.model_files import a_model, onnx
from tests.workshop.puddles import DRY, LOOK, WET, a_dataset, a_picture, a_recipe

WHOLE = LOOK | {"whole": True}
BOTH = {"labels": {"water": (), "mud": ()}, "second": [WHOLE, LOOK | {"labels": ["mud"]}]}
PICTURES = 24
CONTENT = onnx((16, 16, 32, 32, 0.5, 0), (16, 16, 32, 32, 0, 0.5))


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "EPOCHS", 2)
    monkeypatch.setattr(tuning, "BATCH", 6)
    monkeypatch.setattr(tuning, "WARM", 1)
    monkeypatch.setattr(tuning, "FEWEST", 10)


@pytest.fixture
def recipe() -> Recipe:
    return Recipe.model_validate(a_recipe().model_dump() | BOTH)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = a_dataset(tmp_path / "dataset", ("water", "mud"))
    for part in ("train", "val"):
        for label in (folder / "labels" / part).glob("dry*"):
            label.write_text("1 0.25 0.5 0.5 1\n", encoding="utf-8")
    return folder


@pytest.fixture
def model(tmp_path: Path, recipe: Recipe, dataset: Path) -> Path:
    """One that finds water and mud in the left half of every picture, and looks twice at both."""
    folder = a_model(tmp_path / "model", CONTENT, version="1", labels=("water", "mud"))
    list(learn_second(recipe, dataset, folder, tmp_path / "seen", version="2"))
    return folder


def test_a_tail_begins_as_the_network_that_it_is_the_end_of() -> None:
    scene, images = Scene().eval(), torch.rand(1, 3, 96, 64)
    with torch.no_grad():
        features = scene.features(images)
        ours = Tail().eval()(scene.maps[EARLY])

    assert ours.numpy() == pytest.approx(features.numpy(), abs=1e-3)
    assert features.std() > 0.05


def test_a_tuned_look_sees_otherwise_and_the_others_as_before(
    tmp_path: Path, recipe: Recipe, dataset: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, lesson = load_detector(model).second, recipe.second[0]
    assert _tail_of(model, lesson) is None

    *steps, learnt = tune_second(recipe, dataset, model, tmp_path / "run", only="water", version="3")

    assert isinstance(learnt, Learnt)
    assert (learnt.labels, learnt.auroc_after) == (("water",), 1.0)
    learning = [step for step in steps if isinstance(step, Progress) and step.total not in (PICTURES, 40)]
    assert [step.done for step in learning] == list(range(1, learning[0].total + 1))
    manifest, after = load_manifest(model), load_detector(model).second
    assert manifest.version == "3"
    assert manifest.second[1] == before[1].second
    assert manifest.second[0].sha256 != before[0].second.sha256
    dice, region = np.random.default_rng(3), (0, 0, 64, 64)
    wet, dry = (a_picture(colour, dice) for colour in (WET, DRY))
    for picture in (wet, dry):
        assert abs(after[0].judge(picture, region) - before[0].judge(picture, region)) > 0.1
    assert after[0].judge(wet, region) > after[0].judge(dry, region) + 1

    tuned = _tail_of(model, lesson)
    assert tuned is not None
    begun = Tail().state_dict()
    halves = ((begun[name].half(), value.half()) for name, value in tuned.state_dict().items())
    assert any(not torch.equal(*both) for both in halves)  # as a file keeps them

    other = a_model(tmp_path / "other", CONTENT, version="1", labels=("water", "mud"))
    list(learn_second(recipe, dataset, other, tmp_path / "muds", version="2", judges=model, only="mud"))
    assert load_manifest(other).second[0] == manifest.second[0]
    assert load_detector(other).second[0].judge(wet, region) == after[0].judge(wet, region)

    begins = list[torch.Tensor]()

    def spied(_judge: object, tail: Tail, *_: object) -> Iterator[Progress]:
        begins.extend(tail.state_dict().values())
        return iter(())

    monkeypatch.setattr(tuning, "learn", spied)
    list(tune_second(recipe, dataset, model, tmp_path / "more", only="water", version="4"))
    assert load_manifest(model).version == "4"
    assert all(torch.equal(*pair) for pair in zip(begins, tuned.state_dict().values(), strict=True))


def test_an_interrupted_run_goes_on_where_an_epoch_ended(
    tmp_path: Path, recipe: Recipe, dataset: Path, model: Path
) -> None:
    before = load_manifest(model)
    run = tune_second(recipe, dataset, model, tmp_path / "run", only="water", version="3")
    first = next(_learning(run))
    for step in _learning(run):
        if step.done > first.total // 2:
            break
    del run

    assert load_manifest(model) == before
    resumed = tune_second(recipe, dataset, model, tmp_path / "run", only="water", version="3")
    assert next(_learning(resumed)).done == first.total // 2 + 1
    del resumed
    (tmp_path / "run" / "tail.pt").write_bytes(b"cut off")
    with pytest.raises(RecipeError, match=r"tail\.pt is damaged: remove it, or name another --out"):
        list(tune_second(recipe, dataset, model, tmp_path / "run", only="water", version="3"))


def test_only_a_look_at_whole_things_that_is_there_is_tuned(
    tmp_path: Path, recipe: Recipe, dataset: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(folder: Path, only: str) -> str:
        with pytest.raises(RecipeError) as told:
            list(tune_second(recipe, dataset, folder, tmp_path / "run", only=only, version="3"))
        return str(told.value)

    assert "recipe water looks at no mud as one whole thing" in refused(model, "mud")
    assert "recipe water does not look again at rain" in refused(model, "rain")
    content = onnx((16, 16, 32, 32, 0.5, 0))
    without = a_model(tmp_path / "without", content, version="1", labels=("water", "mud"))
    assert "does not look again at water as the recipe does" in refused(without, "water")
    for out in (model / "run", model.parent):
        with pytest.raises(RecipeError, match=r"would hold the model itself: name another --out, beside"):
            next(tune_second(recipe, dataset, model, out, only="water", version="3"))
    fewer = recipe.model_copy(update={"second": recipe.second[:1]})
    with pytest.raises(RecipeError, match="model has not the second looks of recipe water"):
        next(tune_second(fewer, dataset, model, tmp_path / "run", only="water", version="3"))
    with monkeypatch.context() as changed:
        changed.setattr("models.backed.FEWEST", 21)
        told = refused(model, "water")
    assert "water: 20 looks at validation pictures show the thing, 20 do not: 21 of each" in told
    assert not (tmp_path / "run").exists()  # before it learns
    monkeypatch.setattr(tuning, "FEWEST", 100)
    assert "24 regions of training pictures show the thing, 12 do not: 100 of each" in refused(model, "water")


def _tail_of(model: Path, lesson: Lesson) -> Tail | None:
    return judged_in(model, second_of(model, lesson))[1]


def _learning(steps: Iterator[Progress | Learnt]) -> Iterator[Progress]:
    """Yield the steps that learnt something."""
    return (step for step in steps if isinstance(step, Progress) and step.total not in (PICTURES, 40))
