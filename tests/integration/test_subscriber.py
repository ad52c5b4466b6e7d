"""The doorbell with a real broker: nothing is acknowledged before it is committed."""

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from dispatcher.adapters.evidence import PictureFolder
from dispatcher.adapters.subscriber import Broker, Subscriber
from dispatcher.handlers.intake import Intake, Message
from dispatcher.ports import DispatchError
from edge.contract.messages import Ack, IncidentEvent
from edge.contract.topics import Topic
from tests.desk import Desk, seen
from tests.district import DISTRICT, a_store, noon
from tests.parts import Mosquitto
from tests.waiting import await_truth

TakeIn = Callable[[Sequence[Message], datetime], Mapping[Topic, Ack]]


class Box:
    """A box of a test: sends, and collects the centre's answers."""

    def __init__(self, port: int) -> None:
        self.acks: queue.Queue[Ack] = queue.Queue()
        self._subscribed = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.connect("127.0.0.1", port)
        self._client.subscribe("gw/v1/putuo/box-1/ack", 1)
        self._client.loop_start()
        assert self._subscribed.wait(5)

    def send(self, payload: bytes) -> None:
        self._client.publish("gw/v1/putuo/box-1/event", payload, 1).wait_for_publish(5)

    def send_until_committed(self, event: IncidentEvent) -> None:
        """Send again every half second, as an outbox does."""
        for _ in range(40):
            self.send(event.to_json())
            try:
                if event.id in self.acks.get(timeout=0.5).committed:
                    return
            except queue.Empty:
                continue
        pytest.fail(f"{event.id} was never committed")

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.acks.put(Ack.from_json(bytes(message.payload)))


@contextmanager
def a_subscriber(port: int, take_in: TakeIn) -> Iterator[Subscriber]:
    stop = threading.Event()
    broker = Broker(host="127.0.0.1", port=port, client_id="centre")
    subscriber = Subscriber(broker, take_in=take_in, clock=noon)
    thread = threading.Thread(target=subscriber.run, args=(stop,))
    thread.start()
    try:
        yield subscriber
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = a_store(f"sqlite:///{tmp_path}/dispatcher.db")
    yield Desk(store)
    store.close()


@pytest.fixture
def intake(desk: Desk, tmp_path: Path) -> Intake:
    return Intake(store=desk.store, pictures=PictureFolder(tmp_path / "pictures"), district=DISTRICT)


def test_an_event_becomes_a_ticket_and_its_box_hears_of_it(
    mosquitto: Mosquitto, desk: Desk, intake: Intake
) -> None:
    with a_subscriber(mosquitto.port, intake.take_in) as subscriber:
        assert subscriber.connected.wait(5)
        box = Box(mosquitto.port)
        box.send(seen("a").to_json())

        ack = box.acks.get(timeout=5)
        box.close()

    assert ack.committed == ["a/1"]
    assert [ticket.assignee_id for ticket in desk.tickets()] == ["ann"]


def test_nonsense_stops_nobody(mosquitto: Mosquitto, desk: Desk, intake: Intake) -> None:
    with a_subscriber(mosquitto.port, intake.take_in) as subscriber:
        assert subscriber.connected.wait(5)
        box = Box(mosquitto.port)
        for payload in (b"nonsense", b"", b"\xff" * 10_000_000, seen("a").to_json()):
            box.send(payload)

        ack = box.acks.get(timeout=10)
        box.close()

    assert ack.committed == ["a/1"]
    with desk.store.read() as reader:
        assert [letter.size_bytes for letter in reader.dead_letters(9)] == [10_000_000, 0, 8]


def test_a_broker_that_is_killed_and_comes_back_loses_nothing(
    mosquitto: Mosquitto, desk: Desk, intake: Intake
) -> None:
    with a_subscriber(mosquitto.port, intake.take_in) as subscriber:
        assert subscriber.connected.wait(5)
        mosquitto.kill()
        await_truth(lambda: not subscriber.connected.is_set(), within_s=5)

        mosquitto.start()
        assert subscriber.connected.wait(10)
        box = Box(mosquitto.port)
        box.send_until_committed(seen("a"))
        box.close()

    assert len(desk.tickets()) == 1


def test_a_broker_that_is_away_at_the_start_is_waited_for(mosquitto: Mosquitto, intake: Intake) -> None:
    mosquitto.kill()

    with a_subscriber(mosquitto.port, intake.take_in) as subscriber:
        assert not subscriber.connected.wait(1)
        mosquitto.start()

        assert subscriber.connected.wait(10)


def test_with_the_store_away_nothing_is_acknowledged_and_nothing_is_lost(
    mosquitto: Mosquitto, desk: Desk, intake: Intake
) -> None:
    away = threading.Event()
    away.set()
    tries: list[int] = []

    def take_in(messages: Sequence[Message], now: datetime) -> Mapping[Topic, Ack]:
        tries.append(len(messages))
        if away.is_set():
            raise DispatchError("the store is away", retryable=True)
        return intake.take_in(messages, now)

    with a_subscriber(mosquitto.port, take_in) as subscriber:
        assert subscriber.connected.wait(5)
        box = Box(mosquitto.port)
        box.send(seen("a").to_json())
        await_truth(lambda: len(tries) > 1, within_s=5)
        assert box.acks.empty()

        away.clear()

        assert box.acks.get(timeout=5).committed == ["a/1"]
        box.close()
    assert len(desk.tickets()) == 1


def test_what_was_not_acknowledged_comes_again_after_a_restart(
    mosquitto: Mosquitto, desk: Desk, intake: Intake
) -> None:
    tries: list[int] = []

    def dying(messages: Sequence[Message], _now: datetime) -> Mapping[Topic, Ack]:
        tries.append(len(messages))
        raise DispatchError("the store is away", retryable=True)

    with a_subscriber(mosquitto.port, dying) as subscriber:
        assert subscriber.connected.wait(5)
        box = Box(mosquitto.port)
        box.send(seen("a").to_json())
        await_truth(lambda: bool(tries), within_s=5)

    with a_subscriber(mosquitto.port, intake.take_in):
        assert box.acks.get(timeout=5).committed == ["a/1"]
        box.close()
    assert len(desk.tickets()) == 1
