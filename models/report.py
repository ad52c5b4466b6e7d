"""The report: everything that was measured of one model, for machines and as one page for people."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from models import chart
from models.alarms import Question
from models.answers import Answer, shown_labels
from models.conditions import Condition, by_condition
from models.confusion import Confusion, confuse
from models.detector import Detector, ModelInfo
from models.evaluate import Figures, Interval, Judged, measure
from models.recipe import RecipeError
from models.sheet import tiles_in, tiles_of
from models.worst import Worst, find_worst

LEAST_BOXES = 2
"""Fewer boxes are no curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What was measured; the fields of its JSON are these."""

    model: ModelInfo
    dataset: str | None = None
    per_picture: bool = False
    pictures: int = 0
    skipped: tuple[str, ...] = ()
    not_judged: tuple[str, ...] = ()  # labels that no truth in the dataset has: their boxes are not wrong
    figures: tuple[Figures, ...] = ()
    conditions: tuple[Condition, ...] = ()
    confusion: Confusion | None = None
    worst: Worst | None = None
    questions: tuple[Question, ...] = ()


def evaluate(
    detector: Detector,
    answers: Sequence[Answer],
    judged: Sequence[Judged],
    dataset: Path | None,
    *,
    of_pictures: bool,
) -> Evaluation:
    """Return what the answers to a dataset say of each label, by condition, and where the model is wrong."""
    labels, thresholds = detector.labels, detector.thresholds
    if not dataset:
        return Evaluation(model=detector.info)
    shown = {label: thresholds[label] for label in shown_labels(dataset, detector)}
    return Evaluation(
        model=detector.info,
        dataset=str(dataset),
        per_picture=of_pictures,
        pictures=len(answers),
        not_judged=tuple(label for label in labels if label not in shown),
        figures=tuple(measure(one, thresholds[one.label]) for one in judged),
        conditions=tuple(by_condition(answers, thresholds, dataset, of_pictures=of_pictures)),
        confusion=None if of_pictures else confuse(answers, labels, shown),
        worst=find_worst(answers, labels, shown, of_pictures=of_pictures),
    )


def to_json(measured: Any) -> str:  # noqa: ANN401  any of our dataclasses
    """Return a dataclass as one line of JSON; what is not known (NaN) is null."""
    return json.dumps(_known(asdict(measured)), ensure_ascii=False, allow_nan=False)


def to_html(evaluation: Evaluation, judged: Sequence[Judged], renders: Path | None) -> str:
    """Return one page that needs no other file; ``renders`` is a folder of rendered pictures to look at."""
    thresholds = {one.label: one.threshold for one in evaluation.figures}
    page = _environment().get_template("report.html")
    worst = evaluation.worst or Worst(false_finds=(), misses=())
    return page.render(
        one=evaluation,
        charts=[_charts(each, thresholds) for each in judged if _is_curve(each)],
        sheets=[
            (
                "Surest false finds",
                "Found, and no such truth lies there.",
                tiles_of(worst.false_finds, "sure"),
            ),
            (
                "Largest misses",
                "Labelled, and nothing sure was found there.",
                tiles_of(worst.misses, "of the picture"),
            ),
        ],
        kinds=list(dict.fromkeys(each.kind for each in evaluation.conditions)),
        renders=tiles_in(renders) if renders else [],
        heat=_heat(evaluation.confusion),
    )


def check_place(page: Path) -> None:
    """Make the folder of a page and see that it can be written there; raise ``RecipeError`` naming it."""
    if page.is_dir():
        raise RecipeError(f"{page} is a folder: name a file for the report")
    with _written(page) as part:
        page.parent.mkdir(parents=True, exist_ok=True)
        part.touch()


def write_page(page: Path, text: str) -> None:
    """Write a page whole or not at all; raise ``RecipeError`` naming it."""
    with _written(page) as part:
        part.write_text(text, encoding="utf-8")
        part.replace(page)


def spread(value: float, bounds: Interval) -> str:
    """Return a figure with its interval as people read it."""
    return "–" if value != value else f"{value:.3f} [{bounds[0]:.3f}, {bounds[1]:.3f}]"  # noqa: PLR0124  NaN


@contextmanager
def _written(page: Path) -> Iterator[Path]:
    """Give a file beside ``page`` to write first, and leave none of it behind."""
    part = page.with_name(f".{page.name}.part")
    try:
        yield part
    except OSError as exc:
        raise RecipeError(f"{page} cannot be written ({exc.strerror}): name another place for it") from exc
    finally:
        with suppress(OSError):
            part.unlink()


def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["percent"] = lambda share: "–" if share != share else f"{share:.1%}"  # noqa: PLR0124  NaN
    environment.globals["spread"] = spread
    return environment


def _is_curve(judged: Judged) -> bool:
    return bool(judged.truths.any()) and len(judged.confidences) >= LEAST_BOXES


def _charts(judged: Judged, thresholds: Mapping[str, float]) -> dict[str, str]:
    threshold = thresholds[judged.label]
    return {
        "label": judged.label,
        "precision_recall": chart.precision_recall(judged, threshold),
        "over_threshold": chart.over_threshold(judged, threshold),
        "reliability": chart.reliability(judged),
    }


def _heat(confusion: Confusion | None) -> list[tuple[str, list[tuple[int, float]]]]:
    """Return the rows that hold anything: the truth, and for each found label the count and its share."""
    if not confusion:
        return []
    rows = []
    for label, counts in zip(confusion.labels, confusion.counts, strict=True):
        if sum(counts):
            rows.append((label, [(count, count / sum(counts)) for count in counts]))
    return rows


def _known(value: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    if isinstance(value, dict):
        return {name: _known(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_known(each) for each in value]
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124  NaN
