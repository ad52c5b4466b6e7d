"""A set of labelled clips in one folder: which are missing, and one of them from its scene and seed."""

from pathlib import Path

from models.synth.clip import files_of, render_clip
from models.synth.clip_scenes import plan_scene


def clip_path(folder: Path, name: str, seed: int) -> Path:
    """Where the clip of a scene and a seed lies."""
    return folder / f"{name}-{seed:06d}.mp4"


def missing_clips(folder: Path, chosen: tuple[tuple[str, int], ...]) -> list[tuple[str, int]]:
    """The scenes and seeds of the clips that are not wholly there."""
    paths = {one: clip_path(folder, *one) for one in chosen}
    return [one for one, out in paths.items() if not all(path.exists() for path in files_of(out))]


def render_one(folder: Path, name: str, seed: int, samples: int) -> int:
    """Render what is missing of a clip on one core; returns how many clips were finished."""
    out = clip_path(folder, name, seed)
    return render_clip(plan_scene(name, seed), folder / ".frames" / out.stem, out, samples, threads=1)
