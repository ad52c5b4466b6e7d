import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts import a_free_port, mosquitto_command
from tests.waiting import await_truth

ROOT = Path(__file__).parents[2]
DRAIN_S = 60
EVENTS_PER_S = 60.0


class Victims:
    """The broker, the dispatcher and the box, each a process that is started again whenever it is killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.broker_port = folder, a_free_port()
        (folder / "dispatcher.toml").write_text(
            f"""
            [store]
            url = "sqlite:///{folder}/dispatcher.db"
            [evidence]
            folder = "{folder}/pictures"
            [district]
            name = "chaos"
            zone = "Asia/Shanghai"
            folder = "{ROOT}/configs/district"
            [broker]
            port = {self.broker_port}
            [web]
            port = {a_free_port()}
            """
        )
        load = [sys.executable, ROOT / "tests/chaos/load.py", folder, self.broker_port, EVENTS_PER_S]
        dispatcher = [
            sys.executable,
            "-m",
            "gridwarden",
            "dispatcher",
            "run",
            "-c",
            folder / "dispatcher.toml",
        ]
        self.commands: dict[str, list[str]] = {
            "broker": mosquitto_command(folder, self.broker_port),
            "dispatcher": list(map(str, dispatcher)),
            "box": list(map(str, load)),
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.commands[name],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        assert process.poll() is None, f"{name} ended by itself:\n{self.log(name)}"
        process.send_signal(signal.SIGKILL)
        process.wait()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text("utf-8")[-3000:]

    def ask_box(self, query: str) -> list[tuple[str, int]]:
        return ask(self.folder / "outbox.sqlite3", query)

    def ask_centre(self, query: str) -> list[tuple[str, int]]:
        return ask(self.folder / "dispatcher.db", query)


def ask(database: Path, query: str) -> list[tuple[str, int]]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.fixture
def victims(tmp_path: Path) -> Iterator[Victims]:
    victims = Victims(tmp_path)
    for name in victims.commands:
        victims.start(name)
    yield victims
    for name in list(victims.running):
        victims.kill(name)


@pytest.mark.chaos
def test_killing_broker_dispatcher_and_box_in_turn_loses_nothing_and_doubles_nothing(
    victims: Victims, chaos_kills: int
) -> None:
    fate = random.Random(30)
    await_truth((victims.folder / "next").exists, within_s=20, told=lambda: victims.log("box"))

    for number in range(chaos_kills):
        time.sleep(fate.uniform(0.5, 2.5))
        name = list(victims.commands)[number % 3]
        victims.kill(name)
        time.sleep(fate.uniform(0.0, 0.5))
        victims.start(name)
    (victims.folder / "quiet").touch()
    await_truth(
        lambda: not victims.ask_box("SELECT key, row_id FROM outbox"),
        within_s=DRAIN_S,
        told=lambda: victims.log("box") + victims.log("dispatcher"),
    )

    committed = dict(victims.ask_box("SELECT incident_id, rev FROM incident"))
    sent = {f"{incident}/{rev}" for incident, newest in committed.items() for rev in range(1, newest + 1)}
    received = Counter(key for key, _ in victims.ask_centre("SELECT id, 1 FROM event"))
    ticketed = dict(victims.ask_centre("SELECT incident_id, ticket_id FROM incident"))
    tickets = [ticket for ticket, _ in victims.ask_centre("SELECT ticket_id, 1 FROM ticket")]
    lost = sent - received.keys()
    print(f"\nkills {chaos_kills}, events {len(sent)}, lost {len(lost)}", end=", ")
    print(f"incidents {len(committed)}, tickets {len(tickets)}")
    assert len(sent) > chaos_kills
    assert lost == set()
    assert received.keys() - sent == set()
    assert max(received.values()) == 1
    assert ticketed.keys() == committed.keys()
    assert Counter(ticketed.values()) == Counter(dict.fromkeys(tickets, 1))
