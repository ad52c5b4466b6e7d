"""The teacher: what the base model is sure of becomes labels, so that nothing it knew is forgotten."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ultralytics import YOLO

from models.boxes import Boxes, Teacher
from models.recipe import Recipe
from models.weights import load_weights

SURE = 0.4
TEACHER_PX = 448


def load_teacher(weights: Path, recipe: Recipe) -> Teacher:
    """Return a function that labels a picture with the classes that base model and recipe share.

    Faint labels are not taught: their classes only hint at them.
    """
    load_weights(weights)  # a wrong file is told in a line
    model = YOLO(str(weights))
    ours = {
        name: index
        for index, (label, names) in enumerate(recipe.labels.items())
        for name in names
        if label not in recipe.faint  # an umbrella hints at a stall, and is none
    }
    theirs = {class_id: ours[name] for class_id, name in model.names.items() if name in ours}

    def teach(image: NDArray[np.uint8]) -> Boxes:
        found = model.predict(
            image, imgsz=TEACHER_PX, conf=SURE, classes=list(theirs), device="cpu", verbose=False
        )
        boxes = found[0].boxes
        class_ids = np.array([[theirs[int(class_id)]] for class_id in boxes.cls], np.float32).reshape(-1, 1)
        return np.hstack([class_ids, boxes.xywhn.numpy()]).astype(np.float32)

    return teach
