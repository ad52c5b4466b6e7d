"""The labels that are kept for photos that are not: whoever fetches them again can learn from them."""

import json

import pytest

from models.detector import CATALOG
from models.manifest import load_manifest
from models.recipe import IGNORE


@pytest.mark.parametrize(("model", "parts"), [("street", {"evaluated only"}), ("water", set[str]())])
def test_every_box_lies_in_its_picture_and_has_a_label_of_the_model(model: str, parts: set[str]) -> None:
    known = {*load_manifest(CATALOG / model).labels, IGNORE}
    lines = (CATALOG / model / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]

    assert len({row["sha256"] for row in rows}) == len(rows) > 0
    assert {row["part"] for row in rows} == {"train", "val", *parts}
    for row in rows:
        for label, left, top, right, bottom in row["boxes"]:
            assert label in known
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1
