"""The link to the broker: drains the outbox, hears the centre's acks, and comes back after every loss."""

import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import structlog
from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.adapters.window import Window
from edge.contract.message import MessageError
from edge.contract.messages import Ack, EdgeHealth, EdgeStatus
from edge.contract.topics import Channel, Topic
from edge.ports import EdgeError, Outbox

HEALTH_EVERY_S = 30.0
_ANSWER_S = 3.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
_UNSUPPORTED = "Unsupported protocol version"

_What = Literal["connected", "refused", "lost", "ack", "wake"]

_log = structlog.get_logger("edge.mqtt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is and who we are there; without ``ca_file`` TLS trusts what the system trusts."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = None
    tls: bool = False
    ca_file: Path | None = None

    def __repr__(self) -> str:
        return f"{self.host}:{self.port}"  # never the password


class Ledger(Outbox, Protocol):
    """The outbox, with what a restarted broker must be told again."""

    def latest(self, incident_id: str) -> bytes: ...

    def open_events(self) -> list[tuple[str, bytes]]: ...


@dataclass(frozen=True, slots=True)
class _Notice:
    """What other threads tell the link's own."""

    what: _What
    text: str = ""
    payload: bytes = b""


class MqttLink:
    """One thread, one connection at a time; every other thread only leaves it notices."""

    def __init__(
        self,
        broker: Broker,
        *,
        site: str,
        box: str,
        outbox: Ledger,
        status: EdgeStatus,
        health: Callable[[], EdgeHealth],
    ) -> None:
        self._broker, self._site, self._box = broker, site, box
        self._outbox, self._status, self._health = outbox, status, health
        self._notices: queue.SimpleQueue[_Notice] = queue.SimpleQueue()
        self._protocol = MQTTProtocolVersion.MQTTv5
        self._told: str | None = None
        self._is_stopped = self._is_connected = False
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something new in the outbox."""
        self._leave("wake")

    def stop(self, timeout_s: float = 1.0) -> None:
        """Say goodbye to the broker and end; what was not acked stays in the outbox."""
        self._is_stopped = True
        self.wake()
        self._thread.join(timeout_s)

    def _leave(self, what: _What, text: str = "", payload: bytes = b"") -> None:
        self._notices.put(_Notice(what, text, payload))

    def _run(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._is_stopped:
            self._is_connected = False
            reason = self._hold_session()
            if self._is_stopped or reason is None:
                continue
            self._tell("broker away, what waits is kept", reason)
            wait_s = _FIRST_WAIT_S if self._is_connected else min(wait_s * 2, _LONGEST_WAIT_S)
            self._pause(wait_s * random.uniform(0.8, 1.2))  # noqa: S311  jitter

    def _pause(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while not self._is_stopped and (left_s := until_s - time.monotonic()) > 0:
            self._hear(left_s)

    def _tell(self, what: str, reason: str | None) -> None:
        if (news := f"{what}{reason}") != self._told:  # once a change, not once an attempt
            self._told = news
            tell = _log.warning if reason else _log.info
            tell(what, broker=str(self._broker), reason=reason, mqtt=self._protocol.name)

    def _hold_session(self) -> str | None:
        """Serve one connection for as long as it lasts; return why it ended, None to try again at once."""
        client = self._new_client()
        try:
            client.connect(self._broker.host, self._broker.port, keepalive=20)
        except (OSError, ValueError) as exc:
            return str(exc)
        client.loop_start()
        try:
            return self._await_welcome(client)
        except EdgeError as exc:
            return f"outbox: {exc}"
        finally:
            client.disconnect()
            client.loop_stop()
            self._notices = queue.SimpleQueue()  # what is left of this connection is void

    def _new_client(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            f"gridwarden-{self._site}-{self._box}",
            protocol=self._protocol,
            reconnect_on_failure=False,
        )
        broker, put = self._broker, self._leave
        client.username = broker.username
        client.password = broker.password
        if broker.tls:
            client.tls_set(str(broker.ca_file) if broker.ca_file else None)
        client.will_set(self._topic(Channel.STATUS), self._goodbye(), Channel.STATUS.qos, retain=True)
        client.on_connect = lambda _c, _u, _f, code, _p: put(
            "refused" if code.is_failure else "connected", str(code)
        )
        client.on_disconnect = lambda _c, _u, _f, code, _p: put("lost", str(code))
        client.on_message = lambda _c, _u, message: put("ack", "", bytes(message.payload))
        return client

    def _await_welcome(self, client: Client) -> str | None:
        notice = self._hear(_ANSWER_S) or _Notice("lost")
        if notice.what == "connected":
            return self._serve(client)
        if notice.what == "refused" and notice.text != _UNSUPPORTED:
            return f"refused: {notice.text}"
        if self._protocol is MQTTProtocolVersion.MQTTv5:  # older brokers refuse it, close, or fall silent
            self._protocol = MQTTProtocolVersion.MQTTv311
            return None
        self._protocol = MQTTProtocolVersion.MQTTv5
        return f"no welcome within {_ANSWER_S:.0f} s"

    def _serve(self, client: Client) -> str | None:
        """Greet, then send and hear until the connection is lost (return why) or the link is stopped."""
        self._is_connected = True
        self._tell("broker connected", None)
        client.subscribe(self._topic(Channel.ACK), Channel.ACK.qos)
        self._publish(client, Channel.STATUS, self._status.to_json())
        for incident_id, event in self._outbox.open_events():
            self._publish(client, Channel.INCIDENT, event, incident_id)
        events, pictures, health_s = Window(20), Window(4), 0.0
        while not self._is_stopped:
            now_s = time.monotonic()
            self._send_events(client, events, now_s)
            self._send_pictures(client, pictures, now_s)
            if now_s >= health_s:
                self._publish(client, Channel.HEALTH, self._health().to_json())
                health_s = now_s + HEALTH_EVERY_S
            notice = self._hear(max(0.0, min(events.next_s(), pictures.next_s(), health_s) - now_s))
            if notice and notice.what == "lost":
                return notice.text
        self._publish(client, Channel.STATUS, self._goodbye()).wait_for_publish(0.5)
        return None

    def _send_events(self, client: Client, window: Window, now_s: float) -> None:
        for parcel in window.choose(self._outbox.pending("event", window.size), now_s):
            incident_id = parcel.key.partition("/")[0]
            # The state first: whoever acked the event can rely on the state being there.
            self._publish(client, Channel.INCIDENT, self._outbox.latest(incident_id), incident_id)
            self._publish(client, Channel.EVENT, parcel.payload)

    def _send_pictures(self, client: Client, window: Window, now_s: float) -> None:
        for parcel in window.choose(self._outbox.pending("evidence", window.size), now_s):
            self._publish(client, Channel.EVIDENCE, parcel.payload, parcel.key)

    def _hear(self, timeout_s: float) -> _Notice | None:
        """Return the next notice, an ack already obeyed; None when there was none in time."""
        try:
            notice = self._notices.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if notice.what == "ack":
            self._obey(notice.payload)
        return notice

    def _obey(self, payload: bytes) -> None:
        try:
            ack = Ack.from_json(payload)
        except MessageError as exc:
            _log.warning("an ack that cannot be read, its events are sent again", reason=str(exc))
            return
        self._outbox.settle(ack)
        for refusal in ack.refused:
            _log.error("the centre refused, it is kept here", id=refusal.id, reason=refusal.reason)

    def _publish(
        self, client: Client, channel: Channel, payload: bytes, key: str | None = None
    ) -> MQTTMessageInfo:
        return client.publish(self._topic(channel, key), payload, channel.qos, channel.retained)

    def _topic(self, channel: Channel, key: str | None = None) -> str:
        return str(Topic(site=self._site, box=self._box, channel=channel, key=key))

    def _goodbye(self) -> bytes:
        return self._status.model_copy(update={"state": "offline"}).to_json()
