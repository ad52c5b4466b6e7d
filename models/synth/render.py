"""A moment of a built scene becomes a picture, with the index of what each pixel shows."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from models.synth.build import Stage
from models.synth.cast import Box
from models.synth.plan import Thing


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """What the renderer gave: BGR uint8 (h, w, 3), and the piece number of each pixel (h, w), 0 for none."""

    image: NDArray[np.uint8]
    index: NDArray[np.int32]


class Renderer:
    """Cycles on the CPU, set up for many small pictures of one scene."""

    def __init__(self, stage: Stage, *, samples: int, threads: int = 0) -> None:
        self._stage = stage
        self._folder = tempfile.TemporaryDirectory(prefix="gridwarden-synth-")
        scene, view = bpy.context.scene, stage.plan.view
        scene.render.engine = "CYCLES"
        scene.cycles.device, scene.cycles.samples, scene.cycles.seed = "CPU", samples, stage.plan.seed % 2**31
        scene.cycles.use_denoising, scene.cycles.denoiser = True, "OPENIMAGEDENOISE"
        scene.cycles.denoising_input_passes, scene.cycles.max_bounces = "RGB_ALBEDO_NORMAL", 3
        scene.cycles.denoising_quality, scene.cycles.denoising_prefilter = "BALANCED", "FAST"
        scene.cycles.use_adaptive_sampling = False
        scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
        scene.cycles.sample_clamp_indirect = 4.0
        scene.render.use_persistent_data = True
        scene.render.threads_mode, scene.render.threads = ("FIXED", threads) if threads else ("AUTO", 1)
        scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = (
            view.width,
            view.height,
            100,
        )
        scene.render.image_settings.file_format = "PNG"
        _write_index(scene, self._folder.name)

    def render(
        self, at_s: float, *, region: Box | None = None, without: frozenset[Thing] = frozenset()
    ) -> Exposure:
        """The picture of a moment, of a region only (black outside) or without some things."""
        self._stage.set_moment(at_s, without=without)
        scene, folder = bpy.context.scene, Path(self._folder.name)
        scene.render.use_border = region is not None
        if region:
            scene.render.border_min_x, scene.render.border_max_x = region.left, region.right
            scene.render.border_min_y, scene.render.border_max_y = 1 - region.bottom, 1 - region.top
        scene.frame_set(1)
        scene.render.filepath = str(folder / "image.png")
        with _silence():
            bpy.ops.render.render(write_still=True)
        image = _pixels(folder / "image.png", colour=True)
        index = _pixels(folder / "index0001.exr", colour=False)
        bgr = np.ascontiguousarray(image[..., 2::-1])
        return Exposure((bgr * 255 + 0.5).astype(np.uint8), index[..., 0].round().astype(np.int32))


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what Blender prints for every picture off the terminal."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 1)
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _write_index(scene: bpy.types.Scene, folder: str) -> None:
    scene.view_layers[0].use_pass_object_index = True
    scene.use_nodes = True
    tree = scene.node_tree
    layers = tree.nodes.new("CompositorNodeRLayers")
    tree.links.new(layers.outputs["Image"], tree.nodes.new("CompositorNodeComposite").inputs["Image"])
    output = tree.nodes.new("CompositorNodeOutputFile")
    output.base_path, output.format.file_format, output.format.color_depth = folder, "OPEN_EXR", "32"
    output.file_slots[0].path = "index"
    tree.links.new(layers.outputs["IndexOB"], output.inputs[0])


def _pixels(path: Path, *, colour: bool) -> NDArray[np.float32]:
    """A picture as written, rows from the top, values from 0 to 1 (colour) or as they are."""
    picture = bpy.data.images.load(str(path))
    if not colour:
        picture.colorspace_settings.name = "Non-Color"
    width, height = picture.size
    flat = np.empty(width * height * 4, np.float32)
    picture.pixels.foreach_get(flat)
    bpy.data.images.remove(picture)
    return flat.reshape(height, width, 4)[::-1]
