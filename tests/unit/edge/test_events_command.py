import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from gridwarden import app
from tests.unit.edge.labelled_clips import EVENT, FLOOR, SCENE, a_clip, a_config
from tests.waiting import await_truth

SAMPLE = Path(__file__).parents[3] / "configs" / "events.toml"


def test_the_command_judges_the_rest_with_exit_code_1(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    a_config(config)
    (tmp_path / "clips").mkdir()
    a_clip(tmp_path / "clips" / "a.mp4", [EVENT | {"kind": "typo"}])
    a_clip(tmp_path / "clips" / "z.mp4", []).write_bytes(b"")

    result = CliRunner().invoke(
        app,
        ["models", "events", "--clips", str(tmp_path / "clips"), "-c", str(config / "box.toml"), "--json"],
    )

    assert result.exit_code == 1
    assert json.loads(result.stdout)["clips"] == 1
    assert "z.mp4: no clip that can be decoded" in result.stderr
    assert "1 of 2 clips skipped" in result.stderr
    assert "not judged: 1 typo, as in" in result.stderr


def test_a_clip_that_cannot_be_read_ends_with_its_name_and_exit_code_1(tmp_path: Path) -> None:
    scene = {**SCENE, "zones": dict.fromkeys(("road", "pavement"), FLOOR)}
    (tmp_path / "a.mp4").write_bytes(b"no clip")
    (tmp_path / "a.events.json").write_text('{"events": []}')
    (tmp_path / "a.scene.json").write_text(json.dumps(scene))

    result = CliRunner().invoke(app, ["models", "events", "--clips", str(tmp_path), "--config", str(SAMPLE)])

    assert result.exit_code == 1
    assert "a.mp4" in result.output


def test_ctrl_c_ends_the_command_with_one_line(tmp_path: Path) -> None:
    a_config(tmp_path)
    clips = tmp_path / "clips"
    clips.mkdir()
    a_clip(clips / "0.mp4", [], seconds=10)
    for number in range(1, 20):
        for ending in ("mp4", "events.json", "scene.json", "empty.jpg"):
            shutil.copy(clips / f"0.{ending}", clips / f"{number}.{ending}")

    command = [sys.executable, "-m", "gridwarden", "models", "events"]
    with subprocess.Popen(
        [*command, "--clips", str(clips), "-c", str(tmp_path / "box.toml")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as judging:
        await_truth((clips / ".judged" / "0").exists, within_s=60)
        judging.send_signal(signal.SIGINT)

        told, progress = judging.communicate(timeout=20)

    assert judging.returncode == 130
    assert told == ""
    assert progress.splitlines()[-1] == "stopped"
    assert "Traceback" not in progress
