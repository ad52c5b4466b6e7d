"""A model keeps finding what it found when its golden pictures were recorded."""

from pathlib import Path

from models.golden import golden_differences, record_golden
from tests.answers import Scripted
from tests.unit.models.predicting import WATER, picture


def sure(confidence: float) -> Scripted:
    return Scripted(WATER, [("water", confidence, (0, 0, 32, 64)), ("water", 0.4, (0, 0, 64, 64))])


def test_golden_pictures_hold_for_the_model_that_recorded_them_and_not_for_another(tmp_path: Path) -> None:
    picture(tmp_path)
    record_golden(sure(0.9), tmp_path)

    same, other = (
        golden_differences(sure(0.9), tmp_path),
        golden_differences(sure(0.7), tmp_path),
    )

    assert same == []
    assert [problem.split(" at ")[0] for problem in other] == [
        "street.png: water 0.90",
        "street.png: water 0.70",
    ]


def test_golden_pictures_show_a_box_that_was_not_there(tmp_path: Path) -> None:
    picture(tmp_path)
    thing, twin = ("thing", 0.9, (0.0, 0.0, 32.0, 64.0)), ("thing", 0.85, (1.0, 0.0, 32.0, 64.0))
    faint, new = ("thing", 0.2, (40.0, 0.0, 60.0, 20.0)), ("thing", 0.3, (40.0, 0.0, 60.0, 20.0))
    record_golden(Scripted(("thing",), [thing]), tmp_path)

    told = [
        [
            " ".join(problem.split()[1:3] + problem.split()[-2:])
            for problem in golden_differences(other, tmp_path)
        ]
        for other in (Scripted(("thing",), [thing, one]) for one in (faint, new, twin))
    ]

    assert told == [[], ["thing 0.30 is new"], ["thing 0.85 is new"]]
