import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from edge.clip_notes import read_log
from edge.detectors import load_detectors
from edge.judge import Judgement
from edge.labelled import find_clips, judge_clip, judge_clips
from edge.ports import EdgeError
from edge.settings import ModelSettings
from models.detector import CATALOG
from tests.clips import a_picture, write_clip
from tests.unit.edge.labelled_clips import EVENT, SCENE, a_clip, a_config, with_two_rules


def judged(clip: Path, tmp_path: Path) -> list[Judgement]:
    config = a_config(tmp_path)
    return judge_clip(clip, config, load_detectors(config), keep=tmp_path / "keep" / clip.stem)


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


def test_clips_without_a_scene_are_named_together_with_the_way_out(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        a_clip(tmp_path / f"{name}.mp4", [EVENT])
    for name in ("a", "c"):
        (tmp_path / f"{name}.scene.json").unlink()

    with pytest.raises(
        EdgeError, match=r"no scene \(NAME\.scene\.json\) beside a\.mp4, c\.mp4: .*synth/README\.md tells"
    ):
        find_clips(tmp_path)


def test_a_log_without_its_clip_is_named(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.events.json", "gone.events.json"):
        (tmp_path / name).touch()

    with pytest.raises(EdgeError, match=r"no clip beside gone\.events\.json"):
        find_clips(tmp_path)


def test_clips_of_every_container_are_found(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.MKV", "c.avi", "a.empty.jpg"):
        (tmp_path / name).touch()
    for ending in ("events.json", "scene.json"):
        for stem in "abc":
            (tmp_path / f"{stem}.{ending}").touch()

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


def test_models_are_loaded_once_for_all_clips(tmp_path: Path) -> None:
    shutil.copytree(CATALOG / "water", tmp_path / "water")
    models = {"water": ModelSettings(path=tmp_path / "water")}
    config = a_config(tmp_path).model_copy(update={"models": models})

    def clips() -> Iterator[Path]:
        shutil.rmtree(tmp_path / "water")
        yield a_clip(tmp_path / "a.mp4", [])

    done = judge_clips(clips(), config, keep=tmp_path / "keep")

    assert done.skipped == ()
    assert [judgement.clip for judgement in done.judgements] == ["a.mp4"]


def test_each_clip_is_compared_with_its_own_empty_view(tmp_path: Path) -> None:
    clips = [a_clip(tmp_path / name, [], seconds=8, square_left=110) for name in ("a.mp4", "b.mp4", "c.mp4")]
    cv2.imwrite(str(tmp_path / "b.empty.jpg"), a_picture(110))

    done = judge_clips(clips, a_config(tmp_path), keep=tmp_path / "keep")

    assert [len(judgement.false) for judgement in done.judgements] == [1, 0, 1]


def test_a_kind_that_two_rules_look_for_is_refused_before_any_clip(tmp_path: Path) -> None:
    config = with_two_rules(a_config(tmp_path))

    with pytest.raises(
        EdgeError, match=r"cameras cam-1: rules things, more-things all look for abandoned_object: .*keep one"
    ):
        judge_clips([a_clip(tmp_path / "a.mp4", [EVENT])], config, keep=tmp_path / "keep")


def test_a_kind_that_another_camera_looks_for_too_is_judged(tmp_path: Path) -> None:
    one, two = a_config(tmp_path), with_two_rules(a_config(tmp_path))
    config = one.model_copy(update={"cameras": (*one.cameras, *two.cameras)})

    done = judge_clips([a_clip(tmp_path / "a.mp4", [EVENT])], config, keep=tmp_path / "keep")

    assert [judgement.clip for judgement in done.judgements] == ["a.mp4"]


def test_a_zone_that_the_clip_lacks_is_named(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    clip.with_suffix(".events.json").write_text('{"events": []}')
    clip.with_suffix(".scene.json").write_text(json.dumps({**SCENE, "zones": {"road": []}}))

    with pytest.raises(EdgeError, match="no zone 'floor'; it has: road"):
        judged(clip, tmp_path)


def test_a_log_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.events.json").write_text('{"events": [{"kind": "water"}]}')

    with pytest.raises(EdgeError, match=r"a\.events\.json: events\.0\.from_s: Field required"):
        judged(tmp_path / "a.mp4", tmp_path)


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


def test_a_clip_that_was_cut_off_is_named_and_not_judged(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", seconds=6, square_left=lambda _: None)
    (tmp_path / "a.events.json").write_text('{"events": [], "duration_s": 18.0}')
    (tmp_path / "a.scene.json").write_text(json.dumps(SCENE))
    cv2.imwrite(str(tmp_path / "a.empty.jpg"), a_picture(None))

    with pytest.raises(EdgeError, match=r"a\.mp4 ends after \d+\.\d s of 18\.0 s"):
        judged(tmp_path / "a.mp4", tmp_path)


def test_a_thing_left_in_a_clip_is_found_once_and_in_a_clip_without_it_nothing(tmp_path: Path) -> None:
    event = {"kind": "abandoned_object", "from_s": 3.0, "to_s": 14.0, "box": [0.3, 0.35, 0.6, 0.65]}
    for name, events in (("left", [event]), ("busy", [])):
        (tmp_path / f"{name}.events.json").write_text(json.dumps({"events": events}))
        (tmp_path / f"{name}.scene.json").write_text(json.dumps(SCENE))
        cv2.imwrite(str(tmp_path / f"{name}.empty.jpg"), a_picture(None))
    write_clip(tmp_path / "left.mp4", seconds=18, square_left=lambda s: 110 if 3 <= s < 14 else None)
    write_clip(tmp_path / "busy.mp4", seconds=12, square_left=lambda s: int(s * 30) % 260)

    (left,) = judged(tmp_path / "left.mp4", tmp_path)
    (busy,) = judged(tmp_path / "busy.mp4", tmp_path)

    assert left.kind == busy.kind == "abandoned_object"
    assert [3.5 < delay_s < 6.5 for delay_s in left.delays_s] == [True]
    assert busy.delays_s == ()
    assert [*left.false, *left.missed, *busy.false, *busy.missed] == []


def test_a_clip_without_the_empty_view_that_a_rule_compares_with_is_named(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", seconds=1)
    (tmp_path / "a.events.json").write_text('{"events": []}')
    (tmp_path / "a.scene.json").write_text(json.dumps(SCENE))

    with pytest.raises(EdgeError, match=r"a\.mp4: no a\.empty\.jpg beside it"):
        judged(tmp_path / "a.mp4", tmp_path)


def test_a_false_incident_comes_with_its_picture(tmp_path: Path) -> None:
    (tmp_path / "left.events.json").write_text('{"events": []}')
    (tmp_path / "left.scene.json").write_text(json.dumps(SCENE))
    cv2.imwrite(str(tmp_path / "left.empty.jpg"), a_picture(None))
    clip = write_clip(tmp_path / "left.mp4", seconds=10, square_left=lambda _: 110)

    (result,) = judged(clip, tmp_path)

    (false,) = result.false
    assert false.reason == "nothing there"
    assert false.incident.picture
    assert Path(false.incident.picture).is_file()
