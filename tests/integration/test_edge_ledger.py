import os
import random
import subprocess
import sys
import time
from pathlib import Path

from edge.adapters.evidence import EvidenceFolder
from edge.adapters.outbox import SqliteOutbox
from edge.contract.messages import IncidentEvent

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from edge.adapters.evidence import EvidenceFolder
from edge.adapters.outbox import SqliteOutbox
from tests.build import NOON, an_incident
folder, begin = Path(sys.argv[1]), int(sys.argv[2])
evidence = EvidenceFolder(root=folder / "evidence")
outbox = SqliteOutbox(folder / "o.sqlite3", site="putuo", box="box-1", read_picture=evidence.read)
for n in range(begin, begin + 10_000):
    picture = evidence.put(b"picture %d" % n * 1000, kind="snapshot")
    event = outbox.commit(an_incident(incident_id=f"i{n}", evidence=[picture]), at=NOON, state=b"{}")
    print(event.id, flush=True)
"""


def commit_until_killed(folder: Path, begin: int, *, after_s: float) -> list[str]:
    """Let a process commit events, kill it; return the ids that it said were committed."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, folder, str(begin)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    first = process.stdout.readline()
    time.sleep(after_s)
    process.kill()
    rest, _ = process.communicate()
    return [line for line in (first + rest).split("\n")[:-1] if line]


def test_a_box_killed_at_any_moment_keeps_every_event_with_its_picture(tmp_path: Path) -> None:
    moments = random.Random(20260520)
    said: list[str] = []

    for turn in range(6):
        said += commit_until_killed(tmp_path, turn * 10_000, after_s=moments.uniform(0.01, 0.4))

    evidence = EvidenceFolder(root=tmp_path / "evidence")
    outbox = SqliteOutbox(tmp_path / "o.sqlite3", site="putuo", box="box-1", read_picture=evidence.read)
    kept = [IncidentEvent.from_json(parcel.payload) for parcel in outbox.pending("event", 100_000)]
    outbox.close()
    assert len(said) > 20
    assert set(said) <= {event.id for event in kept}
    assert len(kept) <= len(said) + 6  # at most one each time was committed and not yet said
    assert [event.sequence for event in kept] == list(range(1, len(kept) + 1))
    assert all(evidence.read(event.data.evidence[0].sha256) for event in kept)
