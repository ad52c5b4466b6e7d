"""What training does to a model and its pictures; needs the extra `train` (`make test-train`)."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from ultralytics import YOLO

from models.heads import Surest, transplant
from models.keep import KeepingLoss
from models.night import darkened
from models.recipe import RECIPES, Recipe, RecipeError, load_recipe
from models.train import train

PX = 64


@pytest.fixture
def recipe() -> Recipe:
    return load_recipe(RECIPES / "street.toml")


def _base() -> torch.nn.Module:
    torch.manual_seed(1)
    model = YOLO("yolo11n.yaml", verbose=False).model  # no weights: 80 numbered classes
    model.names = dict(enumerate(_names()))
    model.args = SimpleNamespace(box=7.5, cls=0.5, dfl=1.5)
    return model


def _names() -> list[str]:
    classes = {name for names in load_recipe(RECIPES / "street.toml").labels.values() for name in names}
    listed = sorted(classes | {"fire hydrant"})
    return listed + [f"other {i}" for i in range(80 - len(listed))]


def test_of_several_rows_the_surest_speaks() -> None:
    rows = torch.tensor([1.0, 5.0, 2.0, 9.0]).view(1, 4, 1, 1)

    assert Surest([1, 2, 1])(rows).flatten().tolist() == [1.0, 5.0, 9.0]


def test_a_transplanted_head_says_what_the_base_model_said(recipe: Recipe) -> None:
    base, ours = _base().eval(), transplant(_base(), recipe).eval()
    picture = torch.rand(1, 3, PX, PX)

    with torch.no_grad():
        before, after = base(picture)[1]["scores"], ours(picture)[1]["scores"]

    labels = list(recipe.labels)
    fruit = [_names().index(name) for name in recipe.labels["goods"]]
    assert torch.allclose(after[:, labels.index("car")], before[:, _names().index("car")], atol=1e-5)
    assert torch.allclose(after[:, labels.index("goods")], before[:, fruit].amax(1), atol=1e-5)


def test_a_class_that_the_base_model_lacks_is_named(recipe: Recipe) -> None:
    model = _base()
    model.names = {i: f"class {i}" for i in range(80)}

    with pytest.raises(RecipeError, match=r"no class .*person"):
        transplant(model, recipe)


def test_night_is_darker_and_leaves_the_rest_alone() -> None:
    torch.manual_seed(3)
    pictures = torch.full((40, 3, 32, 32), 0.6)

    shown = darkened(pictures, 0.5)

    dark = (shown - pictures).abs().amax(dim=(1, 2, 3)) > 0
    assert 10 <= int(dark.sum()) <= 30
    assert float(shown[dark].mean()) < 0.5
    assert torch.equal(darkened(pictures, 0.0), pictures)
    assert 0 <= float(shown.min()) <= float(shown.max()) <= 1


def _batch(recipe: Recipe, *, taught: bool, label: str | None = None) -> dict[str, object]:
    known = list(recipe.labels)
    boxes = [[0.5, 0.5, 1.0, 1.0]] if label else []
    return {
        "img": (picture := torch.rand(1, 3, PX, PX)),
        "clear": picture,
        "taught": [taught],
        "cls": torch.tensor([[known.index(label)]] if label else []).view(-1, 1),
        "bboxes": torch.tensor(boxes).view(-1, 4),
        "batch_idx": torch.zeros(len(boxes)),
    }


def _losses(recipe: Recipe, batch: dict[str, object], *, shift: float) -> float:
    """How much keeping adds to the class loss when every score moved by ``shift``."""
    ours, base = transplant(_base(), recipe), transplant(_base(), recipe)
    known = [bool(classes) for classes in recipe.labels.values()]
    with torch.no_grad():
        preds = ours.eval()(batch["img"])[1]
        preds = {**preds, "scores": preds["scores"] + shift}
    each = [KeepingLoss(ours, base, known, weight)(preds, batch)[0][1] for weight in (0.0, 1.0)]
    return float(each[1] - each[0])


def test_departing_from_the_base_model_costs(recipe: Recipe) -> None:
    batch = _batch(recipe, taught=True)

    same, apart = (_losses(recipe, batch, shift=shift) for shift in (0.0, 3.0))

    assert apart > same > 0  # cross-entropy with soft targets never reaches zero


def test_what_nobody_taught_costs_nothing(recipe: Recipe) -> None:
    assert _losses(recipe, _batch(recipe, taught=False), shift=3.0) == 0


def test_a_region_of_something_new_is_free(recipe: Recipe) -> None:
    assert _losses(recipe, _batch(recipe, taught=True, label="muck_truck"), shift=3.0) == 0
    assert _losses(recipe, _batch(recipe, taught=True, label="car"), shift=3.0) > 0


def test_a_run_that_is_there_is_not_overwritten(recipe: Recipe, tmp_path: Path) -> None:
    last = tmp_path / "run" / "weights" / "last.pt"
    last.parent.mkdir(parents=True)
    torch.save({"epoch": -1}, last)

    with pytest.raises(RecipeError, match="go on with --resume"):
        train(recipe, tmp_path, tmp_path / "base.pt", tmp_path, resume=False)
    with pytest.raises(RecipeError, match="is finished"):
        train(recipe, tmp_path, tmp_path / "base.pt", tmp_path, resume=True)
    last.write_bytes(b"cut off")
    with pytest.raises(RecipeError, match="cannot be read"):
        train(recipe, tmp_path, tmp_path / "base.pt", tmp_path, resume=True)
    last.unlink()
    with pytest.raises(RecipeError, match="nothing to resume"):
        train(recipe, tmp_path, tmp_path / "base.pt", tmp_path, resume=True)
