"""Messages from boxes, in: each understood or kept as a dead letter, all committed before any is answered."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dispatcher.domain.district import District
from dispatcher.handlers.receive import receive_event
from dispatcher.ports import DispatchError, EvidenceFiles, Store, Writer
from edge.contract.message import MessageError
from edge.contract.messages import Ack, EdgeHealth, EdgeStatus, IncidentEvent, Refusal
from edge.contract.topics import Channel, Topic, TopicError, parse_topic

CHANNELS = (Channel.EVENT, Channel.EVIDENCE, Channel.STATUS, Channel.HEALTH)
"""What the centre listens to."""

_EVENT_ID = re.compile(rb'"id"\s*:\s*"([A-Za-z0-9_.-]+/[1-9][0-9]*)"')
_ID_WITHIN_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What came, and where."""

    topic: str
    payload: bytes


@dataclass(slots=True)
class _Answer:
    """What one box is told about this batch."""

    committed: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


class _RefusedError(DispatchError):
    """A message that can never be accepted."""


class Intake:
    """Takes messages in, one transaction a batch; a bad one is undone alone and kept as a dead letter."""

    def __init__(self, *, store: Store, pictures: EvidenceFiles, district: District) -> None:
        self._store = store
        self._pictures = pictures
        self._district = district

    def take_in(self, messages: Sequence[Message], now: datetime) -> Mapping[Topic, Ack]:
        """Commit ``messages``; return what to tell each box, by its ack topic.

        Raise ``DispatchError`` (retryable) if the store or the disk is away: nothing was taken in.
        """
        answers: dict[Topic, _Answer] = {}
        with self._store.write() as tx:
            for message in messages:
                self._take_one(tx, message, now, answers)
        return {
            topic: Ack(at=now, committed=one.committed, evidence=one.evidence, refused=one.refused)
            for topic, one in answers.items()
            if one.committed or one.evidence or one.refused
        }

    def _take_one(self, tx: Writer, message: Message, now: datetime, answers: dict[Topic, _Answer]) -> None:
        try:
            topic = parse_topic(message.topic)
        except TopicError as exc:
            _bury(tx, message, str(exc), now)
            return
        box = Topic(site=topic.site, box=topic.box, channel=Channel.ACK)
        answer = answers.setdefault(box, _Answer())
        try:
            with tx.savepoint():
                self._understand(tx, topic, message.payload, now, answer)
        except DispatchError as exc:
            if exc.retryable:
                raise
            _bury(tx, message, str(exc), now)
            about = _id_of(topic, message.payload)
            if about is not None:
                answer.refused.append(Refusal(id=about, reason=str(exc)))

    def _understand(self, tx: Writer, topic: Topic, payload: bytes, now: datetime, answer: _Answer) -> None:
        source = f"/edge/{topic.site}/{topic.box}"
        if topic.channel is Channel.EVENT:
            event = _event_of(source, payload)
            receive_event(tx, event, district=self._district, now=now)
            answer.committed.append(event.id)
        elif topic.channel is Channel.EVIDENCE and topic.key is not None:
            self._pictures.put(topic.key, payload)
            tx.put_picture(topic.key, size_bytes=len(payload), now=now)
            answer.evidence.append(topic.key)
        elif topic.channel in {Channel.STATUS, Channel.HEALTH}:
            _note_box(tx, source, topic.channel, payload, now)
        else:
            raise _RefusedError(f"nothing is expected on {topic.channel}")


def _event_of(source: str, payload: bytes) -> IncidentEvent:
    try:
        event = IncidentEvent.from_json(payload)
    except MessageError as exc:
        raise _RefusedError(str(exc)) from exc
    if event.source != source:
        raise _RefusedError(f"source is {event.source!r}, but it came from {source!r}")
    return event


def _note_box(tx: Writer, source: str, channel: Channel, payload: bytes, now: datetime) -> None:
    if not payload:  # a retained status that somebody has cleared
        return
    try:
        if channel is Channel.STATUS:
            tx.put_status(source, EdgeStatus.from_json(payload), now=now)
        else:
            tx.put_health(source, EdgeHealth.from_json(payload), now=now)
    except MessageError as exc:
        raise _RefusedError(str(exc)) from exc


def _id_of(topic: Topic, payload: bytes) -> str | None:
    """Return what a box must be told about a refused message by; None if it cannot be read."""
    if topic.channel is Channel.EVIDENCE:
        return topic.key
    found = _EVENT_ID.search(payload[:_ID_WITHIN_BYTES]) if topic.channel is Channel.EVENT else None
    return None if found is None else found[1].decode()


def _bury(tx: Writer, message: Message, reason: str, now: datetime) -> None:
    tx.add_dead_letter(topic=message.topic, reason=reason, payload=message.payload, now=now)
