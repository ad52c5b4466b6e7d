"""A set of labelled clips in one folder: which are missing, and one of them from its scene and seed."""

from pathlib import Path

from models.synth.clip import finish, log_path, render_frames
from models.synth.clip_scenes import plan_scene


def clip_path(folder: Path, name: str, seed: int) -> Path:
    """Where the clip of a scene and a seed lies."""
    return folder / f"{name}-{seed:06d}.mp4"


def missing_clips(folder: Path, chosen: tuple[tuple[str, int], ...]) -> list[tuple[str, int]]:
    """The scenes and seeds of the clips that are not wholly there."""
    return [(name, seed) for name, seed in chosen if not log_path(clip_path(folder, name, seed)).exists()]


def render_clip(folder: Path, name: str, seed: int, samples: int) -> int:
    """Render what is missing of a clip on one core; returns how many clips were finished."""
    plan, out = plan_scene(name, seed), clip_path(folder, name, seed)
    frames = folder / ".frames" / out.stem
    for _ in render_frames(plan, frames, samples, threads=1):
        pass
    finish(plan, frames, out)
    return 1
