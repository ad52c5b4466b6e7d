"""The doorbell: MQTT in, with nothing acknowledged before it is committed."""

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from dispatcher.handlers.intake import CHANNELS, Message
from dispatcher.ports import DispatchError
from edge.contract.messages import Ack
from edge.contract.topics import Topic, subscription

_BATCH = 64
_IN_FLIGHT = 256
_SESSION_S = 7 * 24 * 3600
_KEEPALIVE_S = 30
_WELCOME_S = 3.0
_IDLE_S = 0.5
_BACKOFF_S = (0.5, 30.0)
_OTHER = {
    MQTTProtocolVersion.MQTTv5: MQTTProtocolVersion.MQTTv311,
    MQTTProtocolVersion.MQTTv311: MQTTProtocolVersion.MQTTv5,
}
_LOG = structlog.get_logger("subscriber")

TakeIn = Callable[[Sequence[Message], datetime], Mapping[Topic, Ack]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is, and who we are to it."""

    host: str
    port: int
    client_id: str
    username: str | None = None
    password: str | None = None
    ca_file: Path | None = None


class Subscriber:
    """Reads messages from the broker, has them taken in, and only then answers boxes and broker."""

    def __init__(self, broker: Broker, *, take_in: TakeIn, clock: Callable[[], datetime]) -> None:
        self._broker = broker
        self._take_in = take_in
        self._clock = clock
        self._protocol = MQTTProtocolVersion.MQTTv5
        self._last_said: str | None = None
        self.connected = threading.Event()
        """Set while the subscriptions stand."""

    def run(self, stop: threading.Event) -> None:
        """Read until ``stop``; a broker that is away is tried again with growing patience."""
        wait_s = _BACKOFF_S[0]
        while not stop.is_set():
            connection = _Connection(self._broker, self._protocol)
            try:
                connection.open()
                self._say(f"connected to {self._where}")
                self.connected.set()
                wait_s = _BACKOFF_S[0]
                self._pump(connection, stop)
            except _NoWelcomeError as exc:
                # Older brokers refuse MQTT 5, close, or fall silent: the other version is tried in turn.
                self._protocol = _OTHER[self._protocol]
                self._say(f"{self._where}: {exc}; trying again with the other MQTT version")
            except DispatchError as exc:
                self._say(f"{self._where}: {exc}; trying again")
            finally:
                self.connected.clear()
                connection.close()
            stop.wait(wait_s)
            wait_s = min(wait_s * 2, _BACKOFF_S[1])

    @property
    def _where(self) -> str:
        return f"broker {self._broker.host}:{self._broker.port}"

    def _say(self, text: str) -> None:
        if text != self._last_said:
            _LOG.info(text)
        self._last_said = text

    def _pump(self, connection: "_Connection", stop: threading.Event) -> None:
        while not stop.is_set():
            batch = connection.take()
            if batch:
                self._settle(connection, batch, stop)

    def _settle(self, connection: "_Connection", batch: list[MQTTMessage], stop: threading.Event) -> None:
        messages = [Message(topic=_topic_of(one), payload=bytes(one.payload)) for one in batch]
        wait_s = _BACKOFF_S[0]
        while True:
            try:
                answers = self._take_in(messages, self._clock())
                break
            except DispatchError as exc:
                if not exc.retryable:
                    raise
                _LOG.warning("nothing taken in, trying again", messages=len(messages), reason=str(exc))
                if stop.wait(wait_s):
                    return
                wait_s = min(wait_s * 2, _BACKOFF_S[1])
        connection.answer(answers, batch)


class _NoWelcomeError(DispatchError):
    """The broker is there but did not let us in."""


class _Connection:
    """One connection; a new one is made after each loss, so that no acknowledgement crosses over."""

    def __init__(self, broker: Broker, protocol: MQTTProtocolVersion) -> None:
        self._broker = broker
        self._is_v5 = protocol is MQTTProtocolVersion.MQTTv5
        self._inbox: queue.SimpleQueue[MQTTMessage | None] = queue.SimpleQueue()
        self._lost: str | None = None
        self._ready = threading.Event()
        self._refused: str | None = None
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=broker.client_id,
            clean_session=None if self._is_v5 else False,
            protocol=protocol,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.on_disconnect = self._on_disconnect
        if broker.username is not None:
            self._client.username_pw_set(broker.username, broker.password)
        if broker.ca_file is not None:
            self._client.tls_set(str(broker.ca_file))

    def open(self) -> None:
        """Return when the subscriptions stand; raise ``DispatchError`` or ``_NoWelcomeError``."""
        options: dict[str, Any] = {}
        if self._is_v5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = _SESSION_S
            properties.ReceiveMaximum = _IN_FLIGHT
            options = {"clean_start": False, "properties": properties}
        try:
            self._client.connect(self._broker.host, self._broker.port, _KEEPALIVE_S, **options)
        except (OSError, ValueError) as exc:
            raise DispatchError(f"cannot connect: {exc}", retryable=True) from exc
        self._client.loop_start()
        if not self._ready.wait(_WELCOME_S):
            raise _NoWelcomeError(f"no answer within {_WELCOME_S:g} s", retryable=True)
        if self._refused is not None:
            raise _NoWelcomeError(f"refused: {self._refused}", retryable=True)

    def take(self) -> list[MQTTMessage]:
        """Return what waits, at most a batch, possibly nothing; raise ``DispatchError`` when cut off."""
        batch: list[MQTTMessage] = []
        try:
            one = self._inbox.get(timeout=_IDLE_S)
            while one is not None:
                batch.append(one)
                one = None if len(batch) == _BATCH else self._inbox.get_nowait()
        except queue.Empty:
            pass
        if not batch and self._lost is not None:
            raise DispatchError(f"connection lost: {self._lost}", retryable=True)
        return batch

    def answer(self, answers: Mapping[Topic, Ack], batch: Sequence[MQTTMessage]) -> None:
        """Tell the boxes what is committed, then the broker that it may forget."""
        for topic, ack in answers.items():
            self._client.publish(str(topic), ack.to_json(), qos=topic.channel.qos)
        for one in batch:
            self._client.ack(one.mid, one.qos)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(
        self, client: Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            self._refused = str(reason)
            self._ready.set()
            return
        client.subscribe([(subscription(channel), channel.qos) for channel in CHANNELS])

    def _on_subscribe(
        self, _client: Client, _data: object, _mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        failed = [str(reason) for reason in reasons if reason.is_failure]
        self._refused = f"subscription: {failed[0]}" if failed else None
        self._ready.set()

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._inbox.put(message)

    def _on_disconnect(
        self, _client: Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        self._lost = str(reason)
        self._refused = self._refused or self._lost
        self._ready.set()
        self._inbox.put(None)


def _topic_of(message: MQTTMessage) -> str:
    try:
        return message.topic
    except UnicodeDecodeError:
        return "(not UTF-8)"
