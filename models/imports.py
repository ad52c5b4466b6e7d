"""Imports: labels in YOLO, COCO, Pascal VOC or CVAT form become named things in a picture."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree as ET

import numpy as np
from pydantic import BaseModel, BeforeValidator, ValidationError

from models.boxes import Labelled, Thing, parse_boxes
from models.picture import find_pictures
from models.recipe import RecipeError, Source

Listed = dict[str, Labelled | None]  # by file name; none where something is wrong that was named already
NO_LABELS = "classes.txt"
"""Lists the names of the ids; tools that write YOLO put it beside the labels."""

_Id = Annotated[str, BeforeValidator(str)]  # 3 and "3" are one


class _CocoImage(BaseModel):
    id: _Id
    file_name: str
    width: int = 0
    height: int = 0


class _CocoBox(BaseModel):
    image_id: _Id
    category_id: _Id
    bbox: tuple[float, float, float, float]  # left, top, width, height
    iscrowd: int = 0


class _CocoCategory(BaseModel):
    id: _Id
    name: str


class _Coco(BaseModel):
    images: list[_CocoImage]
    annotations: list[_CocoBox]
    categories: list[_CocoCategory]


def load_labels(
    source: Source, data: Path, pictures: Sequence[Path], skipped: list[str]
) -> dict[Path, Labelled]:
    """Return what is labelled in each picture; a picture without usable labels is named in ``skipped``."""
    if source.format == "yolo" and not source.labels:
        return dict.fromkeys(pictures, Labelled(things=()))
    if source.labels_file:
        path = data / source.labels_file
        try:
            listed = _read_coco(path, skipped) if source.format == "coco" else _read_cvat(path, skipped)
        except (OSError, ValueError, ET.ParseError) as exc:
            raise RecipeError(f"source {source.name}: {path} cannot be read: {exc}") from exc
        return _match(listed, pictures, data / source.pictures, path, skipped)
    beside = (data / source.pictures).parent / ("labels" if source.format == "yolo" else "annotations")
    folder = data / source.labels_folder if source.labels_folder else beside
    suffix = "txt" if source.format == "yolo" else "xml"
    labelled = {}
    for picture in pictures:
        path = folder / f"{picture.stem}.{suffix}"
        try:
            labelled[picture] = _read_yolo(path, source.labels) if suffix == "txt" else _read_voc(path)
        except FileNotFoundError:
            skipped.append(
                f"{picture}: {path} is missing; one without a thing says that the picture has none"
            )
        except (OSError, ValueError, ET.ParseError) as exc:
            skipped.append(str(exc) if str(path) in str(exc) else f"{path}: {exc}")
    skipped += _without_picture(folder, suffix, data / source.pictures)
    return labelled


def refuse_twice(what: str, names: Sequence[str]) -> None:
    """Raise ``ValueError`` where a name is there twice."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"{what} {twice[0]} is there twice")


def _without_picture(folder: Path, suffix: str, pictures: Path) -> Iterator[str]:
    """Tell of each label file that goes with no picture."""
    known = {path.stem for path in find_pictures(pictures)}
    others = {path.stem: path for path in sorted(pictures.glob("*.*")) if path.suffix != f".{suffix}"}
    for path in sorted(folder.glob(f"*.{suffix}")):
        if path.stem in known or path.name == NO_LABELS:
            continue
        if path.stem in others:
            yield f"{others[path.stem]}: labelled, but no kind of picture that is read; make it a JPEG or PNG"
        else:
            yield f"{path}: no picture of this name is in {pictures}"


def _read_yolo(path: Path, names: Sequence[str]) -> Labelled:
    boxes = parse_boxes(path, len(names)).astype(np.float64)
    corners = np.hstack([boxes[:, 1:3] - boxes[:, 3:] / 2, boxes[:, 1:3] + boxes[:, 3:] / 2])
    rows = zip(boxes[:, 0].astype(int).tolist(), corners.tolist(), strict=True)
    return Labelled(things=tuple(Thing(name=names[row], corners=tuple(box)) for row, box in rows))


def _read_voc(path: Path) -> Labelled:
    root = ET.fromstring(path.read_bytes())  # noqa: S314  # expat bounds what an entity may grow to
    if root.tag != "annotation":
        raise ValueError(f"no VOC file: <{root.tag}> instead of <annotation>")
    things = [
        Thing(
            name=one.findtext("name", "").strip(),
            corners=_numbers(one.findtext(f"bndbox/{side}", "") for side in ("xmin", "ymin", "xmax", "ymax")),
            ignored=one.findtext("difficult", "0").strip() == "1",
        )
        for one in root.iter("object")
    ]
    width, height = _numbers(root.findtext(f"size/{side}", "0") for side in ("width", "height"))
    return Labelled(things=tuple(things), size=(int(width), int(height)))


def _read_cvat(path: Path, skipped: list[str]) -> Listed:
    root = ET.fromstring(path.read_bytes())  # noqa: S314  # expat bounds what an entity may grow to
    listed: Listed = {}
    refuse_twice("an image named", [image.get("name", "") for image in root.iter("image")])
    for image in root.iter("image"):
        name = image.get("name", "")
        try:
            things = tuple(_cvat_thing(shape) for shape in image if shape.tag != "tag")
            width, height = _numbers(image.get(side, "0") for side in ("width", "height"))
            listed[name] = Labelled(things=things, size=(int(width), int(height)))
        except ValueError as exc:
            skipped.append(f"{path}: {name}: {exc}")
            listed[name] = None
    return listed


def _cvat_thing(shape: ET.Element) -> Thing:
    name = shape.get("label", "")
    if shape.tag == "box" and not float(shape.get("rotation", "0")):
        return Thing(
            name=name, corners=_numbers(shape.get(side, "") for side in ("xtl", "ytl", "xbr", "ybr"))
        )
    if shape.tag == "polygon":
        points = np.array([_numbers(pair.split(",")) for pair in shape.get("points", "").split(";")])
        return Thing(name=name, corners=(*points.min(axis=0).tolist(), *points.max(axis=0).tolist()))
    raise ValueError(f"a {shape.tag} of {name} is no upright box; draw one")


def _read_coco(path: Path, skipped: list[str]) -> Listed:
    try:
        coco = _Coco.model_validate_json(path.read_bytes())
    except ValidationError as exc:
        problems = (f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in exc.errors()[:5])
        raise ValueError("; ".join(problems)) from exc
    refuse_twice("an image of the id", [image.id for image in coco.images])
    refuse_twice("an image named", [image.file_name for image in coco.images])
    refuse_twice("a category of the id", [category.id for category in coco.categories])
    names = {category.id: category.name for category in coco.categories}
    things: dict[str, list[Thing]] = {image.file_name: [] for image in coco.images}
    files = {image.id: image.file_name for image in coco.images}
    bad: dict[str, str] = {}
    for number, box in enumerate(coco.annotations):
        where = f"{path}: annotations.{number}"
        if box.image_id not in files:
            skipped.append(f"{where}: no image has the id {box.image_id}")
        elif box.category_id not in names:
            bad[files[box.image_id]] = f"{where}: no category has the id {box.category_id}"
        else:
            left, top, width, height = box.bbox
            corners = (left, top, left + width, top + height)
            thing = Thing(name=names[box.category_id], corners=corners, ignored=bool(box.iscrowd))
            things[files[box.image_id]].append(thing)
    skipped += [f"{name}: {problem}" for name, problem in bad.items()]
    sizes = {image.file_name: (image.width, image.height) for image in coco.images}
    return {
        name: None if name in bad else Labelled(things=tuple(things[name]), size=size)
        for name, size in sizes.items()
    }


def _match(
    listed: Listed, pictures: Sequence[Path], folder: Path, path: Path, skipped: list[str]
) -> dict[Path, Labelled]:
    """Give each picture what the file says of its path below the folder, or else of its bare name."""
    bare = Counter(Path(name).name for name in listed)
    found_twice = {name for name, count in Counter(picture.name for picture in pictures).items() if count > 1}
    sole = (name for name in listed if bare[Path(name).name] == 1)
    by_bare = {Path(name).name: name for name in sole if Path(name).name not in found_twice}
    labelled = {}
    used = set()
    for picture in pictures:
        below = picture.relative_to(folder).as_posix()
        name = below if below in listed else by_bare.get(picture.name, "")
        found = listed.get(name)
        if found and name not in used:
            labelled[picture] = found
        elif name not in listed or name in used:
            skipped.append(f"{picture}: {path} does not name it")
        used.add(name)
    skipped += [f"{path}: {name} is not in {folder}" for name in listed if name not in used]
    return labelled


def _numbers(words: Iterable[str]) -> tuple[float, ...]:
    numbers = tuple(float(word) for word in words)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{' '.join(map(str, numbers))}: not all of these are numbers")
    return numbers
