"""A published model learns on from where it is; needs the extra `train` (`make test-train`)."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from numpy.typing import NDArray
from torch.nn.functional import interpolate

from models.beside import shrunk
from models.detector import CATALOG
from models.export import assemble
from models.heads import moved
from models.manifest import ModelError, load_manifest, pinned, save_manifest
from models.picture import find_pictures, read_picture
from models.preprocess import letterbox
from models.recipe import RECIPES, RecipeError, load_recipe
from models.thaw import base_of, thaw

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def _golden(model: str) -> list[NDArray[np.uint8]]:
    return [read_picture(path) for path in find_pictures(CATALOG / model / "golden")]


def _said_by_file(model: str, blob: NDArray[np.float32]) -> NDArray[np.float32]:
    (answer,) = ort.InferenceSession(str(CATALOG / model / "model.onnx")).run(None, {"images": blob})
    return np.asarray(answer)


def test_what_is_thawed_says_what_the_file_says() -> None:
    recipe, pictures = load_recipe(RECIPES / "street.toml"), _golden("street")
    network = moved(thaw(recipe, CATALOG / "street", pictures).eval(), recipe.odds)
    blob = letterbox(pictures[0], recipe.input_px).blob
    small = (shrunk(blob.shape[2]), shrunk(blob.shape[3]))

    with torch.no_grad():
        ours = network(interpolate(torch.from_numpy(blob), size=small, mode="bilinear"))[0].numpy()

    learnt = [4 + list(recipe.labels).index(label) for label in recipe.learn]
    theirs = _said_by_file("street", blob)[..., -ours.shape[2] :]
    assert ours[:, learnt] == pytest.approx(theirs[:, learnt], abs=1e-4)
    assert ours[:, learnt].max() > 0.1


def test_a_published_model_that_is_put_together_again_says_the_same(tmp_path: Path) -> None:
    recipe, pictures = load_recipe(RECIPES / "street.toml"), _golden("street")
    torch.save({"model": thaw(recipe, CATALOG / "street", pictures), "epoch": -1}, tmp_path / "learnt.pt")
    blob = letterbox(pictures[0], recipe.input_px).blob

    network = assemble(recipe, [tmp_path / "learnt.pt"], CATALOG / "street", []).eval()

    with torch.no_grad():
        ours = network(torch.from_numpy(blob)).numpy()
    theirs = _said_by_file("street", blob)
    assert ours[:, 4:] == pytest.approx(theirs[:, 4:], abs=2e-4)
    assert ours[:, :4] == pytest.approx(theirs[:, :4], abs=0.1)
    with pytest.raises(RecipeError, match="give the base model's own weights"):
        base_of(load_recipe(RECIPES / "water.toml"), CATALOG / "street")
    with pytest.raises(ModelError, match="holds no YOLO11n"):
        base_of(load_recipe(RECIPES / "water.toml"), CATALOG / "water")


def test_a_network_that_a_scene_backs_is_thawed_alone() -> None:
    recipe, pictures = load_recipe(RECIPES / "water.toml"), _golden("water")
    network = thaw(recipe, CATALOG / "water", pictures).eval()
    blob = letterbox(pictures[0], recipe.input_px).blob

    with torch.no_grad():
        ours = network(torch.from_numpy(blob))[0].numpy()

    assert ours[:, :4] == pytest.approx(_said_by_file("water", blob)[:, :4], abs=0.5)


def test_the_first_step_of_learning_does_not_undo_what_is_known() -> None:
    recipe, picture = load_recipe(RECIPES / "water.toml"), _golden("water")[1]
    network = thaw(recipe, CATALOG / "water", [picture])
    images = torch.from_numpy(letterbox(picture, recipe.train_px).blob)

    with torch.no_grad():
        known = network.eval()(images)[0][:, 4:]
        learning = network.train()(images)["scores"].sigmoid()

    assert float(known.max()) > 0.4
    assert learning.numpy() == pytest.approx(known.numpy(), abs=0.05)


def test_a_label_more_leaves_the_others_as_they_were_and_begins_as_it_is_told() -> None:
    recipe, pictures = load_recipe(RECIPES / "street.toml"), _golden("street")
    more = {
        "labels": {"cart": (), "rickshaw": (), **recipe.labels},
        "start": {**recipe.start, "cart": "bin", "stall": "umbrella"},
        "learn": (*recipe.learn, "cart", "rickshaw"),
    }
    wider = recipe.model_copy(update=more)
    torch.manual_seed(0)  # a row that knows nothing begins at random
    before, after = (thaw(one, CATALOG / "street", pictures).eval() for one in (recipe, wider))
    blob = torch.from_numpy(letterbox(pictures[0], recipe.train_px).blob)

    with torch.no_grad():
        was, is_now = (network(blob)[0][0].numpy() for network in (before, after))

    assert list(after.names.values()) == list(wider.labels)
    assert is_now[:4] == pytest.approx(was[:4], abs=1e-3)
    assert is_now[6:] == pytest.approx(was[4:], abs=1e-5)
    assert is_now[4] == pytest.approx(was[4 + list(recipe.labels).index("bin")], abs=1e-5)
    assert is_now[5].max() < 0.05


def test_odds_move_a_label_along_its_scale_and_thawing_moves_it_back() -> None:
    recipe, pictures = load_recipe(RECIPES / "street.toml"), _golden("street")
    plain = recipe.model_copy(update={"odds": {}})
    said, learning = (thaw(one, CATALOG / "street", pictures).eval() for one in (plain, recipe))
    blob = torch.from_numpy(letterbox(pictures[0], recipe.train_px).blob)
    stall = 4 + list(recipe.labels).index("stall")

    with torch.no_grad():
        there, here = (network(blob)[0][0, stall] for network in (said, learning))

    assert (there / (1 - there)).numpy() == pytest.approx(3 * (here / (1 - here)).numpy(), rel=1e-3)


def test_another_recipe_and_a_file_that_holds_no_network_are_named(tmp_path: Path) -> None:
    water, street = (load_recipe(RECIPES / f"{name}.toml") for name in ("water", "street"))
    with pytest.raises(RecipeError, match="knows water, recipe street person"):
        thaw(street, CATALOG / "water", [])
    with pytest.raises(RecipeError, match="no pictures"):
        thaw(water, CATALOG / "water", [])

    other = onnx.helper.make_graph([], "none", [], [])
    onnx.save(onnx.helper.make_model(other), str(tmp_path / "model.onnx"))
    manifest = load_manifest(CATALOG / "water")
    save_manifest(manifest.model_copy(update={"files": {"fp32": pinned(tmp_path / "model.onnx")}}), tmp_path)
    with pytest.raises(ModelError, match="holds no YOLO11n of recipe water"):
        thaw(water, tmp_path, [])
