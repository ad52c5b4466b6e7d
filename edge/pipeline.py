"""The pipeline of one camera: frame, due look, sighting, incident; no threads and no I/O of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from edge import cadence
from edge.cadence import Cadence, Pulse
from edge.change import Grey, Mask, changed_share, shrink, zone_mask
from edge.contract.messages import ModelRef, Phase
from edge.domain.candidate import Candidate
from edge.domain.detection import Box, Detection
from edge.domain.frame import Frame
from edge.domain.ground import Ground
from edge.domain.hours import ActiveHours
from edge.domain.incident import (
    Incident,
    Origin,
    Standing,
    close_incident,
    open_incident,
    update_incident,
)
from edge.domain.look import Look, Seen, Shot
from edge.domain.state import dump_incident, load_incident
from edge.domain.zone import Zone
from edge.rules.rule import Rule, is_settled

_CHANGED = 0.02
"""Share of a zone from which it has changed: a person on a wide pavement."""
_OTHER_SCENE = 0.8
"""Share of the picture from which it is the light or the camera that changed (infrared switch, lightning)."""
_HELD_LOOKS = 2
_KEYFRAMES_S = 2.0
"""How far apart the keyframes of street cameras are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePlan:
    """One rule of one camera, ready to run."""

    origin: Origin
    zone: Zone
    model: str
    rule: Rule
    cadence: Cadence
    hours: ActiveHours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPlan:
    """One camera, ready to run."""

    camera_id: str
    ground: Ground
    rules: tuple[RulePlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An incident that has just changed, the picture that shows it, and what a restart needs of it."""

    incident: Incident
    at: datetime
    shot: Shot | None
    state: bytes


@dataclass(slots=True, kw_only=True)
class _Ward:
    """What the pipeline knows of one rule."""

    plan: RulePlan
    pulse: Pulse = field(default_factory=Pulse)
    memory: tuple[Candidate, ...] = ()
    incidents: dict[str, Incident] = field(default_factory=dict)
    reference: Grey | None = None
    mask: Mask | None = None

    def note_frame(self, grey: Grey, at_s: float) -> None:
        """Compare with the frame of the last look, never with an average: slow change adds up."""
        if self.mask is None or self.mask.shape != grey.shape:
            self.mask = zone_mask(self.plan.zone.polygon, grey.shape)
        changed = self.reference is None or changed_share(grey, self.reference, self.mask) >= _CHANGED
        self.pulse = cadence.note_frame(self.pulse, self.plan.cadence, at_s=at_s, changed=changed)

    def overdue(self, frame: Frame, stretch: float) -> tuple[float, cadence.Cause] | None:
        """Return for how long its look has been due, and why; None while it is not."""
        hours = self.plan.hours
        if hours and not hours.cover(frame.captured_at) and not self.incidents:
            return None
        unsettled = not is_settled(self.memory)
        due_s, cause = cadence.next_look(self.pulse, self.plan.cadence, unsettled=unsettled, stretch=stretch)
        return (frame.stream_s - due_s, cause) if frame.stream_s >= due_s else None

    @property
    def is_awake(self) -> bool:
        if self.plan.cadence.burst:
            return cadence.is_awake(self.pulse) or bool(self.memory)
        return self.plan.cadence.every_s < _KEYFRAMES_S

    def shares(self, look: Look, at_s: float) -> bool:
        """Whether ``look`` serves this rule too: same model, its region inside, half its interval gone."""
        gone_s = at_s - (self.pulse.looked_s if self.pulse.looked_s is not None else -1e9)
        same = self.plan.model == look.model and _inside(self.plan.zone.region, look.region)
        return same and gone_s >= self.plan.cadence.every_s / 2


class Pipeline:
    """One camera's straight line. ``due`` what to look at, the caller runs the model, ``absorb`` it."""

    def __init__(self, plan: CameraPlan) -> None:
        self.plan = plan
        self._wards = {rule.origin.rule_id: _Ward(plan=rule) for rule in plan.rules}
        self._latest: tuple[Frame, Grey] | None = None
        self._held_until_s = 0.0

    def due(self, frame: Frame, stretch: float = 1.0) -> Look | None:
        """Return the most overdue look at ``frame``, if any; ``stretch`` lengthens all intervals."""
        before, grey = self._latest, self._shrunk(frame)
        if before:
            self._hold_if_other_scene(grey, before[1], frame.stream_s)
        for ward in self._wards.values():
            ward.note_frame(grey, frame.stream_s)
        if frame.stream_s < self._held_until_s:
            return None
        due = [(*late, w) for w in self._wards.values() if (late := w.overdue(frame, stretch))]
        if not due:
            return None
        overdue_s, cause, first = max(due, key=lambda it: it[0])
        look = Look(
            camera_id=self.plan.camera_id,
            rule_ids=(first.plan.origin.rule_id,),
            model=first.plan.model,
            labels=first.plan.rule.labels,
            region=first.plan.zone.region,
            cause=cause,
            overdue_s=overdue_s,
            stretch=stretch,
        )
        return self._shared(look, frame.stream_s)

    def absorb(
        self, frame: Frame, look: Look, detections: Sequence[Detection], model: ModelRef
    ) -> list[Change]:
        """Take in what ``look`` found on ``frame`` (fractions of the whole picture); return what changed."""
        grey = self._shrunk(frame)
        changes: list[Change] = []
        for ward in (self._wards[rule_id] for rule_id in look.rule_ids):
            seen = Seen(
                frame=frame,
                detections=tuple(detections),
                still_s=ward.pulse.still_s,
                stretch=look.stretch,
            )
            found = ward.plan.rule.find(ward.memory, seen)
            ward.pulse = cadence.note_look(ward.pulse, at_s=frame.stream_s)
            ward.memory, ward.reference = found.memory, grey
            changes += _decide(ward, found.standing, seen, model)
        return changes

    def restore(self, states: Sequence[bytes]) -> list[Change]:
        """Go on with open incidents after a restart; return the retraction of those whose rule is gone."""
        changes = []
        for incident in map(load_incident, states):
            ward = self._wards.get(incident.origin.rule_id)
            if ward is None or ward.plan.origin != incident.origin:
                closed = close_incident(incident, Phase.RETRACTED, reason="rule removed")
                changes.append(_change(closed, incident.standing.last_seen_at, None))
                continue
            ward.incidents[incident.standing.key] = incident
            ward.memory += incident.standing.candidates
        return changes

    @property
    def is_awake(self) -> bool:
        """Whether every frame is wanted: a burst goes on, or a rule looks more often than keyframes come."""
        return any(ward.is_awake for ward in self._wards.values())

    def coverage(self) -> Mapping[str, float]:
        """Return for each rule the share of about the last hour in which it was watched."""
        return {rule_id: ward.pulse.coverage for rule_id, ward in self._wards.items()}

    def _shared(self, look: Look, at_s: float) -> Look:
        others = {
            rule_id: ward.plan.rule.labels
            for rule_id, ward in self._wards.items()
            if rule_id not in look.rule_ids and ward.shares(look, at_s)
        }
        labels = look.labels.union(*others.values())
        return replace(look, rule_ids=(*look.rule_ids, *others), labels=labels)

    def _shrunk(self, frame: Frame) -> Grey:
        """Return ``frame`` small and grey; the newest one is kept, since several looks ask for it."""
        if self._latest is None or self._latest[0] is not frame:
            self._latest = frame, shrink(frame.image)
        return self._latest[1]

    def _hold_if_other_scene(self, grey: Grey, before: Grey, at_s: float) -> None:
        """Hold two looks when the whole picture changed at once, and take the new one as it is then."""
        if changed_share(grey, before) <= _OTHER_SCENE:
            return
        longest_s = max((w.plan.cadence.every_s for w in self._wards.values()), default=0.0)
        self._held_until_s = at_s + _HELD_LOOKS * longest_s
        for ward in self._wards.values():
            ward.reference = None


def _decide(ward: _Ward, standing: tuple[Standing, ...], seen: Seen, model: ModelRef) -> list[Change]:
    """Compare what stands with what is open; return what the centre must hear of."""
    changes = []
    for it in standing:
        incident = ward.incidents.get(it.key)
        if incident is not None:
            after = update_incident(incident, it, at=seen.at, model=model)
        elif it.is_ready and (ward.plan.hours is None or ward.plan.hours.cover(seen.at)):
            after = open_incident(ward.plan.origin, it, at=seen.at, model=model)
        else:
            continue
        ward.incidents[it.key] = after
        if incident is None or after.rev > incident.rev:
            changes.append(_change(after, seen.at, it.shot))
    for key in ward.incidents.keys() - {it.key for it in standing}:
        incident = ward.incidents.pop(key)
        closed = close_incident(incident, Phase.CLEARED, reason=ward.plan.rule.gone)
        changes.append(_change(closed, seen.at, _afterwards(closed, seen)))
    return changes


def _afterwards(incident: Incident, seen: Seen) -> Shot:
    """The same view now that it is over: the after-picture."""
    return Shot(frame=seen.frame, detections=seen.detections, box=incident.told.box, worth=0.0)


def _change(incident: Incident, at: datetime, shot: Shot | None) -> Change:
    return Change(incident=incident, at=at, shot=shot, state=dump_incident(incident))


def _inside(inner: Box, outer: Box) -> bool:
    horizontally = outer.left <= inner.left and inner.right <= outer.right
    return horizontally and outer.top <= inner.top and inner.bottom <= outer.bottom
