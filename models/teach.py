"""The teacher: what the base model is sure of becomes labels, so that nothing it knew is forgotten."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ultralytics import YOLO

from models.dataset import Boxes, Teacher
from models.recipe import Recipe

SURE = 0.4
TEACHER_PX = 448


def load_teacher(weights: Path, recipe: Recipe) -> Teacher:
    """Return a function that labels a picture with the classes that base model and recipe share."""
    model = YOLO(str(weights))
    ours = {name: index for index, names in enumerate(recipe.labels.values()) for name in names}
    theirs = {class_id: ours[name] for class_id, name in model.names.items() if name in ours}

    def teach(image: NDArray[np.uint8]) -> Boxes:
        found = model.predict(
            image, imgsz=TEACHER_PX, conf=SURE, classes=list(theirs), device="cpu", verbose=False
        )
        boxes = found[0].boxes
        class_ids = np.array([[theirs[int(class_id)]] for class_id in boxes.cls], np.float32).reshape(-1, 1)
        return np.hstack([class_ids, boxes.xywhn.numpy()]).astype(np.float32)

    return teach
