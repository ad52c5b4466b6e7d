"""What training does to a model and its pictures; needs the extra `train` (`make test-train`)."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from ultralytics import YOLO

from models.beside import Beside
from models.heads import Surest, transplant
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


def test_beside_a_learnt_model_the_base_model_says_what_it_said(recipe: Recipe) -> None:
    base, learnt = transplant(_base(), recipe).eval(), transplant(_base(), recipe).eval()
    with torch.no_grad():
        learnt.model[-1].cv3[0][0][0].conv.weight.mul_(3)  # it learnt something
    for model in (base, learnt):
        model.model[-1].export, model.model[-1].format = True, "onnx"
    picture, labels = torch.rand(1, 3, PX, PX), list(recipe.labels)

    with torch.no_grad():
        alone, other, both = base(picture), learnt(picture), Beside(base, learnt, recipe)(picture)

    car, muck_truck, goods = (4 + labels.index(name) for name in ("car", "muck_truck", "goods"))
    ours, theirs = both.chunk(2, dim=2)
    assert torch.equal(ours[:, car], alone[:, car])
    assert torch.equal(ours[:, goods], alone[:, goods])
    assert not ours[:, muck_truck].any()
    assert torch.equal(theirs[:, :4], other[:, :4])
    assert torch.equal(theirs[:, muck_truck], other[:, muck_truck])
    assert not theirs[:, car].any()


def test_two_backbones_are_not_put_beside_each_other(recipe: Recipe) -> None:
    base, learnt = transplant(_base(), recipe), transplant(_base(), recipe)
    with torch.no_grad():
        learnt.model[0].conv.weight.add_(1)

    with pytest.raises(RecipeError, match="frozen_layers = 11"):
        Beside(base, learnt, recipe)


def test_a_lift_makes_a_label_surer(recipe: Recipe) -> None:
    plain, lifted = transplant(_base(), recipe).eval(), transplant(_base(), recipe, {"goods": 3.0}).eval()
    picture, goods = torch.rand(1, 3, PX, PX), list(recipe.labels).index("goods")

    with torch.no_grad():
        before, after = plain(picture)[1]["scores"], lifted(picture)[1]["scores"]

    assert torch.allclose(after[:, goods], before[:, goods] + 3, atol=1e-4)
    assert torch.equal(after[:, goods + 1 :], before[:, goods + 1 :])


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
