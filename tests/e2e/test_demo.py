import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demo_turns_every_incident_of_its_clips_into_one_ticket_that_its_camera_closes() -> None:
    command = [sys.executable, "-m", "gridwarden", "demo", "--once", "--json"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr + "\n".join(done.stdout.splitlines()[-5:])
    assert lines[-1]["result"]["is_fine"]
    assert {row["kind"] for row in lines[-1]["result"]["rows"]} == {
        "muck_truck",
        "standing_water",
        "street_encroachment",
    }
    assert any("event" in line for line in lines)
    assert any("move" in line for line in lines)
