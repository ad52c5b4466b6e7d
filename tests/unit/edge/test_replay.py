import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import av
import cv2
import pytest
from typer.testing import CliRunner

from edge.cadence import Cadence
from edge.cli import app
from edge.contract.messages import IncidentEvent, ModelRef, Phase
from edge.domain.detection import Box, Detection
from edge.domain.frame import Frame
from edge.domain.ground import Ground
from edge.domain.incident import Origin
from edge.domain.look import Look
from edge.domain.zone import Zone
from edge.pipeline import CameraPlan, RulePlan
from edge.ports import EdgeError
from edge.replay import replay
from edge.rules.presence import Presence
from tests.build import SHA
from tests.clips import write_clip
from tests.unit.edge.scene import MODEL, some_terms

ROOT = Path(__file__).parents[3]
ZONE = Zone(zone_id="floor", polygon=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)))
NOON = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)


def see_the_square(frame: Frame, look: Look) -> tuple[Sequence[Detection], ModelRef]:
    """A detector of the bright square of the clip."""
    assert look.region.left == pytest.approx(0.0)
    bright = frame.image[100:140, 110:150].mean() > 180
    box = Box(left=0.3, top=0.38, right=0.5, bottom=0.62)
    return [Detection(label="stall", confidence=0.9, box=box)] if bright else [], MODEL


def a_plan() -> CameraPlan:
    terms = some_terms(every_s=1.0, dwell_s=4.0, clear_s=2.0)
    rule = RulePlan(
        origin=Origin(box="box-1", camera_id="cam-1", rule_id="stalls", zone_id="floor", kind="stall"),
        zone=ZONE,
        model="street",
        rule=Presence(zone=ZONE, labels=frozenset({"stall"}), terms=terms, severity=2),
        cadence=Cadence(every_s=1.0, max_age_s=5.0),
    )
    return CameraPlan(camera_id="cam-1", ground=Ground(lat=31.2, lon=121.4), rules=(rule,))


def events_of(clip: Path, keep: Path | None = None) -> list[IncidentEvent]:
    events = replay(
        clip,
        a_plan(),
        see_the_square,
        site="putuo",
        box="box-1",
        config_sha256=SHA,
        starts_at=NOON,
        keep=keep,
    )
    return list(events)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Something stands there from second 3 to second 12 of 20."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    return write_clip(path, seconds=20, square_left=lambda at_s: 105 if 3 <= at_s < 12 else None)


def test_a_clip_becomes_the_events_of_what_stood_there(clip: Path, tmp_path: Path) -> None:
    opened, cleared = events_of(clip, keep=tmp_path)

    opened_s, cleared_s = ((event.time - NOON).total_seconds() for event in (opened, cleared))
    assert (opened.data.phase, cleared.data.phase) == (Phase.OPENED, Phase.CLEARED)
    assert 7.0 <= opened_s <= 8.5
    assert 14.0 <= cleared_s <= 15.5
    assert [opened.sequence, cleared.sequence] == [1, 2]
    for event in (opened, cleared):
        for ref in event.data.evidence:
            assert (tmp_path / "evidence" / ref.sha256[:2] / f"{ref.sha256}.jpg").stat().st_size == ref.bytes


def test_the_same_clip_gives_the_same_events(clip: Path) -> None:
    assert events_of(clip) == events_of(clip)


def test_a_clip_that_is_missing_or_corrupt_is_named(tmp_path: Path) -> None:
    corrupt = tmp_path / "corrupt.mp4"
    corrupt.write_bytes(b"no video" * 100)

    with pytest.raises(EdgeError, match=r"nowhere\.mp4"):
        events_of(tmp_path / "nowhere.mp4")
    with pytest.raises(EdgeError, match=r"corrupt\.mp4"):
        events_of(corrupt)


def test_the_command_prints_events_and_nothing_else(clip: Path, tmp_path: Path) -> None:
    empty = write_clip(tmp_path / "empty.mp4", seconds=0.2, square_left=lambda _: None)
    config = tmp_path / "edge.toml"
    config.write_text(
        (ROOT / "tests" / "unit" / "edge" / "left_behind.toml").read_text("utf-8"), encoding="utf-8"
    )
    keep_first_picture(empty, tmp_path / "empty.png")

    result = CliRunner().invoke(app, ["replay", str(clip), "--config", str(config), "--json"])

    events = [IncidentEvent.from_json(line.encode()) for line in result.stdout.splitlines()]
    assert result.exit_code == 0, result.output
    assert [event.data.phase for event in events] == [Phase.OPENED, Phase.CLEARED]
    assert json.loads(result.stdout.splitlines()[0])["specversion"] == "1.0"


def keep_first_picture(clip: Path, file: Path) -> None:
    with av.open(str(clip)) as container:
        cv2.imwrite(str(file), next(iter(container.decode(video=0))).to_ndarray(format="bgr24"))


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (["check-config", "nowhere.toml"], 1, "nowhere.toml: cannot be read"),
        (["replay", "nowhere.mp4", "--config", "configs/edge.toml"], 1, "nowhere.mp4"),
        (["replay", "any.mp4", "-c", "configs/edge.toml", "--camera", "cam-9"], 1, "it has: cam-1"),
        (["replay"], 2, "Missing argument"),
    ],
)
def test_a_problem_is_told_in_words_with_its_exit_code(
    arguments: list[str], exit_code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)

    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == exit_code
    assert words in result.output
    assert "Traceback" not in result.output
