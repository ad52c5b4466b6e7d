"""A model's folder holds the old model or the new one, whatever goes wrong between."""

import errno
import hashlib
from pathlib import Path

import pytest

from models.manifest import (
    ModelError,
    ModelFile,
    load_manifest,
    pinned,
    read_verified,
    save_manifest,
    second_file,
)
from models.publish import farewell, published
from tests.model_files import manifest


def build(folder: Path, version: str, *, int8: bool = False, second: bool = False) -> None:
    folder.mkdir(exist_ok=True)
    names = {"fp32": "model.onnx"} | ({"int8": "model.int8.onnx"} if int8 else {})
    for name in names.values():
        (folder / name).write_text(version + name)
    files = {
        variant: ModelFile(path=name, sha256=hashlib.sha256((version + name).encode()).hexdigest())
        for variant, name in names.items()
    }
    closer = list[dict[str, object]]()
    if second:
        path = folder / second_file(("car",), "a" * 64)
        path.write_text(version)
        look = {"labels": ["car"], "scale": 1, "least": 0, "worth": (1, 1, 0)}
        closer.append(pinned(path).model_dump() | {"input_px": 64, "look": look})
    save_manifest(manifest(version=version, files=files, second=closer), folder)


def holds(folder: Path) -> tuple[str, list[str]]:
    """The version and the files of a folder whose every file is the one that its manifest names."""
    told = load_manifest(folder)
    for file in (*told.files.values(), *told.second):
        read_verified(folder, file)
    return told.version, sorted(path.name for path in folder.iterdir())


def test_a_new_model_takes_the_place_of_the_old_with_all_its_files(tmp_path: Path) -> None:
    build(tmp_path, "1", int8=True)
    (tmp_path / "card.md").write_text("card")

    with published(tmp_path) as part:
        build(part, "2")

    assert holds(tmp_path) == ("2", ["card.md", "manifest.toml", "model.onnx"])


def test_a_second_look_is_published_with_its_model(tmp_path: Path) -> None:
    build(tmp_path, "1", second=True)

    with published(tmp_path) as part:
        build(part, "2", second=True)

    assert holds(tmp_path) == ("2", ["manifest.toml", "model.onnx", "model.second.car.aaaaaaaa.onnx"])


def test_an_export_says_that_it_takes_the_second_look_of_other_networks_out(tmp_path: Path) -> None:
    build(tmp_path, "1", second=True)

    told = farewell(tmp_path)
    with published(tmp_path) as part:
        build(part, "2")

    assert told.startswith("the second look, learnt from the model before, is gone: learn it again")
    assert holds(tmp_path) == ("2", ["manifest.toml", "model.onnx"])
    assert load_manifest(tmp_path).second == ()
    assert farewell(tmp_path) == ""


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    with published(tmp_path / "new" / "street") as part:
        build(part, "1", int8=True)

    assert holds(tmp_path / "new" / "street") == ("1", ["manifest.toml", "model.int8.onnx", "model.onnx"])


@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), RuntimeError("no memory")])
def test_an_interrupted_export_leaves_the_old_model(tmp_path: Path, trouble: BaseException) -> None:
    build(tmp_path, "1")

    def interrupted() -> None:
        with published(tmp_path) as part:
            build(part, "2", int8=True)
            raise trouble

    with pytest.raises(type(trouble)):
        interrupted()

    assert holds(tmp_path) == ("1", ["manifest.toml", "model.onnx"])


def test_a_full_disk_is_named_and_leaves_the_old_model(tmp_path: Path) -> None:
    build(tmp_path, "1")

    def filled() -> None:
        with published(tmp_path) as part:
            build(part, "2")
            raise OSError(errno.ENOSPC, "No space left on device", str(part / "model.onnx"))

    with pytest.raises(ModelError, match=r"keeps what it held: .*No space left on device"):
        filled()

    assert holds(tmp_path) == ("1", ["manifest.toml", "model.onnx"])


def test_what_a_killed_export_left_is_not_published(tmp_path: Path) -> None:
    build(tmp_path, "1")
    build(tmp_path / ".part", "2", int8=True)

    with published(tmp_path) as part:
        assert list(part.iterdir()) == []
        build(part, "3")

    assert holds(tmp_path) == ("3", ["manifest.toml", "model.onnx"])


def test_a_model_cut_short_between_its_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, "1")
    replace = Path.replace

    def killed_before_the_manifest(source: Path, target: Path) -> Path:
        if target == tmp_path / "manifest.toml":
            raise KeyboardInterrupt
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", killed_before_the_manifest)

    def interrupted() -> None:
        with published(tmp_path) as part:
            build(part, "2")

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert load_manifest(tmp_path).version == "1"
    with pytest.raises(ModelError, match="is not the file that its manifest names"):
        holds(tmp_path)
