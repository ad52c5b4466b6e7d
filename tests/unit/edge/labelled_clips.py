"""Builders of labelled clips, and of the box that judges them."""

import json
from collections.abc import Sequence
from pathlib import Path

import cv2

from edge.config import EdgeConfig, load_config
from tests.clips import a_picture, write_clip

HERE = Path(__file__).parent
FLOOR = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
SCENE: dict[str, object] = {
    "homography": [[10.0, 0.0, -5.0], [0.0, -20.0, 25.0], [0.0, 0.0, 1.0]],
    "zones": {"floor": FLOOR},
}
EVENT: dict[str, object] = {
    "kind": "abandoned_object",
    "from_s": 1.0,
    "to_s": 2.0,
    "box": [0.3, 0.35, 0.6, 0.65],
}


def a_clip(
    path: Path, events: Sequence[dict[str, object]], *, seconds: float = 3, square_left: int | None = None
) -> Path:
    """A clip with all that belongs beside it; nothing moves in it."""
    path.with_suffix(".events.json").write_text(json.dumps({"events": events}))
    path.with_suffix(".scene.json").write_text(json.dumps(SCENE))
    cv2.imwrite(str(path.with_suffix(".empty.jpg")), a_picture(None))
    return write_clip(path, seconds=seconds, square_left=lambda _: square_left)


def a_config(tmp_path: Path) -> EdgeConfig:
    """A box whose one rule looks for what differs from the empty view."""
    cv2.imwrite(str(tmp_path / "empty.png"), a_picture(None))
    file = tmp_path / "box.toml"
    file.write_text((HERE / "left_behind.toml").read_text("utf-8"), "utf-8")
    return load_config(file)


def with_two_rules(config: EdgeConfig) -> EdgeConfig:
    """The box with a second rule for the same kind."""
    (camera,) = config.cameras
    (rule,) = camera.rules
    rules = (rule, rule.model_copy(update={"id": "more-things"}))
    return config.model_copy(update={"cameras": (camera.model_copy(update={"rules": rules}),)})
