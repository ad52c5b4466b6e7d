"""A box under load: commits incidents to a real outbox and sends them by the real link, until it is killed.

``python tests/chaos/load.py FOLDER BROKER_PORT EVENTS_PER_S`` goes on where it was killed; while the file
``FOLDER/quiet`` is there it commits nothing more and only sends what waits.
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge.adapters.evidence import EvidenceFolder, write_durably
from edge.adapters.mqtt import Broker, MqttLink
from edge.adapters.outbox import SqliteOutbox
from edge.contract.messages import EdgeHealth, Incident, Location, Phase
from tests.build import a_health, a_status, an_incident

SITE, BOX = "putuo", "box-1"
PHASES = [Phase.OPENED, Phase.UPDATED, Phase.CLEARED]
ACROSS = 100
"""Incidents a row of the lattice; its points are 220 m apart, so that no two are merged."""


def nth_incident(number: int, phase: Phase, snapshot: bytes, evidence: EvidenceFolder) -> Incident:
    """Incident ``number`` in ``phase``, at a place of its own."""
    row, column = divmod(number, ACROSS)
    at = datetime.now(UTC)
    return an_incident(
        incident_id=f"incident-{number}",
        rev=PHASES.index(phase) + 1,
        phase=phase,
        first_seen_at=at - timedelta(seconds=30),
        last_seen_at=at,
        location=Location(
            lat=31.0 + row * 0.002, lon=121.0 + column * 0.0025, accuracy_m=2, method="homography"
        ),
        evidence=[evidence.put(snapshot, kind="snapshot")],
    )


def main(folder: Path, broker_port: int, events_per_s: float) -> None:
    evidence = EvidenceFolder(root=folder / "evidence")
    outbox = SqliteOutbox(folder / "outbox.sqlite3", site=SITE, box=BOX, read_picture=evidence.read)
    boot_id = f"boot-{time.time_ns()}"

    def health() -> EdgeHealth:
        queue, age_s, refused = outbox.depth()
        now = datetime.now(UTC)
        return a_health(at=now, boot_id=boot_id, queue=queue, queue_age_s=age_s, refused=refused)

    status = a_status(boot_id=boot_id, at=datetime.now(UTC))
    broker = Broker(host="127.0.0.1", port=broker_port)
    link = MqttLink(broker, site=SITE, box=BOX, outbox=outbox, status=status, health=health)
    link.start()
    done = folder / "next"
    step = int(done.read_text()) if done.exists() else 0
    while True:
        if (folder / "quiet").exists():
            time.sleep(0.2)
            continue
        number, phase = divmod(step, len(PHASES))
        incident = nth_incident(number, PHASES[phase], b"\xff\xd8" + str(number).encode() * 500, evidence)
        outbox.commit(incident, at=datetime.now(UTC), state=b"{}")
        link.wake()
        step += 1
        write_durably(done, str(step).encode())
        time.sleep(1 / events_per_s)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
