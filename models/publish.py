"""Publishing: what is built for a model's folder takes its place there whole, the manifest last."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.manifest import ModelError, load_manifest

MANIFEST = "manifest.toml"


@contextmanager
def published(out: Path) -> Iterator[Path]:
    """Give a folder to build a model in; what was built replaces the model of ``out`` when all went well.

    Until then ``out`` holds the model that it held. Interrupted between two files, it holds a model that is
    refused for its hash, never one that runs and is another than its manifest says. Raise ``ModelError``
    where the disk is full or the folder cannot be written.
    """
    part = out / ".part"
    try:
        shutil.rmtree(part, ignore_errors=True)  # of a run that was killed
        part.mkdir(parents=True)
        yield part
        built = load_manifest(part)
        files = {file.path for file in (*built.files.values(), *built.second)}
        for name in (*sorted(files), MANIFEST):
            (part / name).replace(out / name)
        for stale in set(out.glob("model*.onnx")) - {out / name for name in files}:
            stale.unlink()
    except OSError as exc:
        raise ModelError(f"{out} keeps what it held: {exc}; put that right and export again") from exc
    finally:
        shutil.rmtree(part, ignore_errors=True)


def farewell(out: Path) -> str:
    """Return in words what a new export takes from the model in ``out``; nothing where it takes nothing."""
    if not any(out.glob("model.second*.onnx")):
        return ""
    return f"the second look, learnt from the model before, is gone: learn it again (`models second {out}`); "
