"""Sun, sky and lamps of a plan."""

import math
from typing import Any

import bpy

from models.synth.plan import Plan
from models.synth.streets import lamp_places

LAMP_W = 900.0


def light_scene(plan: Plan) -> None:
    """Add sun, sky and, when it is dark, the lamps to the current scene."""
    weather, scene = plan.weather, bpy.context.scene
    if weather.sun:
        sun = bpy.data.lights.new("sun", "SUN")
        sun.energy, sun.color, sun.angle = weather.sun, weather.sun_rgb, math.radians(weather.softness_deg)
        _add(sun, (0, 0, 50), (math.radians(90 - plan.sun_up_deg), 0.0, math.radians(plan.sun_turn_deg)))
    for place in lamp_places(plan.street) if weather.lamps else ():
        lamp = bpy.data.lights.new("lamp", "AREA")
        lamp.energy, lamp.color, lamp.size = LAMP_W * weather.lamps, (1.0, 0.82, 0.58), 0.5
        lean = -1.75 if place[1] > 0 else 1.75
        _add(lamp, (place[0], place[1] + lean, place[2] + 0.2), (0.0, 0.0, 0.0))
    scene.world = _sky(plan)
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"
    scene.view_settings.exposure = weather.exposure


def _add(light: Any, at: tuple[float, float, float], turn: tuple[float, float, float]) -> None:  # noqa: ANN401 - bpy ships no types
    carrier = bpy.data.objects.new(light.name, light)
    carrier.location, carrier.rotation_euler = at, turn
    bpy.context.scene.collection.objects.link(carrier)


def _sky(plan: Plan) -> Any:  # noqa: ANN401
    """A sky that is paler at the horizon, with noise for clouds, so that wet ground mirrors something."""
    world = bpy.data.worlds.new("sky")
    world.use_nodes = True
    world.cycles.sampling_method, world.cycles.sample_map_resolution = (
        "MANUAL",
        256,
    )  # left alone: seconds a scene
    tree = world.node_tree
    place = tree.nodes.new("ShaderNodeTexCoord").outputs["Generated"]
    clouds = tree.nodes.new("ShaderNodeTexNoise")
    clouds.inputs["Scale"].default_value, clouds.inputs["Detail"].default_value = 2.2, 6.0
    tree.links.new(place, clouds.inputs["Vector"])
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    red, green, blue = plan.weather.sky_rgb
    ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[1].position = 0.4, 0.62
    ramp.color_ramp.elements[0].color = (red * 0.75, green * 0.78, blue * 0.85, 1)
    ramp.color_ramp.elements[1].color = (
        (0.95, 0.97, 1.0, 1) if plan.weather.sun > 0 else (red, green, blue, 1)
    )
    tree.links.new(clouds.outputs["Fac"], ramp.inputs["Fac"])
    background = tree.nodes["Background"]
    tree.links.new(ramp.outputs["Color"], background.inputs["Color"])
    background.inputs["Strength"].default_value = plan.weather.sky
    return world
