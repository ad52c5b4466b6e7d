import json
from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner

from edge.clip_notes import read_log
from edge.config import EdgeConfig, load_config
from edge.labelled import find_clips, judge_clip, judge_clips
from edge.ports import EdgeError
from edge.settings import ModelSettings
from gridwarden import app
from tests.clips import a_picture, write_clip

HERE = Path(__file__).parent
SAMPLE = HERE.parents[2] / "configs" / "events.toml"
SCENE = {
    "homography": [[10.0, 0.0, -5.0], [0.0, -20.0, 25.0], [0.0, 0.0, 1.0]],
    "zones": {"floor": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]},
}


EVENT: dict[str, object] = {
    "kind": "abandoned_object",
    "from_s": 1.0,
    "to_s": 2.0,
    "box": [0.3, 0.35, 0.6, 0.65],
}


def a_clip(path: Path, events: list[dict[str, object]]) -> Path:
    """A clip of three seconds with all that belongs beside it; nothing moves in it."""
    path.with_suffix(".events.json").write_text(json.dumps({"events": events}))
    path.with_suffix(".scene.json").write_text(json.dumps(SCENE))
    cv2.imwrite(str(path.with_suffix(".empty.jpg")), a_picture(None))
    return write_clip(path, seconds=3, square_left=lambda _: None)


def a_config(tmp_path: Path) -> EdgeConfig:
    cv2.imwrite(str(tmp_path / "empty.png"), a_picture(None))
    file = tmp_path / "box.toml"
    file.write_text((HERE / "left_behind.toml").read_text("utf-8"), "utf-8")
    return load_config(file)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(EdgeError, match="moon is no folder"):
        find_clips(tmp_path / "moon")


def test_a_folder_without_clips_says_how_to_make_some(tmp_path: Path) -> None:
    with pytest.raises(EdgeError, match="models synth clip --scenes all"):
        find_clips(tmp_path)


def test_a_clip_without_a_log_is_named(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4", "a.events.json"):
        (tmp_path / name).touch()

    with pytest.raises(EdgeError, match=r"no event log .* beside b\.mp4"):
        find_clips(tmp_path)


def test_a_log_without_its_clip_is_named(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.events.json", "gone.events.json"):
        (tmp_path / name).touch()

    with pytest.raises(EdgeError, match=r"no clip beside gone\.events\.json"):
        find_clips(tmp_path)


def test_clips_of_every_container_are_found(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.MKV", "c.avi", "a.events.json", "b.events.json", "c.events.json", "a.empty.jpg"):
        (tmp_path / name).touch()

    assert [clip.name for clip in find_clips(tmp_path)] == ["a.mp4", "b.MKV", "c.avi"]


def test_two_clips_of_one_name_are_refused(tmp_path: Path) -> None:
    a_clip(tmp_path / "a.mp4", [EVENT])
    (tmp_path / "a.avi").touch()

    with pytest.raises(EdgeError, match=r"a\.avi has the name of another clip but for its ending"):
        find_clips(tmp_path)


def test_a_model_that_cannot_be_used_is_told_before_any_clip(tmp_path: Path) -> None:
    config = a_config(tmp_path)
    (tmp_path / "gone").mkdir()
    settings = ModelSettings(path=tmp_path / "gone")
    broken = config.model_copy(update={"models": dict.fromkeys(config.models or ["street"], settings)})

    with pytest.raises(EdgeError, match="gone"):
        judge_clips([a_clip(tmp_path / "a.mp4", [EVENT])], broken, keep=tmp_path / "kept")


def test_a_zone_that_the_clip_lacks_is_named(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    clip.with_suffix(".events.json").write_text('{"events": []}')
    clip.with_suffix(".scene.json").write_text(json.dumps({**SCENE, "zones": {"road": []}}))

    with pytest.raises(EdgeError, match="no zone 'floor'; it has: road"):
        judge_clip(clip, a_config(tmp_path), keep=tmp_path / "keep")


def test_a_log_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.events.json").write_text('{"events": [{"kind": "water"}]}')

    with pytest.raises(EdgeError, match=r"a\.events\.json: events\.0\.from_s: Field required"):
        judge_clip(tmp_path / "a.mp4", a_config(tmp_path), keep=tmp_path / "keep")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"from_s": float("nan")}, "events.0.from_s: Input should be a finite number"),
        ({"from_s": 9.0, "to_s": 6.0}, "from_s 9 to to_s 6 is no time in a clip"),
        ({"from_s": -6.0}, "from_s -6 to to_s 2 is no time"),
        ({"box": [400, 200, 600, 600]}, "box is not left, top, right, bottom in fractions"),
        ({"box": [0.6, 0.2, 0.3, 0.4]}, "box is not left, top, right, bottom"),
        ({"box": [float("nan"), 0.2, 0.3, 0.4]}, "box is not left, top, right, bottom"),
    ],
)
def test_an_event_that_cannot_be_is_named_with_its_file(
    tmp_path: Path, change: dict[str, object], problem: str
) -> None:
    log = tmp_path / "a.events.json"
    log.write_text(json.dumps({"events": [EVENT | change]}))

    with pytest.raises(EdgeError, match=rf"a\.events\.json: .*{problem}.*: correct it"):
        read_log(log)


@pytest.mark.parametrize(("to_s", "is_of_the_clip"), [(3.9, True), (4.1, False)])
def test_an_event_after_the_end_of_its_clip_is_refused(
    tmp_path: Path, to_s: float, *, is_of_the_clip: bool
) -> None:
    clip = a_clip(tmp_path / "a.mp4", [EVENT | {"to_s": to_s}])

    done = judge_clips([clip], a_config(tmp_path), keep=tmp_path / "keep")

    assert (not done.skipped) is is_of_the_clip
    assert is_of_the_clip or "a.mp4 ends after 3.0 s of 4.1 s" in done.skipped[0]


def test_one_bad_clip_is_named_and_the_others_are_judged(tmp_path: Path) -> None:
    clips = [a_clip(tmp_path / name, [EVENT]) for name in ("a.mp4", "b.mp4", "c.mp4")]
    content = clips[0].read_bytes()
    clips[0].write_bytes(content[: len(content) // 6] + b"\xff" * len(content))
    clips[1].write_bytes(b"")

    done = judge_clips(clips, a_config(tmp_path), keep=tmp_path / "keep")

    assert [judgement.clip for judgement in done.judgements] == ["c.mp4"]
    assert [problem.split(":")[0] for problem in done.skipped] == [str(clip) for clip in clips[:2]]


def test_an_event_of_a_kind_that_no_rule_looks_for_is_told(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "a.mp4", [EVENT, EVENT | {"kind": "abandoned_objetc"}])

    done = judge_clips([clip], a_config(tmp_path), keep=tmp_path / "keep")

    assert done.unasked == {"abandoned_objetc": [tmp_path / "a.events.json"]}


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
    scene = {**SCENE, "zones": dict.fromkeys(("road", "pavement"), SCENE["zones"]["floor"])}  # type: ignore[index]
    (tmp_path / "a.mp4").write_bytes(b"no clip")
    (tmp_path / "a.events.json").write_text('{"events": []}')
    (tmp_path / "a.scene.json").write_text(json.dumps(scene))

    result = CliRunner().invoke(app, ["models", "events", "--clips", str(tmp_path), "--config", str(SAMPLE)])

    assert result.exit_code == 1
    assert "a.mp4" in result.output


def test_a_clip_that_was_cut_off_is_named_and_not_judged(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", seconds=6, square_left=lambda _: None)
    (tmp_path / "a.events.json").write_text('{"events": [], "duration_s": 18.0}')
    (tmp_path / "a.scene.json").write_text(json.dumps(SCENE))
    cv2.imwrite(str(tmp_path / "a.empty.jpg"), a_picture(None))

    with pytest.raises(EdgeError, match=r"a\.mp4 ends after \d+\.\d s of 18\.0 s"):
        judge_clip(tmp_path / "a.mp4", a_config(tmp_path), keep=tmp_path / "keep")


def test_a_thing_left_in_a_clip_is_found_once_and_in_a_clip_without_it_nothing(tmp_path: Path) -> None:
    config = a_config(tmp_path)
    event = {"kind": "abandoned_object", "from_s": 3.0, "to_s": 14.0, "box": [0.3, 0.35, 0.6, 0.65]}
    for name, events in (("left", [event]), ("busy", [])):
        (tmp_path / f"{name}.events.json").write_text(json.dumps({"events": events}))
        (tmp_path / f"{name}.scene.json").write_text(json.dumps(SCENE))
        cv2.imwrite(str(tmp_path / f"{name}.empty.jpg"), a_picture(None))
    write_clip(tmp_path / "left.mp4", seconds=18, square_left=lambda s: 110 if 3 <= s < 14 else None)
    write_clip(tmp_path / "busy.mp4", seconds=12, square_left=lambda s: int(s * 30) % 260)

    (left,) = judge_clip(tmp_path / "left.mp4", config, keep=tmp_path / "keep" / "left")
    (busy,) = judge_clip(tmp_path / "busy.mp4", config, keep=tmp_path / "keep" / "busy")

    assert left.kind == busy.kind == "abandoned_object"
    assert [3.5 < delay_s < 6.5 for delay_s in left.delays_s] == [True]
    assert busy.delays_s == ()
    assert [*left.false, *left.missed, *busy.false, *busy.missed] == []


def test_a_clip_without_the_empty_view_that_a_rule_compares_with_is_named(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", seconds=1)
    (tmp_path / "a.events.json").write_text('{"events": []}')
    (tmp_path / "a.scene.json").write_text(json.dumps(SCENE))

    with pytest.raises(EdgeError, match=r"a\.mp4: no a\.empty\.jpg beside it"):
        judge_clip(tmp_path / "a.mp4", a_config(tmp_path), keep=tmp_path / "keep")


def test_a_false_incident_comes_with_its_picture(tmp_path: Path) -> None:
    (tmp_path / "left.events.json").write_text('{"events": []}')
    (tmp_path / "left.scene.json").write_text(json.dumps(SCENE))
    cv2.imwrite(str(tmp_path / "left.empty.jpg"), a_picture(None))
    clip = write_clip(tmp_path / "left.mp4", seconds=10, square_left=lambda _: 110)

    (result,) = judge_clip(clip, a_config(tmp_path), keep=tmp_path / "keep")

    (false,) = result.false
    assert false.reason == "nothing there"
    assert false.incident.picture
    assert Path(false.incident.picture).is_file()
