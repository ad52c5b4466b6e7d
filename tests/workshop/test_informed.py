"""A detector that is told what a network of photos sees; needs the extra `train` (`make test-train`)."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray

from models.backed import Backed
from models.detector import CATALOG
from models.export import assemble, export_fp32
from models.informed import inform, is_informed
from models.picture import find_pictures, read_picture
from models.preprocess import letterbox
from models.recipe import RECIPES, load_recipe
from models.taken_over import scene_of
from models.thaw import thaw
from models.train import train
from models.weights import load_weights
from tests.workshop.puddles import a_dataset, a_recipe

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore:Constant folding:UserWarning", "ignore:Iterating over a tensor"
)
WATER = CATALOG / "water"
IMAGES = torch.rand(1, 3, 96, 128, generator=torch.Generator().manual_seed(1))


def _golden() -> list[NDArray[np.uint8]]:
    return [read_picture(path) for path in find_pictures(WATER / "golden")]


def _network() -> Any:
    """A detector whose hints say something."""
    network = inform(thaw(load_recipe(RECIPES / "water.toml"), WATER, _golden())).eval()
    dice = torch.Generator().manual_seed(2)
    for convolution in network.hints:
        torch.nn.init.normal_(convolution.weight, std=0.005, generator=dice)
        torch.nn.init.normal_(convolution.bias, std=0.005, generator=dice)
    return network


def _answer(network: Any) -> torch.Tensor:
    with torch.no_grad():
        answer: torch.Tensor = network(IMAGES)[0]
    return answer


def test_hints_that_have_learnt_nothing_change_nothing_and_a_copy_has_its_own() -> None:
    network, silent = _network(), _network()
    for convolution in silent.hints:
        torch.nn.init.zeros_(convolution.weight)
        torch.nn.init.zeros_(convolution.bias)
    plain = deepcopy(silent)
    for layer in plain.model:
        layer._forward_hooks.clear()  # noqa: SLF001
    copied, hinted = deepcopy(network), _answer(network)
    torch.nn.init.zeros_(network.hints[2].weight)

    assert torch.equal(_answer(silent), _answer(plain))
    assert not torch.allclose(hinted, _answer(plain), atol=0.1)
    assert torch.equal(_answer(copied), hinted)
    assert not torch.equal(_answer(network), hinted)
    assert inform(network) is network


def test_training_with_a_scene_learns_which_hints_help_and_goes_on_with_them(tmp_path: Path) -> None:
    dataset = a_dataset(tmp_path / "dataset")
    with (dataset / "data.yaml").open("a", encoding="utf-8") as description:
        description.write("train: train.txt\nval: images/val\n")
    recipe = a_recipe().model_copy(update={"train_px": 64, "epochs": 1})

    first = load_weights(train(recipe, dataset, WATER, tmp_path / "one", resume=False))
    second = load_weights(
        train(recipe, dataset, tmp_path / "one/run/weights/last.pt", tmp_path / "two", resume=False)
    )

    assert all(bool(convolution.weight.any()) for convolution in first.hints)
    assert not torch.equal(first.hints[0].weight, second.hints[0].weight)
    without = recipe.model_copy(update={"scene": None})
    third = load_weights(train(without, dataset, _plain(tmp_path), tmp_path / "three", resume=False))
    assert not is_informed(third)


def test_a_published_detector_with_hints_looks_once_and_is_thawed_with_them(tmp_path: Path) -> None:
    recipe, picture = load_recipe(RECIPES / "water.toml"), _golden()[0]
    network, out = _network(), tmp_path / "model"
    torch.save({"model": network, "epoch": -1}, tmp_path / "last.pt")
    assembled = assemble(recipe, [tmp_path / "last.pt"], None, [])
    backed = Backed(assembled, scene_of(WATER, "water"), 0, torch.tensor([1.0, 0.0, 0.0])).eval()
    blob = letterbox(picture, recipe.input_px).blob
    with torch.no_grad():
        theirs = backed(torch.from_numpy(blob)).numpy()

    export_fp32(recipe, backed, out, version="1", training_id="water-1")
    session = onnxruntime.InferenceSession(str(out / "model.onnx"))
    (ours,) = session.run(None, {"images": blob})
    thawed = thaw(recipe, out, [picture]).eval()
    with torch.no_grad():
        again = thawed(torch.from_numpy(blob))[0].numpy()

    sizes = [(folder / "model.onnx").stat().st_size for folder in (out, WATER)]
    assert sizes[0] < 1.1 * sizes[1]  # one network of photos, not two
    assert np.asarray(ours)[:, 4:] == pytest.approx(theirs[:, 4:], abs=0.01)
    assert again[:, 4:] == pytest.approx(theirs[:, 4:], abs=0.01)
    assert is_informed(thawed)
    assert again[:, 4:].max() > 0.1


def _plain(folder: Path) -> Path:
    network = thaw(load_recipe(RECIPES / "water.toml"), WATER, [np.full((64, 64, 3), 90, np.uint8)])
    torch.save({"model": network, "epoch": -1}, folder / "plain.pt")
    return folder / "plain.pt"
