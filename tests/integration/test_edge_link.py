import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from edge.adapters.mqtt import Broker, MqttLink
from edge.adapters.outbox import SqliteOutbox
from edge.contract.messages import EvidenceRef, Phase
from edge.contract.topics import Channel
from tests.build import NOON, a_health, a_status, an_incident
from tests.integration.centre import ACK, Centre, a_centre
from tests.parts import Mosquitto, a_free_port, answers
from tests.waiting import await_truth

AMQTT = """
import asyncio, sys
from amqtt.broker import Broker
async def main():
    listener = {"type": "tcp", "bind": "127.0.0.1:" + sys.argv[1]}
    anybody = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    await Broker({"listeners": {"default": listener}, "plugins": anybody}).start()
    await asyncio.sleep(3600)
asyncio.run(main())
"""


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[SqliteOutbox]:
    outbox = SqliteOutbox(
        tmp_path / "outbox.sqlite3", site="putuo", box="box-1", read_picture=lambda sha256: sha256.encode()
    )
    yield outbox
    outbox.close()


@contextmanager
def linked(port: int, outbox: SqliteOutbox) -> Iterator[MqttLink]:
    link = MqttLink(
        Broker(host="127.0.0.1", port=port),
        site="putuo",
        box="box-1",
        outbox=outbox,
        status=a_status(),
        health=a_health,
    )
    link.start()
    try:
        yield link
    finally:
        link.stop(10)


def commit(outbox: SqliteOutbox, name: str, phase: Phase = Phase.OPENED, rev: int = 1) -> str:
    evidence = [EvidenceRef(kind="snapshot", sha256=f"{hash(name) % 16**8:064x}", bytes=64)]
    incident = an_incident(incident_id=name, phase=phase, rev=rev, evidence=evidence)
    return outbox.commit(incident, at=NOON, state=b"").id


def is_drained(outbox: SqliteOutbox) -> Callable[[], bool]:
    return lambda: outbox.depth()[0] == 0


def test_everything_is_sent_in_order_acked_and_gone(mosquitto: Mosquitto, outbox: SqliteOutbox) -> None:
    committed = [commit(outbox, f"i{n}") for n in range(60)]

    with a_centre(mosquitto.port) as centre, linked(mosquitto.port, outbox):
        await_truth(is_drained(outbox), within_s=10)

    assert centre.events == committed
    assert centre.channels.count(Channel.EVIDENCE) == 60


def test_events_go_before_pictures(mosquitto: Mosquitto, outbox: SqliteOutbox) -> None:
    for n in range(10):
        commit(outbox, f"i{n}")

    with a_centre(mosquitto.port) as centre, linked(mosquitto.port, outbox):
        await_truth(is_drained(outbox), within_s=10)

    lanes = [channel for channel in centre.channels if channel in {Channel.EVENT, Channel.EVIDENCE}]
    assert lanes[:10] == [Channel.EVENT] * 10


def test_a_broker_killed_and_started_again_loses_nothing(mosquitto: Mosquitto, outbox: SqliteOutbox) -> None:
    with a_centre(mosquitto.port) as centre, linked(mosquitto.port, outbox) as link:
        committed = []
        for n in range(300):
            committed.append(commit(outbox, f"i{n}"))
            link.wake()
            if n in {100, 200}:
                mosquitto.kill()
            if n in {150, 250}:
                mosquitto.start()
        await_truth(is_drained(outbox), within_s=30)

    assert set(centre.events) == set(committed)


def test_a_broker_away_at_the_start_is_said_once_and_found_later(
    mosquitto: Mosquitto, outbox: SqliteOutbox
) -> None:
    mosquitto.kill()
    commit(outbox, "i0")

    with capture_logs() as logs, linked(mosquitto.port, outbox):
        threading.Event().wait(4)  # long enough for a second attempt
        away = [log for log in logs if log["log_level"] == "warning"]
        mosquitto.start()
        with a_centre(mosquitto.port):
            await_truth(is_drained(outbox), within_s=20)

    assert len(away) == 1
    assert "refused" in away[0]["reason"]
    assert logs[-1]["event"] == "broker connected"


def test_what_nobody_acks_is_sent_again(mosquitto: Mosquitto, outbox: SqliteOutbox) -> None:
    commit(outbox, "i0")

    with a_centre(mosquitto.port) as centre, linked(mosquitto.port, outbox):
        centre.acks = False
        await_truth(lambda: len(centre.events) == 2, within_s=10)
        centre.acks = True
        await_truth(is_drained(outbox), within_s=20)

    assert set(centre.events) == {"i0/1"}


def test_what_the_centre_refuses_is_kept_and_stops_nothing(
    mosquitto: Mosquitto, outbox: SqliteOutbox
) -> None:
    commit(outbox, "i0")

    with (
        capture_logs() as logs,
        a_centre(mosquitto.port) as centre,
        linked(mosquitto.port, outbox) as link,
    ):
        centre.refuses = True
        await_truth(lambda: outbox.depth()[2] == 1, within_s=10)
        centre.refuses = False
        commit(outbox, "i1")
        link.wake()
        await_truth(is_drained(outbox), within_s=10)

    assert centre.events == ["i0/1", "i1/1"]
    assert [log["reason"] for log in logs if log["log_level"] == "error"] == ["unknown kind"]


def test_the_latest_state_is_retained_until_the_incident_is_over(
    mosquitto: Mosquitto, outbox: SqliteOutbox
) -> None:
    commit(outbox, "open")
    commit(outbox, "over")
    commit(outbox, "over", Phase.CLEARED, rev=2)

    with a_centre(mosquitto.port), linked(mosquitto.port, outbox):
        await_truth(is_drained(outbox), within_s=10)
    with a_centre(mosquitto.port) as late:
        await_truth(lambda: len(late.retained) >= 2, within_s=5)

    assert json.loads(late.retained["gw/v1/putuo/box-1/incident/open"])["data"]["rev"] == 1
    assert not late.retained.get("gw/v1/putuo/box-1/incident/over")


def test_a_broker_that_forgot_is_told_again_what_is_open(mosquitto: Mosquitto, outbox: SqliteOutbox) -> None:
    commit(outbox, "open")

    with linked(mosquitto.port, outbox):
        with a_centre(mosquitto.port):
            await_truth(is_drained(outbox), within_s=10)
        mosquitto.kill()
        mosquitto.start()
        with a_centre(mosquitto.port) as late:
            await_truth(lambda: "gw/v1/putuo/box-1/incident/open" in late.retained, within_s=15)


def test_the_status_is_online_and_offline_after_a_goodbye(mosquitto: Mosquitto, outbox: SqliteOutbox) -> None:
    def state(centre: Centre) -> str | None:
        payload = centre.retained.get("gw/v1/putuo/box-1/status")
        return json.loads(payload)["state"] if payload else None

    with a_centre(mosquitto.port) as centre:
        with linked(mosquitto.port, outbox):
            await_truth(lambda: state(centre) == "online", within_s=10)
        await_truth(lambda: state(centre) == "offline", within_s=5)


def test_an_ack_that_cannot_be_read_stops_nothing(mosquitto: Mosquitto, outbox: SqliteOutbox) -> None:
    with a_centre(mosquitto.port) as centre, linked(mosquitto.port, outbox) as link:
        await_truth(lambda: Channel.HEALTH in centre.channels, within_s=10)
        with capture_logs() as logs:
            for payload in (b"", b"{", b'{"at": "noon"}', b"\xff" * 300_000):
                centre._client.publish(ACK, payload, 1)  # noqa: SLF001
            await_truth(lambda: len(logs) == 4, within_s=10)
        commit(outbox, "i0")
        link.wake()
        await_truth(is_drained(outbox), within_s=10)


def test_an_older_broker_is_spoken_to_in_its_own_version(outbox: SqliteOutbox) -> None:
    port = a_free_port()
    commit(outbox, "i0")
    broker = subprocess.Popen(
        [sys.executable, "-c", AMQTT, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await_truth(lambda: answers(port), within_s=20)
        with capture_logs() as logs, a_centre(port), linked(port, outbox):
            await_truth(is_drained(outbox), within_s=20)
    finally:
        broker.kill()
        broker.wait()

    assert [log["mqtt"] for log in logs if log["event"] == "broker connected"] == ["MQTTv311"]
