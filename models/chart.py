"""Charts: lines in a unit square as SVG, coloured by the page that shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluate import Judged, curve

SIDE, MARGIN = 260, 34
POINTS = 200
"""No line needs more."""
BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """Points (n, 2) within 0 to 1, drawn in the colour of a CSS class."""

    points: NDArray[np.float64]
    style: str
    dots: bool = False


def precision_recall(judged: Judged, threshold: float) -> str:
    """Return precision over recall, with a dot at the threshold."""
    precision, recall = curve(judged, np.ones(len(judged.truths)))
    at = int((judged.confidences >= threshold).sum()) - 1
    lines = [Line(points=np.stack([recall, precision], axis=1), style="a")]
    if at >= 0:
        lines.append(Line(points=np.array([[recall[at], precision[at]]]), style="b", dots=True))
    return draw(lines, across="recall", up="precision")


def over_threshold(judged: Judged, threshold: float) -> str:
    """Return precision and recall over the threshold, with a line at the one in use."""
    precision, recall = curve(judged, np.ones(len(judged.truths)))
    confidences = judged.confidences.astype(float)
    lines = [
        Line(points=np.stack([confidences, precision], axis=1), style="a"),
        Line(points=np.stack([confidences, recall], axis=1), style="c"),
        Line(points=np.array([[threshold, 0.0], [threshold, 1.0]]), style="mark"),
    ]
    return draw(lines, across="threshold", up="")


def reliability(judged: Judged) -> str:
    """Return how many boxes of each confidence are correct; on the diagonal, confidence is probability."""
    bins = np.minimum((judged.confidences * BINS).astype(int), BINS - 1)
    points = [
        (float(judged.confidences[bins == number].mean()), float(judged.correct[bins == number].mean()))
        for number in np.unique(bins)
    ]
    diagonal = Line(points=np.array([[0.0, 0.0], [1.0, 1.0]]), style="mark")
    return draw(
        [diagonal, Line(points=np.array(points).reshape(-1, 2), style="a", dots=True)],
        across="confidence",
        up="correct",
    )


def draw(lines: Sequence[Line], *, across: str, up: str) -> str:
    """Return an SVG with a grid, the words of both axes and the lines."""
    size = SIDE + 2 * MARGIN
    grid = "".join(
        f'<path class="grid" d="M{_x(step)} {_y(0)}V{_y(1)}M{_x(0)} {_y(step)}H{_x(1)}"/>'
        f'<text x="{_x(step)}" y="{_y(0) + 14}" text-anchor="middle">{step:g}</text>'
        f'<text x="{_x(0) - 5}" y="{_y(step) + 4}" text-anchor="end">{step:g}</text>'
        for step in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    words = (
        f'<text x="{_x(0.5)}" y="{size - 4}" text-anchor="middle">{across}</text>'
        f'<text x="{_x(0)}" y="{MARGIN - 12}" text-anchor="start">{up}</text>'
    )
    drawn = "".join(_line(line) for line in lines)
    return (
        f'<svg viewBox="0 0 {size} {size}" role="img" aria-label="{up} {across}">{grid}{words}{drawn}</svg>'
    )


def _line(line: Line) -> str:
    steps = np.linspace(0, max(0, len(line.points) - 1), POINTS).astype(int)
    chosen = line.points[np.unique(steps)] if len(line.points) else line.points
    places = [(_x(x), _y(y)) for x, y in chosen.tolist()]
    dots = "".join(f'<circle class="{line.style}" cx="{x}" cy="{y}" r="4"/>' for x, y in places)
    path = " ".join(f"{x},{y}" for x, y in places)
    return f'<polyline class="{line.style}" points="{path}"/>' + (dots if line.dots else "")


def _x(share: float) -> float:
    return round(MARGIN + share * SIDE, 1)


def _y(share: float) -> float:
    return round(MARGIN + (1 - share) * SIDE, 1)
