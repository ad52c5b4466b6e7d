"""Surface: areas that cover a part of a zone, such as standing water."""

from bisect import bisect_right
from dataclasses import dataclass

from edge.domain.candidate import Candidate, Terms
from edge.domain.detection import Box, Detection
from edge.domain.ground import Ground
from edge.domain.incident import Measures, Standing
from edge.domain.look import Seen, Sight
from edge.domain.zone import Zone
from edge.rules.crowding import follow, standing_of
from edge.rules.presence import around
from edge.rules.rule import Found

_KEEP = 0.5
"""Once it has opened, an incident stays while half of ``min_share`` is covered: no flapping at the edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Boxes of ``labels`` covering together at least ``min_share`` of ``zone``.

    ``steps`` are the shares at which severity becomes 2, 3 and 4: growth is a step upwards.
    """

    zone: Zone
    ground: Ground
    labels: frozenset[str]
    terms: Terms
    min_share: float
    steps: tuple[float, float, float]
    gone: str = "gone"

    def find(self, memory: tuple[Candidate, ...], seen: Seen) -> Found:
        """Return the one candidate, the surface, after ``seen``."""
        alive = follow(memory, seen, self._sight(memory, seen.detections), self.terms)
        return Found(memory=alive, standing=tuple(self._standing(it) for it in alive if it.ripe))

    def _sight(self, memory: tuple[Candidate, ...], detections: tuple[Detection, ...]) -> Sight | None:
        wet = [d for d in detections if d.label in self.labels and d.confidence >= self.terms.keep_score]
        covered = [point for point in self.zone.samples if any(_holds(d.box, point) for d in wet)]
        share = len(covered) / len(self.zone.samples)
        needed = self.min_share * (_KEEP if any(it.ripe for it in memory) else 1.0)
        if share < needed:
            return None
        inside = [d for d in wet if any(_holds(d.box, point) for point in covered)]
        score = max(d.confidence for d in inside)
        return Sight(score=score, box=around([d.box for d in inside]), worth=share * score, amount=share)

    def _standing(self, surface: Candidate) -> Standing:
        share = surface.amount
        return standing_of(
            surface,
            self.terms,
            severity=1 + bisect_right(self.steps, share),
            measures=Measures(share=share, area_m2=self._area_m2(share)),
        )

    def _area_m2(self, share: float) -> float | None:
        """Return the ground area of ``share`` of the zone."""
        width, height = self.zone.cell
        cells = [
            self.ground.area_m2(
                Box(left=x - width / 2, top=y - height / 2, right=x + width / 2, bottom=y + height / 2)
            )
            for x, y in self.zone.samples
        ]
        known = [cell for cell in cells if cell is not None]
        return share * sum(known) if len(known) == len(cells) else None


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return box.left <= point[0] <= box.right and box.top <= point[1] <= box.bottom
