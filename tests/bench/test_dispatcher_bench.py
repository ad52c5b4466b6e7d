"""How fast events become tickets: figures, printed; the floors only catch a fall by half."""

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from dispatcher.adapters.evidence import PictureFolder
from dispatcher.adapters.store import Database
from dispatcher.adapters.subscriber import Broker, Subscriber
from dispatcher.handlers.intake import Intake, Message
from edge.contract.messages import Ack, IncidentEvent, Phase
from tests.desk import Desk, seen
from tests.district import DISTRICT, a_store, noon
from tests.parts import Mosquitto

pytestmark = pytest.mark.bench
METRE_LAT = 1 / 111_320
BATCH = 64


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    store = a_store(f"sqlite:///{tmp_path}/dispatcher.db")
    yield store
    store.close()


@pytest.fixture
def intake(store: Database, tmp_path: Path) -> Intake:
    return Intake(store=store, pictures=PictureFolder(tmp_path / "pictures"), district=DISTRICT)


def a_load(incidents: int) -> list[IncidentEvent]:
    """Each incident at a place of its own: opened, updated, cleared."""
    return [
        seen(
            f"i{number}",
            rev=rev,
            phase=phase,
            at_s=rev,
            lat=31.22 + number % 20 * 90 * METRE_LAT,
            lon=121.46 + number // 20 * 0.001,
            sequence=number * 3 + rev,
        )
        for number in range(incidents)
        for rev, phase in enumerate([Phase.OPENED, Phase.UPDATED, Phase.CLEARED], start=1)
    ]


def _message(event: IncidentEvent) -> Message:
    return Message(topic="gw/v1/putuo/box-1/event", payload=event.to_json())


@pytest.mark.parametrize("batch", [1, BATCH])
def test_events_a_second_into_sqlite(intake: Intake, store: Database, batch: int) -> None:
    messages = [_message(event) for event in a_load(400)]

    began_s, cpu_s = time.perf_counter(), time.process_time()
    for start in range(0, len(messages), batch):
        intake.take_in(messages[start : start + batch], noon())
    per_second = len(messages) / (time.perf_counter() - began_s)
    per_cpu_second = len(messages) / (time.process_time() - cpu_s)

    print(
        f"\n{per_second:.0f} events/s into SQLite (FULL), {batch} a transaction;",
        f"{per_cpu_second:.0f} a CPU second",
    )
    assert len(Desk(store).tickets()) == 400
    assert per_cpu_second > 100


def test_latency_from_publish_to_ack_at_100_events_a_second(
    mosquitto: Mosquitto, intake: Intake, store: Database
) -> None:
    stop = threading.Event()
    broker = Broker(host="127.0.0.1", port=mosquitto.port, client_id="centre")
    subscriber = Subscriber(broker, take_in=intake.take_in, clock=lambda: datetime.now(UTC))
    thread = threading.Thread(target=subscriber.run, args=(stop,))
    thread.start()
    assert subscriber.connected.wait(5)

    took_ms = _pace(mosquitto.port, a_load(400), per_second=100)
    stop.set()
    thread.join()

    p50, p99 = took_ms[len(took_ms) // 2], took_ms[int(len(took_ms) * 0.99)]
    print(f"\nevent → ticket committed → ack at 100 events/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    assert len(Desk(store).tickets()) == 400
    assert p99 < 1000


def _pace(port: int, events: Sequence[IncidentEvent], *, per_second: float) -> list[float]:
    """Publish at a steady pace; return the sorted milliseconds until each event's ack."""
    sent_s: dict[str, float] = {}
    acked_s: dict[str, float] = {}
    done = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2)

    def on_message(_client: object, _data: object, message: object) -> None:
        for event_id in Ack.from_json(bytes(message.payload)).committed:  # type: ignore[attr-defined]
            acked_s[event_id] = time.perf_counter()
        if len(acked_s) == len(events):
            done.set()

    client.on_message = on_message
    client.connect("127.0.0.1", port)
    client.subscribe("gw/v1/putuo/box-1/ack", 1)
    client.loop_start()
    began_s = time.perf_counter()
    for number, event in enumerate(events):
        time.sleep(max(0.0, began_s + number / per_second - time.perf_counter()))
        sent_s[event.id] = time.perf_counter()
        client.publish("gw/v1/putuo/box-1/event", event.to_json(), 1)
    assert done.wait(30)
    client.disconnect()
    client.loop_stop()
    return sorted((acked_s[event_id] - at_s) * 1000 for event_id, at_s in sent_s.items())
