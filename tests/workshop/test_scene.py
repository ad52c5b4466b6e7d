"""Judging whole pictures: what a scene learns, and what it is worth beside a detector."""

from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
import torch

from models.backed import Backed, weigh
from models.eye import TOGETHER, Progress, look_at_all
from models.learn_scene import Learnt, learn_scene, teach
from models.picture import PictureError
from models.recipe import RECIPES, Recipe, RecipeError, load_recipe
from models.scene import MAPS, Scene, load_scene, save_judge
from models.tracing import trace
from tests.dataset_files import number

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Constant folding:UserWarning")

WET, DRY = (180, 90, 20), (40, 60, 70)


@pytest.fixture
def recipe() -> Recipe:
    return load_recipe(RECIPES / "water.toml").model_copy(update={"input_px": 64})


def _dataset(folder: Path, training_id: str = "abc") -> Path:
    dice = np.random.default_rng(1)
    for part, count in (("train", 24), ("val", 3)):
        for kind, colour in (("wet", WET), ("dry", DRY)):
            for index in range(count):
                image = np.clip(np.full((48, 64, 3), colour) + dice.normal(0, 12, (48, 64, 3)), 0, 255)
                picture = folder / "images" / part / f"{kind}{index}.png"
                label = folder / "labels" / part / f"{kind}{index}.txt"
                for path in (picture, label):
                    path.parent.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(picture), image.astype(np.uint8))
                label.write_text("0 0.5 0.5 1 1\n" if kind == "wet" else "", encoding="utf-8")
    number(folder, ["water"])
    (folder / "summary.json").write_text(f'{{"training_id": "{training_id}"}}', encoding="utf-8")
    listed = [f"./images/train/{path.name}\n" for path in sorted((folder / "images" / "train").iterdir())]
    (folder / "train.txt").write_text("".join(listed), encoding="utf-8")
    return folder


def test_a_picture_teaches_as_often_as_an_epoch_shows_it(tmp_path: Path) -> None:
    dataset, told = _dataset(tmp_path / "dataset"), Counter[tuple[str, float]]()
    with (dataset / "train.txt").open("a", encoding="utf-8") as listed:
        listed.write("./images/train/wet0.png\n" * 2)

    for _, seen in look_at_all(
        dataset, 1, tmp_path / "run", lambda _picture, boxes, _part: np.ones((1, 1), np.float32) * len(boxes)
    ):
        told.update((part, float(rows[0, 0])) for part, rows in seen)

    assert told == {("train", 1.0): 24 + 2, ("train", 0.0): 24, ("val", 1.0): 3, ("val", 0.0): 3}


def test_a_scene_learns_what_boxes_mark_and_goes_on_where_it_stopped(tmp_path: Path, recipe: Recipe) -> None:
    dataset = _dataset(tmp_path / "dataset")
    run = learn_scene(recipe, dataset, tmp_path / "run")
    assert next(run) == Progress(done=TOGETHER, total=54)
    del run
    looked_at = {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*.npy")}
    *_, learnt = learn_scene(recipe, dataset, tmp_path / "run")

    assert len(looked_at) == TOGETHER
    assert all(path.stat().st_mtime_ns == when for path, when in looked_at.items())
    assert isinstance(learnt, Learnt)
    assert (learnt.shown, learnt.free, learnt.auroc) == (3, 3, 1.0)
    scene = load_scene(learnt.path)
    wet, dry = (
        torch.tensor(colour[::-1]).view(1, 3, 1, 1).expand(1, 3, 64, 64) / 255 for colour in (WET, DRY)
    )
    with torch.no_grad():
        assert scene(wet) > 0 > scene(dry)


def test_a_run_keeps_to_its_dataset(tmp_path: Path, recipe: Recipe) -> None:
    next(learn_scene(recipe, _dataset(tmp_path / "one"), tmp_path / "run"))

    with pytest.raises(RecipeError, match="another dataset"):
        next(learn_scene(recipe, _dataset(tmp_path / "two", "xyz"), tmp_path / "run"))


def test_what_was_seen_in_other_views_is_not_mixed_in(
    tmp_path: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = _dataset(tmp_path / "dataset")
    next(learn_scene(recipe, dataset, tmp_path / "run"))
    monkeypatch.setattr("models.views.NIGHT_SHARE", 1.0)

    with pytest.raises(RecipeError, match="otherwise"):
        next(learn_scene(recipe, dataset, tmp_path / "run"))


def test_a_wrong_label_and_a_broken_picture_are_named(tmp_path: Path, recipe: Recipe) -> None:
    dataset = _dataset(tmp_path / "dataset")
    (dataset / "labels" / "train" / "dry1.txt").write_text("7 0.5 0.5 1 1\n", encoding="utf-8")

    with pytest.raises(RecipeError, match=r"dry1.txt:1: class 7 is not in 0 to 0"):
        list(learn_scene(recipe, dataset, tmp_path / "run"))
    (dataset / "labels" / "train" / "dry1.txt").write_text("", encoding="utf-8")
    (dataset / "images" / "train" / "wet2.png").write_bytes(b"no picture")
    with pytest.raises(PictureError, match=r"wet2.png"):
        list(learn_scene(recipe, dataset, tmp_path / "run"))


def test_a_dataset_without_pictures_teaches_nothing(tmp_path: Path, recipe: Recipe) -> None:
    number(tmp_path, ["water"])
    (tmp_path / "summary.json").write_text('{"training_id": "abc"}', encoding="utf-8")
    (tmp_path / "train.txt").touch()

    with pytest.raises(RecipeError, match="0 training views show the thing, 0 do not"):
        list(learn_scene(recipe, tmp_path, tmp_path / "run"))


def test_a_recipe_without_a_scene_is_refused(tmp_path: Path, recipe: Recipe) -> None:
    with pytest.raises(RecipeError, match="judges no scene"):
        next(learn_scene(recipe.model_copy(update={"scene": None}), _dataset(tmp_path), tmp_path / "run"))


def test_too_few_of_either_teach_nothing() -> None:
    looks = np.zeros((40, 1 + 2 * MAPS), np.float32)
    looks[:19, 0] = 1

    with pytest.raises(RecipeError, match="19 training views show the thing, 21 do not"):
        teach(looks)


def test_a_file_that_is_no_judge_is_refused(tmp_path: Path) -> None:
    (tmp_path / "junk.pt").write_bytes(b"junk")
    torch.save({"layers": torch.zeros(1)}, tmp_path / "other.pt")

    for name in ("missing.pt", "junk.pt", "other.pt"):
        with pytest.raises(RecipeError, match=name):
            load_scene(tmp_path / name)


def test_a_judge_that_was_saved_judges_the_same(tmp_path: Path) -> None:
    scene = Scene().eval()
    save_judge(scene.judge, tmp_path / "scene.pt")
    images = torch.rand(2, 3, 64, 96)

    with torch.no_grad():
        assert torch.equal(load_scene(tmp_path / "scene.pt")(images), scene(images))


def test_what_tells_is_worth_more_than_what_does_not() -> None:
    dice = torch.Generator().manual_seed(0)
    truths = (torch.arange(400) % 4 == 0).float()
    telling = truths * 2 - 1 + torch.randn(400, generator=dice)
    noise = torch.randn(400, generator=dice)

    boxes, scene, bias = weigh(torch.stack([noise, telling, torch.ones(400)], dim=1), truths, "water")

    assert scene > 1
    assert abs(boxes) < scene / 5
    assert abs(bias) < 0.5  # with and without weigh the same, though one is three times as many


def test_a_picture_set_of_one_kind_says_nothing_of_worth() -> None:
    with pytest.raises(
        RecipeError, match="water: 0 looks at validation pictures show the thing, 50 do not: 20 of each"
    ):
        weigh(torch.ones(50, 3), torch.zeros(50), "water")


class Two(torch.nn.Module):  # type: ignore[misc]
    """A detector of two labels that answers the same for every picture."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        boxes = torch.ones(len(images), 4, 3)
        return torch.cat([boxes, torch.tensor([[[0.2, 0.5, 0.0], [0.3, 0.3, 0.3]]])], dim=1)


class Sure(torch.nn.Module):  # type: ignore[misc]
    """A scene that is this sure of every picture."""

    def __init__(self, logit_of_all: float) -> None:
        super().__init__()
        self.logit_of_all = logit_of_all

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.full((len(images),), self.logit_of_all)


@pytest.mark.parametrize("sure", [-3.0, 0.0, 3.0])
def test_a_scene_moves_its_own_label_and_keeps_the_order_of_boxes(sure: float) -> None:
    images, plain = torch.zeros(1, 3, 32, 32), Two()(torch.zeros(1, 3, 32, 32))
    answer = Backed(Two(), Sure(sure), 0, torch.tensor([1.0, 1.0, 0.0]))(images)

    assert torch.equal(answer[:, :4], plain[:, :4])
    assert torch.equal(answer[:, 5], plain[:, 5])
    surest = torch.tensor(sure).sigmoid()  # of 0.5, the surest of (0.2, 0.5, 0.0)
    assert torch.allclose(answer[0, 4], surest * torch.tensor([0.4, 1.0, 0.0]), atol=1e-4)
    assert answer[0, 4].isfinite().all()


class Shade(torch.nn.Module):  # type: ignore[misc]
    """A detector and a scene that are the surer, the brighter the picture is."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        bright = images.mean((1, 2, 3))
        return bright.view(-1, 1, 1).expand(-1, self.rows, 3) if self.rows else bright


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_a_backed_detector_says_the_same_after_export(tmp_path: Path) -> None:
    backed = Backed(Shade(5), Shade(0), 0, torch.tensor([0.7, 2.0, -0.5]))
    trace(backed, tmp_path / "model.onnx", 32, "boxes", {2: "anchors"})
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])

    for bright in (0.0, 1e-5, 0.3, 1.0):
        images = torch.full((1, 3, 32, 32), bright)
        (exported,) = session.run(None, {"images": images.numpy()})
        assert exported == pytest.approx(backed(images).numpy(), abs=1e-5)
        sure = np.clip(bright, 1e-4, 1 - 1e-4)
        together = 0.7 * np.log(sure / (1 - sure)) + 2 * bright - 0.5
        assert exported[0, 4, 0] == pytest.approx(
            1 / (1 + np.exp(-together)) * bright / max(bright, 1e-4), abs=1e-4
        )
