"""What judges in a published model is taken over as it is; needs the extra `train` (`make test-train`)."""

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from models.detector import CATALOG, load_detector
from models.looks_again import LooksAgain
from models.manifest import ModelError
from models.picture import read_picture
from models.preprocess import letterbox
from models.recipe import RECIPES, RecipeError, load_recipe
from models.taken_over import judged_in, scene_of, second_of

GATHER = "/scene/judge/Gather"
"""The node of the file that gives the scene's logit."""


def test_the_scene_of_a_published_model_judges_as_its_file_does() -> None:
    water = CATALOG / "water"
    model: Any = onnx.load(water / "model.onnx")
    (logit,) = (node.output[0] for node in model.graph.node if node.name == GATHER)
    model.graph.output.append(onnx.helper.make_tensor_value_info(logit, onnx.TensorProto.FLOAT, [1]))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    picture = read_picture(next((water / "golden").glob("*.jpg")))
    blob = letterbox(picture, 384).blob

    with torch.no_grad():
        ours = float(scene_of(water, "water")(torch.from_numpy(blob))[0])

    assert ours == pytest.approx(float(session.run([logit], {"images": blob})[0][0]), abs=0.02)
    assert abs(ours) > 1
    with pytest.raises(ModelError, match=r"street.model\.onnx holds no judge of scenes"):
        scene_of(CATALOG / "street", "truck")
    with pytest.raises(RecipeError, match=r"street knows .*, not water: learn a scene of it"):
        scene_of(CATALOG / "street", "water")


def test_the_tuned_look_of_a_published_model_judges_as_its_file_does() -> None:
    street, recipe = CATALOG / "street", load_recipe(RECIPES / "street.toml")
    taken = [judged_in(street, second_of(street, lesson)) for lesson in recipe.second]
    picture = read_picture(next((street / "golden").glob("*.jpg")))

    blob = torch.from_numpy(letterbox(np.ascontiguousarray(picture[:256, :256]), 256).blob)
    with torch.no_grad():
        ours = [float(LooksAgain(*judged).eval()(blob)[0]) for judged in taken]

    assert [tail is not None for _, tail in taken] == [True, False]
    files = load_detector(street).second
    assert ours == pytest.approx([look.judge(picture, (0, 0, 256, 256)) for look in files], abs=0.02)
