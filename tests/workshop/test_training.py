"""What training does to a model and its pictures; needs the extra `train` (`make test-train`)."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate
from ultralytics import YOLO

from models.beside import Beside
from models.heads import Surest, transplant
from models.lifts import BLANK, ENOUGH, measure_lifts
from models.night import darkened
from models.recipe import RECIPES, Recipe, RecipeError, load_recipe
from models.train import check_loss, train
from models.weights import load_weights, mean_weights
from tests.dataset_files import number

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


def _for_export(model: torch.nn.Module) -> torch.nn.Module:
    head = model.eval().model[-1]
    head.export, head.format, head.dynamic = True, "onnx", True
    return model


def _names() -> list[str]:
    classes = {name for names in load_recipe(RECIPES / "street.toml").labels.values() for name in names}
    listed = sorted(classes | {"fire hydrant"})
    return listed + [f"other {i}" for i in range(80 - len(listed))]


class Redness:
    """A base model that knows every class the better, the redder a picture is, and sees some in each."""

    names = dict(enumerate(_names()))

    def __init__(self, always: float = 0.0) -> None:
        self.always = always

    def __call__(self, blob: torch.Tensor) -> torch.Tensor:
        return ((blob[0, 0] - blob[0, 2]).amax() * 0.026).clamp(min=self.always).expand(1, 84, 3)


def test_of_several_rows_the_surest_speaks() -> None:
    rows = torch.tensor([1.0, 5.0, 2.0, 9.0]).view(1, 4, 1, 1)

    assert Surest([1, 2, 1])(rows).flatten().tolist() == [1.0, 5.0, 9.0]


def test_a_transplanted_head_says_what_the_base_model_said(recipe: Recipe) -> None:
    base, ours = _base().eval(), transplant(_base(), recipe).eval()
    picture = torch.rand(1, 3, PX, PX)

    with torch.no_grad():
        before, after = base(picture)[1]["scores"], ours(picture)[1]["scores"]

    labels = list(recipe.labels)
    fruit = [_names().index(name) for name in recipe.labels["faint_goods"]]
    assert torch.allclose(after[:, labels.index("car")], before[:, _names().index("car")], atol=1e-5)
    assert torch.allclose(after[:, labels.index("faint_goods")], before[:, fruit].amax(1), atol=1e-5)


def test_beside_a_learnt_model_the_base_model_says_what_it_said(recipe: Recipe) -> None:
    base, learnt = (_for_export(transplant(_base(), recipe)) for _ in range(2))
    with torch.no_grad():
        learnt.model[-1].cv3[0][0][0].conv.weight.mul_(3)  # it learnt something
    picture, labels = torch.rand(1, 3, 2 * PX, 3 * PX), list(recipe.labels)
    small = interpolate(picture, size=(64, 128), mode="bilinear")

    with torch.no_grad():
        alone, other, both = base(picture), learnt(small), Beside(base, learnt, recipe)(picture)

    car, muck_truck, goods = (4 + labels.index(name) for name in ("car", "muck_truck", "faint_goods"))
    count = alone.shape[2]
    plain, soft, theirs = both[..., :count], both[..., count : 2 * count], both[..., 2 * count :]
    assert torch.equal(plain[:, :4], alone[:, :4])
    assert torch.equal(plain[:, car], alone[:, car])
    assert not plain[:, [goods, muck_truck]].any()
    assert torch.equal(soft[:, goods], alone[:, goods])
    assert not soft[:, [car, muck_truck]].any()
    scale = torch.tensor([1.5, 2.0, 1.5, 2.0])[:, None]
    assert torch.allclose(theirs[:, :4], other[:, :4] * scale)
    assert torch.equal(theirs[:, muck_truck], other[:, muck_truck])
    assert not theirs[:, car].any()


def test_a_lift_makes_a_class_surer(recipe: Recipe) -> None:
    lifts = {"faint_goods": [3.0] * len(recipe.labels["faint_goods"])}
    plain, lifted = transplant(_base(), recipe).eval(), transplant(_base(), recipe, lifts).eval()
    picture, goods = torch.rand(1, 3, PX, PX), list(recipe.labels).index("faint_goods")

    with torch.no_grad():
        before, after = plain(picture)[1]["scores"], lifted(picture)[1]["scores"]

    assert torch.allclose(after[:, goods], before[:, goods] + 3, atol=1e-4)
    assert torch.equal(after[:, goods + 1 :], before[:, goods + 1 :])


def test_a_lifted_class_reaches_a_half_in_one_of_a_hundred_ordinary_pictures(recipe: Recipe) -> None:
    pictures = [np.full((PX, PX, 3), (0, 0, shade), np.uint8) for shade in range(200)]
    small = recipe.model_copy(update={"input_px": PX})

    lifts = measure_lifts(Redness(), pictures, small)

    assert {label: len(of) for label, of in lifts.items()} == {
        label: len(recipe.labels[label]) for label in ("faint_stall", "faint_goods")
    }
    surest = torch.tensor([float(picture.max()) / 255 * 0.026 for picture in pictures])
    for lift in lifts["faint_goods"]:
        assert int((torch.sigmoid(torch.logit(surest) + lift) > 0.5).sum()) == 2
    with pytest.raises(RecipeError, match=r"99 training pictures show none of faint_stall, faint_goods: 100"):
        measure_lifts(Redness(), pictures[:99], small)


def test_a_lifted_class_stays_low_in_a_picture_of_nothing(recipe: Recipe) -> None:
    pictures = [np.zeros((PX, PX, 3), np.uint8)] * ENOUGH
    small = recipe.model_copy(update={"input_px": PX})

    lifts = measure_lifts(Redness(always=0.1), pictures, small)

    for lift in lifts["faint_goods"]:
        assert torch.sigmoid(torch.logit(torch.tensor(0.1)) + lift).item() == pytest.approx(BLANK)


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
    torch.save({"epoch": -1, "train_args": {"data": str(tmp_path / "data.yaml")}}, last)
    with pytest.raises(RecipeError, match=r"is no dataset: make it with `models dataset street"):
        train(recipe, tmp_path, tmp_path / "base.pt", tmp_path, resume=False)
    number(tmp_path, recipe.labels)

    with pytest.raises(RecipeError, match="go on with --resume"):
        train(recipe, tmp_path, tmp_path / "base.pt", tmp_path, resume=False)
    with pytest.raises(RecipeError, match="is finished"):
        train(recipe, tmp_path, tmp_path / "base.pt", tmp_path, resume=True)
    torch.save({"epoch": 3, "train_args": {"data": "/another/data.yaml"}}, last)
    with pytest.raises(RecipeError, match=r"was begun on /another/data.yaml"):
        train(recipe, tmp_path, tmp_path / "base.pt", tmp_path, resume=True)
    last.write_bytes(b"cut off")
    with pytest.raises(RecipeError, match="cannot be read"):
        train(recipe, tmp_path, tmp_path / "base.pt", tmp_path, resume=True)
    last.unlink()
    with pytest.raises(RecipeError, match="nothing to resume"):
        train(recipe, tmp_path, tmp_path / "base.pt", tmp_path, resume=True)


def test_a_loss_that_is_no_number_ends_the_run() -> None:
    check_loss(SimpleNamespace(loss=torch.tensor([0.3, 2.0])))

    with pytest.raises(RecipeError, match=r"the loss is no number: .* start anew with other weights"):
        check_loss(SimpleNamespace(loss=torch.tensor([0.3, float("nan")])))


def test_the_mean_of_two_runs_lies_between_them(recipe: Recipe, tmp_path: Path) -> None:
    paths = [tmp_path / "one.pt", tmp_path / "other.pt"]
    for path, value in zip(paths, (1.0, 3.0), strict=True):
        network = transplant(_base(), recipe)
        network.model[0].conv.weight.data.fill_(value)
        torch.save({"model": network, "train_args": {}}, path)

    mean = mean_weights(paths)

    assert mean.names == dict(enumerate(recipe.labels))
    assert (mean.model[0].conv.weight == 2.0).all()
    torch.save({"model": _base(), "train_args": {}}, paths[1])
    with pytest.raises(RecipeError, match=r"other\.pt and .*one\.pt are weights of different networks"):
        mean_weights(paths)


@pytest.mark.parametrize("content", [b"", b"no weights", None])
def test_a_file_that_holds_no_weights_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "base.pt"
    if content is None:
        torch.save([1, 2], path)
    else:
        path.write_bytes(content)

    with pytest.raises(RecipeError, match=r"base\.pt holds no weights of Ultralytics"):
        load_weights(path)
    with pytest.raises(RecipeError, match=r"gone\.pt is missing"):
        load_weights(tmp_path / "gone.pt")
    with pytest.raises(RecipeError, match="is a folder: name a file of weights"):
        load_weights(tmp_path)
