"""The labels that are kept for photos that are not: whoever fetches them again can learn from them."""

import json
from pathlib import Path

import pytest

from models.detector import CATALOG
from models.manifest import load_manifest
from models.recipe import IGNORE

LISTS = sorted(CATALOG.glob("*/labels.jsonl"))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.parent.name)
def test_every_box_lies_in_its_picture_and_has_a_label_of_the_model(path: Path) -> None:
    known = {*load_manifest(path.parent).labels, IGNORE}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    assert len({row["sha256"] for row in rows}) == len(rows)
    assert {row["part"] for row in rows} <= {"train", "val", "evaluated only"}
    for row in rows:
        for label, left, top, right, bottom in row["boxes"]:
            assert label in known
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1
