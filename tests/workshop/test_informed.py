"""A detector that is told what a network of photos sees; needs the extra `train` (`make test-train`)."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from ultralytics.nn.tasks import DetectionModel

from models.backed import Backed
from models.detector import CATALOG
from models.export import assemble, export_fp32
from models.heads import relabelled
from models.informed import inform, is_informed, show
from models.picture import find_pictures, read_picture
from models.preprocess import letterbox
from models.recipe import RECIPES, RecipeError, load_recipe
from models.scene import Scene
from models.taken_over import scene_of
from models.thaw import thaw
from models.train import train
from models.weights import load_weights, mean_weights
from tests.workshop.puddles import a_dataset, a_recipe

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore:Constant folding:UserWarning", "ignore:Iterating over a tensor"
)
WATER = CATALOG / "water"
IMAGES = torch.rand(1, 3, 96, 128, generator=torch.Generator().manual_seed(1))


def _golden() -> list[NDArray[np.uint8]]:
    return [read_picture(path) for path in find_pictures(WATER / "golden")]


def _plain() -> Any:
    """The detector of the published file, without hints if it has them."""
    recipe = load_recipe(RECIPES / "water.toml")
    thawed = thaw(recipe, WATER, _golden())
    network = relabelled(DetectionModel("yolo11n.yaml", nc=80, verbose=False), ["water"], [1])
    known = thawed.state_dict()
    network.load_state_dict({name: known[name] for name in network.state_dict()})
    return network.eval()


def _network() -> Any:
    """The detector of the published file, its hints other than zero."""
    network = inform(thaw(load_recipe(RECIPES / "water.toml"), WATER, _golden())).eval()
    dice = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for convolution in network.hints:
            convolution.weight += 0.001 * torch.randn(convolution.weight.shape, generator=dice)
            convolution.bias += 0.001 * torch.randn(convolution.bias.shape, generator=dice)
    return network


def _answer(network: Any) -> torch.Tensor:
    with torch.no_grad():
        answer: torch.Tensor = network(IMAGES)[0]
    return answer


def test_hints_that_have_learnt_nothing_change_nothing_and_a_copy_has_its_own() -> None:
    network, plain = _network(), _plain()
    silent = inform(deepcopy(plain))
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

    plain = {"model": _plain(), "epoch": -1}
    torch.save(plain, tmp_path / "plain.pt")

    last = train(recipe, dataset, tmp_path / "plain.pt", tmp_path / "one", resume=False)
    hardly = recipe.model_copy(update={"learning_rate": 1e-9})
    first, second = (
        load_weights(path) for path in (last, train(hardly, dataset, last, tmp_path / "two", resume=False))
    )

    assert all(float(convolution.weight.abs().max()) > 1e-4 for convolution in first.hints)
    for ours, theirs in zip(first.hints, second.hints, strict=True):
        assert torch.allclose(ours.weight, theirs.weight, atol=1e-4)
    without = recipe.model_copy(update={"scene": None})
    with pytest.raises(RecipeError, match="take hints of a scene"):
        train(without, dataset, last, tmp_path / "three", resume=False)
    with pytest.raises(RecipeError, match="take hints of a scene"):
        assemble(without, [last], None, [])
    third = train(without, dataset, tmp_path / "plain.pt", tmp_path / "three", resume=False)
    assert not is_informed(load_weights(third))
    mean = mean_weights([last, third])
    assert torch.allclose(mean.hints[0].weight, first.hints[0].weight.float() / 2, atol=1e-4)


def test_a_run_that_was_begun_without_hints_is_not_resumed_with_them(tmp_path: Path) -> None:
    last, dataset = tmp_path / "run/weights/last.pt", a_dataset(tmp_path / "dataset")
    last.parent.mkdir(parents=True)
    of_run = {"data": str(dataset / "data.yaml")}
    torch.save({"ema": _plain(), "epoch": 1, "train_args": of_run}, last)

    with pytest.raises(RecipeError, match=r"without hints of a scene, unlike the recipe: train on"):
        train(a_recipe(), dataset, tmp_path / "base.pt", tmp_path, resume=True)


def test_a_look_is_shown_once_and_another_network_has_no_hints() -> None:
    network, scene = _network(), Scene()
    alone = _answer(network)
    scene.features(IMAGES.flip(3))
    show(network, scene)

    assert not torch.allclose(_answer(network), alone, atol=0.1)
    assert torch.equal(_answer(network), alone)
    with pytest.raises(RecipeError, match="YOLO11"):
        inform(DetectionModel("yolov8n.yaml", verbose=False))


def test_a_published_detector_with_hints_looks_once_and_is_thawed_with_them(tmp_path: Path) -> None:
    recipe, picture = load_recipe(RECIPES / "water.toml"), _golden()[1]  # with water
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

    convolutions = sum(isinstance(layer, torch.nn.Conv2d) for layer in backed.modules())
    nodes = onnx.load(str(out / "model.onnx")).graph.node
    assert sum(node.op_type == "Conv" for node in nodes) == convolutions  # it looks once
    assert np.asarray(ours)[:, 4:] == pytest.approx(theirs[:, 4:], abs=0.01)
    assert again[:, 4:] == pytest.approx(theirs[:, 4:], abs=0.01)
    assert is_informed(thawed)
    assert again[:, 4:].max() > 0.1
