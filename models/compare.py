"""Comparison: whether a challenger may replace the champion, by the same pictures, drawn in pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.answers import Answer
from models.calibrate import ENOUGH_TRUTHS
from models.detector import Detector
from models.evaluate import Interval, Judged, draw_again, figures_of, gather, interval
from models.recipe import RecipeError

MEASURES = ("AP50", "precision", "recall")
_COLUMNS = [0, 2, 3]  # of `figures_of`
Word = Literal["better", "the same", "worse", "too few to tell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One measure of both, and challenger less champion with its 95 % interval."""

    measure: str
    challenger: float
    champion: float
    difference: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The differences of one label, in a word and why."""

    label: str
    truths: int
    word: Word
    reason: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The verdict over all labels that both know, and the labels that only one knows."""

    replaces: bool
    reason: str
    verdicts: tuple[Verdict, ...]
    only_challenger: tuple[str, ...]
    only_champion: tuple[str, ...]


def compare_label(
    challenger: Judged, champion: Judged, thresholds: tuple[float, float], tolerance: float
) -> Verdict:
    """Return how the challenger does on one label; each is asked at its own threshold, challenger first.

    Better: the interval of some difference lies above zero. Worse: some difference is below ``-tolerance``.
    """
    pairs = tuple(zip((challenger, champion), thresholds, strict=True))
    ones = np.ones(len(champion.truths))
    ours, theirs = (figures_of(judged, threshold, ones)[_COLUMNS] for judged, threshold in pairs)
    drawn = np.array(
        [
            np.subtract(*(figures_of(judged, threshold, weights)[_COLUMNS] for judged, threshold in pairs))
            for weights in draw_again(len(ones))
        ]
    )
    differences = tuple(
        Difference(
            measure=name,
            challenger=float(ours[index]),
            champion=float(theirs[index]),
            difference=float(ours[index] - theirs[index]),
            interval=interval(drawn[:, index]),
        )
        for index, name in enumerate(MEASURES)
    )
    truths = int(champion.truths.sum())
    word, reason = _judge(differences, truths, tolerance)
    return Verdict(label=champion.label, truths=truths, word=word, reason=reason, differences=differences)


def compare(
    challenger: tuple[Detector, Sequence[Answer]],
    champion: tuple[Detector, Sequence[Answer]],
    tolerance: float,
) -> Comparison:
    """Return whether the challenger is better at some label and at none worse than the tolerance.

    A picture that only one has answered counts for neither; what only one of them can find is named and
    not compared. Raise ``RecipeError`` where they have answered none in common.
    """
    both = _in_common(challenger, champion)
    ours, theirs = (detector.labels for detector, _ in both)
    verdicts = []
    for label in (each for each in theirs if each in ours):
        new, old = (gather(label, detector.labels.index(label), answers) for detector, answers in both)
        thresholds = challenger[0].thresholds[label], champion[0].thresholds[label]
        verdicts.append(compare_label(new, old, thresholds, tolerance))
    lost = [label for label in theirs if label not in ours]
    replaces, reason = _conclude(verdicts, lost, tolerance)
    return Comparison(
        replaces=replaces,
        reason=reason,
        verdicts=tuple(verdicts),
        only_challenger=tuple(label for label in ours if label not in theirs),
        only_champion=tuple(lost),
    )


def _in_common(*both: tuple[Detector, Sequence[Answer]]) -> list[tuple[Detector, Sequence[Answer]]]:
    """Return each with its answers to the pictures that all have answered."""
    pictures = set.intersection(*({one.picture for one in answers} for _, answers in both))
    if not pictures:
        raise RecipeError("no picture could be read for both models: make the dataset again")
    return [(detector, [one for one in answers if one.picture in pictures]) for detector, answers in both]


def _conclude(verdicts: Sequence[Verdict], lost: Sequence[str], tolerance: float) -> tuple[bool, str]:
    better, worse = ([one.label for one in verdicts if one.word == word] for word in ("better", "worse"))
    if not verdicts:
        return False, "there is no label that both know"
    if lost:
        return False, f"the champion alone knows {', '.join(lost)}"
    if worse:
        return False, f"worse by more than {tolerance:g}: {', '.join(worse)}"
    if better:
        return True, f"better: {', '.join(better)}; nowhere worse by more than {tolerance:g}"
    return False, "nowhere surely better: the champion stays"


def _judge(differences: Sequence[Difference], truths: int, tolerance: float) -> tuple[Word, str]:
    if truths < ENOUGH_TRUTHS:
        return "too few to tell", f"{truths} in the pictures, {ENOUGH_TRUTHS} are needed"
    worse = [one for one in differences if one.difference < -tolerance]
    if worse:
        return "worse", ", ".join(_words(one) for one in worse)
    better = [one for one in differences if one.interval[0] > 0]
    if better:
        return "better", ", ".join(_words(one) for one in better)
    return "the same", f"no difference is surely above zero, none below -{tolerance:g}"


def _words(one: Difference) -> str:
    return f"{one.measure} {one.difference:+.3f} [{one.interval[0]:+.3f}, {one.interval[1]:+.3f}]"
