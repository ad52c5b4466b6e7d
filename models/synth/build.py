"""A plan becomes a Blender scene; asked for a moment, everything in it moves to its place."""

import math
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from models.synth.camera import View
from models.synth.cast import build_cast
from models.synth.ground import Ground
from models.synth.labels import Instance
from models.synth.materials import Materials
from models.synth.plan import Plan, Thing
from models.synth.poses import corners, pose_of
from models.synth.shapes import Part, Piece
from models.synth.sky import light_scene
from models.synth.streets import build_street


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """A piece of a thing as a Blender object; ``index`` is its number in the index pass."""

    thing: Thing
    piece: Piece
    solid: Any
    index: int


class Stage:
    """A scene that has been built."""

    def __init__(self, plan: Plan) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self.plan = plan
        rng = np.random.default_rng((plan.seed, 1))
        self._materials = Materials(lamps=plan.weather.lamps, wetness=plan.wetness)
        _solid("street", build_street(plan.street, rng), self._materials, plan.ground)
        self.cast = build_cast(plan)
        self.actors = self._actors()
        light_scene(plan)
        _place_camera(plan.view)

    def set_moment(self, at_s: float, *, without: frozenset[Thing] = frozenset()) -> None:
        """Move everything to where it is at a moment; leave some things out."""
        self._materials.set_level(self.plan.water.level_at(at_s))
        for actor in self.actors:
            pose = None if actor.thing in without else pose_of(actor.thing, actor.piece, at_s)
            actor.solid.hide_render = pose is None
            if pose:
                actor.solid.location = (pose.x, pose.y, pose.z)
                actor.solid.rotation_euler = (0.0, pose.swing, pose.yaw)

    def instances(self, at_s: float) -> tuple[Instance, ...]:
        """Every labelled thing that is there at a moment, with the pixels where its corners fall."""
        groups: dict[tuple[Thing, str], list[Actor]] = {}
        for actor in self.actors:
            for label in actor.piece.labels if actor.thing.place_at(at_s) else ():
                groups.setdefault((actor.thing, label), []).append(actor)
        return tuple(
            Instance(
                label=label,
                indices=tuple(actor.index for actor in group),
                outline=self.plan.view.project(corners(thing, [actor.piece for actor in group], at_s)),
            )
            for (thing, label), group in groups.items()
        )

    def _actors(self) -> tuple[Actor, ...]:
        actors: list[Actor] = []
        for thing, piece in [(member.thing, piece) for member in self.cast for piece in member.pieces]:
            index = len(actors) + 1
            solid = _solid(thing.kind, piece.parts, self._materials, None)
            solid.pass_index = index
            actors.append(Actor(thing, piece, solid, index))
        return tuple(actors)


def _solid(name: str, parts: tuple[Part, ...], materials: Materials, ground: Ground | None) -> Any:  # noqa: ANN401 - bpy ships no types
    """One object of all the parts."""
    meshes = [_lettering(part) if part.text else part for part in parts]
    vertices = np.concatenate([part.vertices for part in meshes])
    starts = np.cumsum([0] + [len(part.vertices) for part in meshes[:-1]])
    faces = [
        tuple(i + start for i in face)
        for part, start in zip(meshes, starts, strict=True)
        for face in part.faces
    ]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices, [], faces)
    _coat(mesh, meshes, materials)
    if ground is not None:
        heights = mesh.attributes.new("height", "FLOAT", "POINT")
        heights.data.foreach_set("value", ground.height(vertices[:, 0], vertices[:, 1]).astype(np.float32))
    solid = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(solid)
    return solid


def _coat(mesh: Any, parts: list[Part], materials: Materials) -> None:  # noqa: ANN401
    """Lay the paint of every part on its faces."""
    counts = [len(part.faces) for part in parts]
    finishes = list(dict.fromkeys(part.paint.finish for part in parts))
    for finish in finishes:
        mesh.materials.append(materials.of(finish))
    mesh.polygons.foreach_set(
        "material_index", np.repeat([finishes.index(p.paint.finish) for p in parts], counts).astype(np.int32)
    )
    mesh.polygons.foreach_set("use_smooth", np.repeat([part.smooth for part in parts], counts))
    for name in ("rgb", "rgb2"):
        colours = np.repeat([(*getattr(part.paint, name), 1.0) for part in parts], counts, axis=0)
        mesh.attributes.new(name, "FLOAT_COLOR", "FACE").data.foreach_set(
            "color", colours.astype(np.float32).ravel()
        )
    for name in ("roughness", "metallic", "scale_m", "glow"):
        figures = np.repeat([getattr(part.paint, name) for part in parts], counts)
        mesh.attributes.new(name, "FLOAT", "FACE").data.foreach_set("value", figures.astype(np.float32))


def _lettering(part: Part) -> Part:
    """Text as faces, standing on its foot and read along its direction."""
    foot, along, rise = part.vertices
    curve = bpy.data.curves.new("text", "FONT")
    curve.body, curve.size, curve.resolution_u, curve.align_x = part.text, float(rise[2]), 1, "CENTER"
    carrier = bpy.data.objects.new("text", curve)
    mesh = bpy.data.meshes.new_from_object(carrier)
    flat = np.array([vertex.co for vertex in mesh.vertices], float)
    faces = tuple(tuple(polygon.vertices) for polygon in mesh.polygons)
    bpy.data.objects.remove(carrier)
    points = foot + flat[:, :1] * along + flat[:, 1:2] * np.array((0.0, 0.0, 1.0))
    return Part(vertices=points, faces=faces, paint=part.paint)


def _place_camera(view: View) -> None:
    lens = bpy.data.cameras.new("camera")
    lens.sensor_fit, lens.angle, lens.clip_end = "HORIZONTAL", math.radians(view.fov_deg), 300
    camera = bpy.data.objects.new("camera", lens)
    camera.location = (view.x, view.y, view.z)
    camera.rotation_mode = "YXZ"
    right, down, forward = view.axes()
    from mathutils import Matrix  # noqa: PLC0415 - only there with bpy

    camera.matrix_world = (
        Matrix.Translation(camera.location) @ Matrix((right, -down, -forward)).transposed().to_4x4()
    )
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
