"""What was taken for what, and the worst of it."""

import json
from pathlib import Path

from models.confusion import confuse
from models.worst import WORST, find_worst
from tests.answers import answer
from tests.model_files import a_model, onnx
from tests.unit.models.predicting import words
from tests.unit.models.test_measure import CENTRE, a_dataset, run

LABELS = ("thing", "other")
AT = {"thing": 0.5, "other": 0.5}
HERE, THERE = (10.0, 10.0, 50.0, 50.0), (100.0, 100.0, 200.0, 200.0)


def test_right_confused_missed_and_invented_each_have_a_cell() -> None:
    right = answer([("thing", 0.9, HERE)], [("thing", HERE)])
    confused = answer([("other", 0.9, HERE)], [("thing", HERE)])
    missed = answer([("thing", 0.4, HERE)], [("thing", HERE)])
    invented = answer([("other", 0.9, THERE)], [])

    confusion = confuse([right, confused, missed, invented], LABELS, AT)

    assert confusion.labels == ("thing", "other", "background")
    assert confusion.counts == ((1, 1, 1), (0, 0, 0), (0, 1, 0))


def test_of_two_boxes_on_a_thing_the_one_with_its_label_is_paired() -> None:
    both = answer([("other", 0.95, HERE), ("thing", 0.6, (10.0, 10.0, 50.0, 45.0))], [("thing", HERE)])

    confusion = confuse([both], LABELS, AT)

    assert confusion.counts == ((1, 0, 0), (0, 0, 0), (0, 1, 0))


def test_the_surest_false_finds_and_the_largest_misses_come_first() -> None:
    looked = [
        answer([("thing", 0.6, HERE), ("other", 0.4, THERE)], [], picture="a.jpg"),
        answer([("thing", 0.9, HERE)], [("other", HERE), ("thing", THERE)], picture="b.jpg"),
    ]

    worst = find_worst(looked, LABELS, AT, of_pictures=False)

    assert [(one.picture, one.label, one.weight) for one in worst.false_finds] == [
        ("b.jpg", "thing", 0.9),
        ("a.jpg", "thing", 0.6),
    ]
    assert [(one.label, one.box) for one in worst.misses] == [("thing", THERE), ("other", HERE)]


def test_a_thing_that_was_found_is_no_case() -> None:
    worst = find_worst([answer([("thing", 0.9, HERE)], [("thing", HERE)])], LABELS, AT, of_pictures=False)

    assert (worst.false_finds, worst.misses) == ((), ())


def test_no_more_cases_than_a_sheet_holds() -> None:
    worst = find_worst([answer([("thing", 0.9, HERE)], [])] * (WORST + 1), LABELS, AT, of_pictures=False)

    assert len(worst.false_finds) == WORST


def test_asked_of_pictures_a_box_elsewhere_in_the_picture_is_right() -> None:
    loose = answer([("thing", 0.9, HERE)], [("thing", THERE)])
    empty = answer([("thing", 0.7, HERE)], [("other", HERE)])

    worst = find_worst([loose, empty], LABELS, AT, of_pictures=True)

    assert [(one.label, one.weight) for one in worst.false_finds] == [("thing", 0.7)]
    assert [one.label for one in worst.misses] == ["other"]


def test_a_label_without_a_threshold_has_no_row_and_no_column() -> None:
    taken = answer([("other", 0.9, HERE)], [("thing", HERE)])

    confusion = confuse([taken], LABELS, {"thing": 0.5})

    assert confusion.labels == ("thing", "background")
    assert confusion.counts == ((0, 1), (0, 0))


def test_a_label_that_the_dataset_does_not_have_is_named_and_not_wrong(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}")
    model = a_model(tmp_path / "two", onnx((32, 32, 32, 32, 0.9, 0.95)), labels=("thing", "other"))

    done = run("evaluate", model, "--dataset", data, "--json", "--html", tmp_path / "report.html")

    told = json.loads(done.stdout)
    assert told["not_judged"] == ["other"]
    assert told["worst"]["false_finds"] == []
    assert told["confusion"]["labels"] == ["thing", "background"]
    assert f"not judged: other; nothing in {data} is labelled so" in words(done.stderr)
    assert "Not judged, as nothing in the dataset is labelled so: other." in (
        tmp_path / "report.html"
    ).read_text(encoding="utf-8")


def test_a_label_with_truths_in_the_training_part_alone_is_judged(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("thing", "other"), f"0 {CENTRE}")
    (data / "labels/train").mkdir()
    (data / "labels/train/0.txt").write_text(f"1 {CENTRE}")
    (data / "labels/train/1.txt").write_text("no label")
    model = a_model(tmp_path / "two", onnx((32, 32, 32, 32, 0.9, 0.95)), labels=("thing", "other"))

    done = run("evaluate", model, "--dataset", data, "--json")

    told = json.loads(done.stdout)
    assert told["not_judged"] == []
    assert [one["label"] for one in told["worst"]["false_finds"]] == ["other"]
    assert "not judged" not in done.stderr
