import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, cast

import cv2
import numpy as np
import pytest

from edge.contract.messages import EvidenceRef, Incident, IncidentEvent, Phase
from edge.domain.detection import Detection
from edge.domain.ground import Ground
from edge.domain.incident import (
    Measures,
    Origin,
    Standing,
    close_incident,
    open_incident,
    update_incident,
    why_update,
)
from edge.domain.look import LookMark, Shot
from edge.domain.state import StateError, dump_incident, load_incident
from edge.pipeline import Change
from edge.ports import DiskFullError, EvidenceStore, Outbox
from edge.privacy import pixelated
from edge.recorder import Recorder
from tests.build import NOON, SHA
from tests.unit.edge.scene import MODEL, a_box, a_frame, a_thing

ORIGIN = Origin(
    box="box-1", camera_id="cam-1", rule_id="stalls", zone_id="pavement", kind="street_encroachment"
)


@dataclass
class Shelf:
    """Evidence and ledger in memory that note the order of what happens."""

    happened: list[str] = field(default_factory=list)
    jpegs: dict[str, bytes] = field(default_factory=dict)
    is_full: bool = False

    def put(self, jpeg: bytes, *, kind: Literal["snapshot", "crop", "after"]) -> EvidenceRef:
        if self.is_full:
            raise DiskFullError("no room")
        self.happened.append(kind)
        self.jpegs[kind] = jpeg
        return EvidenceRef(kind=kind, sha256=hashlib.sha256(jpeg).hexdigest(), bytes=len(jpeg))

    def commit(self, incident: Incident, *, at: datetime, state: bytes) -> IncidentEvent:  # noqa: ARG002
        self.happened.append(incident.phase)
        return IncidentEvent.of(incident, site="putuo", box="box-1", sequence=1, at=at)


def a_standing(**changes: object) -> Standing:
    shot = Shot(frame=a_frame(10.0), detections=(a_thing(),), box=a_box(), worth=0.8)
    standing = Standing(
        key="zone",
        first_seen_at=NOON,
        last_seen_at=NOON,
        dwell_s=30.0,
        confidence=0.8,
        severity=2,
        box=a_box(),
        ground_point=(0.2, 0.5),
        extent=0.01,
        measures=Measures(count=1),
        looks=(LookMark(at=NOON, at_s=10.0, score=0.8, box=a_box()), LookMark(at=NOON, at_s=20.0)),
        gates=("seen for 30 s, needed 30 s",),
        shot=shot,
    )
    return replace(standing, **changes)  # type: ignore[arg-type]


def a_change(phase: Phase = Phase.OPENED) -> Change:
    incident = open_incident(ORIGIN, a_standing(), at=NOON, model=MODEL)
    if phase is not Phase.OPENED:
        incident = close_incident(incident, phase, reason="gone")
    shot = None if phase is Phase.RETRACTED else a_standing().shot
    return Change(incident=incident, at=NOON, shot=shot, state=b"{}")


def a_recorder(shelf: Shelf) -> Recorder:
    return Recorder(
        evidence=cast("EvidenceStore", shelf),
        outbox=cast("Outbox", shelf),
        config_sha256=SHA,
        ground={"cam-1": Ground(lat=31.2, lon=121.4)},
    )


@pytest.mark.parametrize(
    ("phase", "happened"),
    [
        (Phase.OPENED, ["snapshot", "crop", "opened"]),
        (Phase.CLEARED, ["after", "cleared"]),
        (Phase.RETRACTED, ["retracted"]),
    ],
)
def test_pictures_are_stored_before_the_event_that_names_them(phase: Phase, happened: list[str]) -> None:
    shelf = Shelf()

    event = a_recorder(shelf).record(a_change(phase))

    assert shelf.happened == happened
    assert [ref.sha256 for ref in event.data.evidence] == [
        hashlib.sha256(jpeg).hexdigest() for jpeg in shelf.jpegs.values()
    ]


def test_the_event_says_where_and_why() -> None:
    event = a_recorder(Shelf()).record(a_change())

    assert event.data.location.method == "camera"
    assert [look.score for look in event.data.why.looks] == [0.8, None]
    assert event.data.why.gates == ["seen for 30 s, needed 30 s"]
    assert event.data.why.model == MODEL
    assert IncidentEvent.from_json(event.to_json()) == event


def test_without_room_for_the_picture_there_is_no_event() -> None:
    shelf = Shelf(is_full=True)

    with pytest.raises(DiskFullError):
        a_recorder(shelf).record(a_change())

    assert shelf.happened == []


def noise() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)


@pytest.mark.parametrize(
    ("label", "hidden", "kept"),
    [
        pytest.param("person", np.s_[100:125, 50:150], np.s_[140:200, 50:150], id="head"),
        pytest.param("car", np.s_[160:195, 70:130], np.s_[100:150, 50:150], id="plate"),
    ],
)
def test_heads_and_plates_are_made_coarse(
    label: str, hidden: tuple[slice, slice], kept: tuple[slice, slice]
) -> None:
    image = noise()
    detection = Detection(label=label, confidence=0.9, box=a_box(0.5, 1.0, size=0.5))

    after = pixelated(image, [detection])

    assert np.std(after[hidden]) < np.std(image[hidden]) / 5
    assert (after[kept] == image[kept]).all()
    assert (image == noise()).all()


def test_other_things_stay_sharp() -> None:
    image = noise()

    assert (pixelated(image, [a_thing(label="stall", size=0.5)]) == image).all()


def test_the_crop_shows_the_thing_with_a_margin() -> None:
    shelf = Shelf()

    a_recorder(shelf).record(a_change())

    crop = cv2.imdecode(np.frombuffer(shelf.jpegs["crop"], np.uint8), cv2.IMREAD_COLOR)
    assert crop is not None
    assert crop.shape == pytest.approx((28, 28, 3), abs=1)


def test_the_state_comes_back_as_it_was_without_frames() -> None:
    incident = open_incident(ORIGIN, a_standing(), at=NOON, model=MODEL)

    again = load_incident(dump_incident(incident))

    assert again == incident
    assert again.standing.shot is None


@pytest.mark.parametrize("state", [b"", b"{}", b'{"version": 99}', b"[1]"])
def test_a_state_that_cannot_be_read_is_refused_by_name(state: bytes) -> None:
    with pytest.raises(StateError):
        load_incident(state)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"severity": 3}, "severity 2 to 3"),
        ({"extent": 0.015}, "grown by 50%"),
        ({"extent": 0.0149}, None),
        ({"dwell_s": 900.0}, None),
    ],
)
def test_an_update_is_worth_telling_only_when_something_matters(
    change: dict[str, object], reason: str | None
) -> None:
    incident = open_incident(ORIGIN, a_standing(), at=NOON, model=MODEL)

    after = update_incident(incident, a_standing(**change), at=NOON, model=MODEL)

    assert why_update(incident, a_standing(**change), at=NOON) == reason
    assert after.rev == (2 if reason else 1)


def test_the_same_beginning_in_the_same_place_has_the_same_id() -> None:
    one, same, other = (
        open_incident(origin, a_standing(), at=NOON, model=MODEL).incident_id
        for origin in (ORIGIN, ORIGIN, replace(ORIGIN, zone_id="road"))
    )

    assert one == same
    assert one != other
