import hashlib
from pathlib import Path

import pytest

from dispatcher.adapters.evidence import PictureFolder
from dispatcher.handlers.intake import Intake, Message
from dispatcher.ports import DeadLetter, DispatchError
from edge.contract.messages import Ack, IncidentEvent, Refusal
from edge.contract.topics import Channel, Topic
from tests.build import SHA, a_status
from tests.desk import Desk, seen
from tests.district import DISTRICT, noon

ACK = Topic(site="putuo", box="box-1", channel=Channel.ACK)
JPEG = b"\xff\xd8 a picture"
JPEG_SHA = hashlib.sha256(JPEG).hexdigest()


@pytest.fixture
def intake(desk: Desk, tmp_path: Path) -> Intake:
    return Intake(store=desk.store, pictures=PictureFolder(tmp_path), district=DISTRICT)


def _event(event: IncidentEvent, *, box: str = "box-1") -> Message:
    return Message(topic=f"gw/v1/putuo/{box}/event", payload=event.to_json())


def _picture(sha256: str, payload: bytes) -> Message:
    return Message(topic=f"gw/v1/putuo/box-1/evidence/{sha256}", payload=payload)


def _letters(desk: Desk) -> list[DeadLetter]:
    with desk.store.read() as reader:
        return list(reader.dead_letters(10))


def test_a_box_is_told_what_is_committed(desk: Desk, intake: Intake) -> None:
    answers = intake.take_in([_event(seen("a")), _event(seen("b"))], noon())

    assert answers == {ACK: Ack(at=noon(), committed=["a/1", "b/1"])}
    assert len(desk.tickets()) == 1


def test_a_repeat_is_answered_as_the_first(intake: Intake) -> None:
    intake.take_in([_event(seen("a"))], noon())

    answers = intake.take_in([_event(seen("a"))], noon())

    assert answers[ACK].committed == ["a/1"]


def test_each_box_hears_only_of_its_own(intake: Intake) -> None:
    answers = intake.take_in([_event(seen("a")), _event(seen("b", box="box-2"), box="box-2")], noon())

    assert {topic.box: ack.committed for topic, ack in answers.items()} == {
        "box-1": ["a/1"],
        "box-2": ["b/1"],
    }


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        pytest.param(
            Message(topic="gw/v1/putuo/box-1/event", payload=b"nonsense"), "Invalid JSON", id="no JSON"
        ),
        pytest.param(Message(topic="gw/v1/putuo/box-1/event", payload=b"{}"), "data: Field", id="no event"),
        pytest.param(Message(topic="gw/v1/a b/box-1/event", payload=b"{}"), "not a topic", id="a bad topic"),
        pytest.param(
            Message(topic="gw/v1/putuo/box-1/cmd", payload=b"{}"), "nothing is expected", id="not for us"
        ),
        pytest.param(Message(topic="gw/v1/putuo/box-1/status", payload=b"[]"), "message", id="no status"),
        pytest.param(
            Message(topic="gw/v1/putuo/box-1/event", payload=b"\xff" * 10_000_000),
            "10000000 bytes",
            id="10 MB",
        ),
    ],
)
def test_what_cannot_be_understood_is_kept_with_its_reason_and_holds_up_nobody(
    desk: Desk, intake: Intake, message: Message, reason: str
) -> None:
    answers = intake.take_in([message, _event(seen("a"))], noon())

    assert answers == {ACK: Ack(at=noon(), committed=["a/1"])}
    [letter] = _letters(desk)
    assert (letter.topic, letter.size_bytes) == (message.topic, len(message.payload))
    assert reason in letter.reason


def test_a_box_is_told_of_a_refused_event_whose_id_can_be_read(intake: Intake) -> None:
    payload = b'{"id": "a/7", "data": ' + b" " * 300_000 + b"}"

    answers = intake.take_in([Message(topic="gw/v1/putuo/box-1/event", payload=payload)], noon())

    reason = f"{len(payload)} bytes, allowed are 262144"
    assert answers == {ACK: Ack(at=noon(), refused=[Refusal(id="a/7", reason=reason)])}


def test_a_box_cannot_speak_for_another(desk: Desk, intake: Intake) -> None:
    answers = intake.take_in([_event(seen("a"), box="box-2")], noon())

    [ack] = answers.values()
    assert ack.refused[0].id == "a/1"
    assert desk.tickets() == []


def test_a_picture_is_stored_shown_and_answered(desk: Desk, intake: Intake, tmp_path: Path) -> None:
    ref = {"kind": "snapshot", "sha256": JPEG_SHA, "bytes": len(JPEG)}
    intake.take_in([_event(seen("a", evidence=[ref]))], noon())

    answers = intake.take_in([_picture(JPEG_SHA, JPEG)], noon())

    assert answers[ACK].evidence == [JPEG_SHA]
    assert desk.view().evidence[0].stored_at == noon()
    assert PictureFolder(tmp_path).read(JPEG_SHA) == JPEG


def test_a_picture_that_came_before_its_event_is_found_too(desk: Desk, intake: Intake) -> None:
    ref = {"kind": "snapshot", "sha256": JPEG_SHA, "bytes": len(JPEG)}

    intake.take_in([_picture(JPEG_SHA, JPEG), _event(seen("a", evidence=[ref]))], noon())

    assert desk.view().evidence[0].stored_at == noon()


def test_a_damaged_picture_is_refused(desk: Desk, intake: Intake) -> None:
    answers = intake.take_in([_picture(SHA, JPEG)], noon())

    assert answers[ACK].refused[0].id == SHA
    assert "damaged on the way" in _letters(desk)[0].reason


def test_a_disk_without_room_takes_nothing_in_and_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder can be made here")
    intake = Intake(store=desk.store, pictures=PictureFolder(blocked), district=DISTRICT)

    with pytest.raises(DispatchError, match="make room") as caught:
        intake.take_in([_event(seen("a")), _picture(JPEG_SHA, JPEG)], noon())

    assert caught.value.retryable
    assert desk.tickets() == []


def test_a_box_shows_its_last_status(desk: Desk, intake: Intake) -> None:
    status = a_status(at=noon())

    intake.take_in([Message(topic="gw/v1/putuo/box-1/status", payload=status.to_json())], noon())

    with desk.store.read() as reader:
        [box] = reader.boxes()
    assert (box.source, box.status) == ("/edge/putuo/box-1", status)


def test_a_cleared_retained_status_is_no_dead_letter(desk: Desk, intake: Intake) -> None:
    intake.take_in([Message(topic="gw/v1/putuo/box-1/status", payload=b"")], noon())

    assert _letters(desk) == []
