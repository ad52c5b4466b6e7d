"""The pictures of a ticket as people compare them: before and after, one pair per incident."""

from collections.abc import Sequence
from dataclasses import dataclass

from dispatcher.ports import EvidenceView, TicketView
from edge.contract.messages import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One incident's best picture of the problem, and the one that shows that it is gone."""

    incident: Incident
    before: EvidenceView | None
    after: EvidenceView | None


def pair_up(view: TicketView) -> Sequence[Pair]:
    """Return a pair per incident, in the order of the incidents; pictures on their way are left out."""
    return [
        Pair(
            incident=incident,
            before=_latest(view, incident, "snapshot") or _latest(view, incident, "crop"),
            after=_latest(view, incident, "after"),
        )
        for incident in view.incidents
    ]


def _latest(view: TicketView, incident: Incident, kind: str) -> EvidenceView | None:
    found = [
        one
        for one in view.evidence
        if one.incident_id == incident.incident_id and one.kind == kind and one.stored_at is not None
    ]
    return max(found, key=lambda one: one.rev, default=None)
