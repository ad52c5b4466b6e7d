"""A picture of one lorry, labelled in each of the five formats that are read."""

import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from models.dataset import Summary, prepare
from models.recipe import Source
from tests.unit.models.datasets import a_recipe

VOC = (
    "<annotation><size><width>200</width><height>100</height></size><object><name>{name}</name>"
    "<difficult>{difficult}</difficult><bndbox><xmin>20</xmin><ymin>30</ymin><xmax>60</xmax><ymax>50</ymax>"
    "</bndbox></object></annotation>"
)
CVAT = (
    '<annotations><version>1.1</version><image id="0" name="a.png" width="200" height="100">{shape}</image>'
    "</annotations>"
)
BOX = '<box label="lorry" xtl="20" ytl="30" xbr="60" ybr="50"/>'
TRUCK = "0 0.200000 0.400000 0.200000 0.200000\n"
"""The label of the lorry in the dataset."""


def coco(**changes: Any) -> dict[str, Any]:
    """The content of a COCO file; ``changes`` replace its tables."""
    return {
        "images": [{"id": 7, "file_name": "a.png", "width": 200, "height": 100}],
        "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [20, 30, 40, 20], "iscrowd": 0}],
        "categories": [{"id": 3, "name": "lorry"}],
        **changes,
    }


def photo(picture: Path, **changes: Any) -> str:
    """The line of a photo at OWNER/NAME/a.png; ``changes`` replace its fields."""
    fields = {
        "repository": "/".join(picture.parts[-3:-1]),
        "path": picture.name,
        "sha256": hashlib.sha256(picture.read_bytes()).hexdigest(),
        "part": "train",
        "boxes": [["lorry", 0.1, 0.3, 0.3, 0.5]],
    }
    return json.dumps(fields | changes) + "\n"


def source(form: str, **changes: Any) -> Source:
    """A source in the format ``form`` that calls a truck a lorry."""
    name = {"coco": "coco.json", "cvat": "cvat.xml", "photos": "photos.jsonl"}.get(form)
    files = {"labels_file": name} if name else {}
    labels = {"labels": ("lorry",)} if form == "yolo" else {}
    fields: dict[str, Any] = {"name": "yard", "pictures": "images", "licence": "ours", "format": form}
    return Source.model_validate({**fields, "map": {"lorry": "truck"}, **files, **labels, **changes})


def fill(data: Path, form: str) -> None:
    """Write a picture with one lorry, and its label in the format ``form``."""
    picture = data / "images" / ("owner/name" if form == "photos" else "") / "a.png"
    picture.parent.mkdir(parents=True)
    cv2.imwrite(str(picture), np.full((100, 200, 3), 200, np.uint8))
    for name, text in {
        "yolo": ("labels/a.txt", "0 0.2 0.4 0.2 0.2\n"),
        "voc": ("annotations/a.xml", VOC.format(name="lorry", difficult=0)),
        "coco": ("coco.json", json.dumps(coco())),
        "cvat": ("cvat.xml", CVAT.format(shape=BOX)),
        "photos": ("photos.jsonl", photo(picture)),
    }.values():
        (data / name).parent.mkdir(exist_ok=True)
        if form in name or form in ("yolo", "voc"):
            (data / name).write_text(text)


def run(data: Path, one: Source) -> tuple[Summary, str | None]:
    """Prepare the dataset; return what is told of it and the label of the picture, if it got in."""
    recipe = a_recipe(one, labels={"truck": ("truck",), "bus": ("bus",)}, start={})
    *_, summary = prepare(recipe, data, data / "out", teacher=None)
    return summary, next((path.read_text() for path in (data / "out").glob("labels/*/yard-a.txt")), None)
