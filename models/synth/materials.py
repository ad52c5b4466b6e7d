"""Finishes as Blender materials; colours and figures come from the faces that wear them."""

from collections.abc import Callable
from typing import Any

import bpy

from models.synth.ground import DRY_M
from models.synth.nodes import Mix, Socket
from models.synth.shapes import Finish, Vector

GROUND = (Finish.ASPHALT, Finish.PAVERS, Finish.MARKING)
MURKY: Vector = (0.035, 0.03, 0.022)


class Coat:
    """The paint of the face in view, as sockets."""

    def __init__(self, mix: Mix) -> None:
        self.rgb, self.rgb2 = mix.attribute("rgb", "Color"), mix.attribute("rgb2", "Color")
        self.roughness, self.metallic = mix.attribute("roughness"), mix.attribute("metallic")
        self.scale_m, self.glow = mix.attribute("scale_m"), mix.attribute("glow")


class Materials:
    """The materials of one scene, one for each finish; colours and figures lie on the faces of the meshes."""

    def __init__(self, *, lamps: float, wetness: float) -> None:
        self._lamps = lamps
        self._wetness = wetness
        self._made: dict[Finish, Any] = {}
        self._levels: list[Socket] = []

    def of(self, finish: Finish) -> Any:  # noqa: ANN401 - bpy ships no types
        """The material of a finish, made at its first use."""
        if finish not in self._made:
            self._made[finish] = self._make(finish)
        return self._made[finish]

    def set_level(self, level_m: float) -> None:
        """Let water stand on the ground up to a level in metres."""
        for level in self._levels:
            level.default_value = level_m

    def _make(self, finish: Finish) -> Any:  # noqa: ANN401
        material = bpy.data.materials.new(finish)
        material.use_nodes = True
        mix = Mix(material.node_tree)
        coat = Coat(mix)
        mix.set({"Base Color": coat.rgb, "Roughness": coat.roughness, "Metallic": coat.metallic})
        if finish in GROUND:
            self._ground(mix, coat, finish)
        elif finish is Finish.GLOW:
            material.cycles.emission_sampling = "NONE"  # the lamps of `sky` light the street
            strength = mix.math("MULTIPLY", coat.glow, 0.25 + 3.0 * self._lamps)
            mix.set({"Emission Color": coat.rgb, "Emission Strength": strength})
        else:
            _RECIPES[finish](mix, coat)
        return material

    def _ground(self, mix: Mix, coat: Coat, finish: Finish) -> None:
        """Dry stuff, darker and smoother where wet, a dark mirror where the level is above the height."""
        colour = (
            _pavers(mix, coat)
            if finish is Finish.PAVERS
            else _aggregate(mix, coat, worn=finish is Finish.MARKING)
        )
        patches = mix.ramp(mix.noise(0.35, detail=4), 0.35, 0.62)
        wet = mix.math("MULTIPLY", self._wetness, mix.math("ADD", 0.5, mix.math("MULTIPLY", 0.5, patches)))
        level = mix.value(DRY_M)
        self._levels.append(level)
        ripple = mix.math("MULTIPLY", mix.math("SUBTRACT", mix.noise(3.0, detail=5), 0.5), 0.012)
        depth = mix.math("SUBTRACT", level, mix.math("ADD", mix.attribute("height"), ripple))
        water = mix.ramp(depth, 0.0, 0.004)
        shore = mix.math("MAXIMUM", wet, mix.ramp(depth, -0.035, -0.002))
        colour = mix.colours(mix.math("MULTIPLY", shore, 0.62), colour, (0.0, 0.0, 0.0))
        colour = mix.colours(mix.math("MULTIPLY", water, 0.8), colour, MURKY)
        rough = mix.blend(shore, coat.roughness, 0.22)
        mix.set({"Base Color": colour, "Roughness": mix.blend(water, rough, 0.02)})


def _aggregate(mix: Mix, coat: Coat, *, worn: bool) -> Socket:
    """Asphalt or worn paint on it: grain, patches of age, cracks."""
    grain = mix.noise(90.0, detail=1)
    age = (
        mix.ramp(mix.noise(6.0, detail=4), 0.5, 0.62)
        if worn
        else mix.ramp(mix.noise(0.5, detail=4), 0.3, 0.7)
    )
    colour = mix.colours(age, coat.rgb, coat.rgb2)
    colour = mix.colours(mix.math("MULTIPLY", mix.ramp(grain, 0.4, 0.75), 0.35), colour, (0.2, 0.19, 0.18))
    crack = mix.math("MULTIPLY", mix.math("SUBTRACT", 1.0, mix.ramp(mix.cells(0.35), 0.0, 0.012)), 0.5)
    stain = mix.math("MULTIPLY", mix.ramp(mix.noise(1.3, detail=4), 0.55, 0.75), 0.4)
    return mix.colours(mix.math("MAXIMUM", crack, stain), colour, (0.02, 0.02, 0.02))


def _pavers(mix: Mix, coat: Coat) -> Socket:
    colour = mix.bricks(coat.scale_m, (coat.rgb, coat.rgb2), upright=False)
    grime = mix.math("MULTIPLY", mix.ramp(mix.noise(0.6, detail=4), 0.4, 0.7), 0.45)
    colour = mix.colours(grime, colour, (0.1, 0.095, 0.085))
    gum = mix.math("MULTIPLY", mix.ramp(mix.noise(9.0, detail=0), 0.7, 0.75), 0.4)
    return mix.colours(gum, colour, (0.05, 0.05, 0.05))


def _grimy(mix: Mix, coat: Coat) -> None:
    grime = mix.math("MULTIPLY", mix.ramp(mix.noise(2.5, detail=3), 0.45, 0.75), 0.35)
    mix.set({"Base Color": mix.colours(grime, coat.rgb, (0.09, 0.08, 0.07))})


def _lacquer(mix: Mix, coat: Coat) -> None:
    dust = mix.math("MULTIPLY", mix.ramp(mix.noise(1.5, detail=3), 0.45, 0.7), 0.22)
    mix.set(
        {
            "Base Color": mix.colours(dust, coat.rgb, (0.2, 0.18, 0.15)),
            "Coat Weight": 0.7,
            "Coat Roughness": 0.08,
        }
    )


def _cloth(mix: Mix, coat: Coat) -> None:
    folds = mix.noise(7.0, detail=2)
    mix.set(
        {
            "Base Color": mix.colours(mix.ramp(folds, 0.3, 0.7), mix.scaled(coat.rgb, 0.5), coat.rgb),
            "Specular IOR Level": 0.15,
        }
    )


def _stripes(mix: Mix, coat: Coat) -> None:
    mix.set(
        {"Base Color": mix.colours(mix.bands(coat.scale_m), coat.rgb, coat.rgb2), "Specular IOR Level": 0.2}
    )


def _tiles(mix: Mix, coat: Coat) -> None:
    colour = mix.bricks(coat.scale_m, (coat.rgb, mix.scaled(coat.rgb, 1.15)), upright=True)
    streaks = mix.math("MULTIPLY", mix.ramp(mix.noise(0.4, detail=4), 0.42, 0.75), 0.5)
    mix.set({"Base Color": mix.colours(streaks, colour, (0.12, 0.11, 0.095))})


def _leaves(mix: Mix, coat: Coat) -> None:
    mix.set({"Base Color": mix.colours(mix.ramp(mix.noise(5.0, detail=1), 0.35, 0.65), coat.rgb2, coat.rgb)})


def _soil(mix: Mix, coat: Coat) -> None:
    lumps = mix.noise(5.0, detail=5)
    mix.set({"Base Color": mix.colours(mix.ramp(lumps, 0.35, 0.65), coat.rgb2, coat.rgb)})
    mix.bump(lumps, 0.15)


def _glass(mix: Mix, _: Coat) -> None:
    mix.set({"Specular IOR Level": 0.9})


_RECIPES: dict[Finish, Callable[[Mix, Coat], None]] = {
    Finish.PLAIN: _grimy,
    Finish.COAT: _lacquer,
    Finish.GLASS: _glass,
    Finish.CLOTH: _cloth,
    Finish.STRIPES: _stripes,
    Finish.TILES: _tiles,
    Finish.LEAVES: _leaves,
    Finish.SOIL: _soil,
}
