"""The grammar of the topics: build them, parse them, and the delivery that each asks for."""

import re
from dataclasses import dataclass
from enum import StrEnum

ROOT = "gw/v1"


class Channel(StrEnum):
    """The last words of a topic: what travels there."""

    EVENT = "event"
    ACK = "ack"
    INCIDENT = "incident"
    EVIDENCE = "evidence"
    STATUS = "status"
    HEALTH = "health"
    COMMAND = "cmd"
    REPLY = "reply"
    VERDICT = "verdict"

    @property
    def qos(self) -> int:
        return 0 if self is Channel.HEALTH else 1

    @property
    def retained(self) -> bool:
        return self in {Channel.INCIDENT, Channel.STATUS}

    @property
    def has_key(self) -> bool:
        """Whether one more level follows: the incident's id, the picture's hash."""
        return self in {Channel.INCIDENT, Channel.EVIDENCE}


_LEVEL = re.compile(r"[A-Za-z0-9_.-]+")
_TOPIC = re.compile(
    rf"{ROOT}/(?P<site>[A-Za-z0-9_.-]+)/(?P<box>[A-Za-z0-9_.-]+)/(?P<channel>[a-z]+)(?:/(?P<key>[A-Za-z0-9_.-]+))?"
)


class TopicError(ValueError):
    """A topic outside the grammar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic of one box; ``key`` names the incident or the picture where the channel has one."""

    site: str
    box: str
    channel: Channel
    key: str | None = None

    def __post_init__(self) -> None:
        if self.channel.has_key != (self.key is not None):
            raise TopicError(
                f"channel {self.channel} {'needs' if self.channel.has_key else 'takes no'} key: {self.key}"
            )
        for level in (self.site, self.box, self.key):
            if level is not None and not _LEVEL.fullmatch(level):
                raise TopicError(f"not one level of letters, digits, dot, dash, underscore: {level!r}")

    def __str__(self) -> str:
        key = "" if self.key is None else f"/{self.key}"
        return f"{ROOT}/{self.site}/{self.box}/{self.channel}{key}"


def parse_topic(text: str) -> Topic:
    """Return the parts of ``text``; raise ``TopicError`` if it is none of ours."""
    match = _TOPIC.fullmatch(text)
    if match is None or match["channel"] not in set(Channel):
        raise TopicError(f"not a topic of {ROOT}: {text!r}")
    return Topic(site=match["site"], box=match["box"], channel=Channel(match["channel"]), key=match["key"])


def subscription(channel: Channel, *, site: str = "+", box: str = "+") -> str:
    """Return the filter for ``channel`` of one box, or of all."""
    return f"{ROOT}/{site}/{box}/{channel}" + ("/+" if channel.has_key else "")
