"""The paints of a Chinese street, and how one is drawn for a thing."""

import colorsys
from collections.abc import Sequence

from models.synth.dice import Rng, chance
from models.synth.shapes import Finish, Paint, Vector

RUBBER = Paint(rgb=(0.012, 0.012, 0.013), roughness=0.85)
STEEL = Paint(rgb=(0.45, 0.46, 0.47), roughness=0.35, metallic=0.9)
GREY_STEEL = Paint(rgb=(0.16, 0.17, 0.18), roughness=0.5, metallic=0.4)
DARK = Paint(rgb=(0.02, 0.02, 0.022), roughness=0.6)
GLASS = Paint(rgb=(0.015, 0.02, 0.025), finish=Finish.GLASS, roughness=0.04)
WHITE = Paint(rgb=(0.72, 0.72, 0.7), roughness=0.5)
SKIN = Paint(rgb=(0.52, 0.3, 0.2), roughness=0.55)
HAIR = Paint(rgb=(0.014, 0.011, 0.01), roughness=0.5)
WOOD = Paint(rgb=(0.24, 0.13, 0.06), roughness=0.7, finish=Finish.CLOTH)
CARDBOARD = Paint(rgb=(0.36, 0.23, 0.12), roughness=0.85, finish=Finish.CLOTH)
HEADLIGHT = Paint(rgb=(1.0, 0.95, 0.85), finish=Finish.GLOW, glow=0.4)
TAILLIGHT = Paint(rgb=(0.6, 0.02, 0.02), finish=Finish.GLOW, glow=0.5)
SOIL = Paint(rgb=(0.19, 0.115, 0.06), rgb2=(0.07, 0.045, 0.03), finish=Finish.SOIL, roughness=0.95)

CAR_COLOURS: tuple[Vector, ...] = (
    (0.75, 0.75, 0.74),
    (0.7, 0.7, 0.69),
    (0.4, 0.41, 0.42),
    (0.12, 0.12, 0.13),
    (0.015, 0.015, 0.017),
    (0.02, 0.02, 0.022),
    (0.32, 0.02, 0.02),
    (0.03, 0.07, 0.22),
    (0.25, 0.18, 0.1),
    (0.09, 0.05, 0.03),
    (0.02, 0.12, 0.1),
)
CLOTHES: tuple[Vector, ...] = (
    (0.02, 0.02, 0.025),
    (0.03, 0.04, 0.09),
    (0.1, 0.1, 0.11),
    (0.55, 0.54, 0.52),
    (0.35, 0.03, 0.03),
    (0.06, 0.12, 0.28),
    (0.3, 0.24, 0.16),
    (0.1, 0.13, 0.07),
    (0.5, 0.3, 0.03),
    (0.4, 0.16, 0.2),
    (0.2, 0.3, 0.38),
    (0.07, 0.03, 0.02),
)
FRUIT: tuple[Vector, ...] = (
    (0.6, 0.05, 0.03),
    (0.75, 0.3, 0.02),
    (0.7, 0.5, 0.04),
    (0.16, 0.35, 0.05),
    (0.06, 0.2, 0.03),
    (0.3, 0.03, 0.08),
    (0.42, 0.26, 0.1),
    (0.55, 0.52, 0.4),
)
SIGN_COLOURS: tuple[Vector, ...] = (
    (0.55, 0.02, 0.02),
    (0.02, 0.08, 0.4),
    (0.01, 0.22, 0.08),
    (0.65, 0.35, 0.01),
    (0.6, 0.6, 0.58),
    (0.03, 0.03, 0.035),
    (0.4, 0.06, 0.25),
)


def pick(rng: Rng, colours: Sequence[Vector], spread: float = 0.25) -> Vector:
    """One of the colours, a little lighter or darker and off in hue, so that no two are alike."""
    red, green, blue = colours[int(rng.integers(len(colours)))]
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    hue = (hue + rng.normal(0, 0.015)) % 1
    light = min(0.85, light * float(rng.uniform(1 - spread, 1 + spread)))
    return colorsys.hls_to_rgb(hue, light, saturation)


def lacquer(rng: Rng, colours: Sequence[Vector] = CAR_COLOURS) -> Paint:
    """Vehicle paint under a clear coat, somewhat dusty."""
    return Paint(rgb=pick(rng, colours), finish=Finish.COAT, roughness=float(rng.uniform(0.25, 0.5)))


def cloth(rng: Rng, colours: Sequence[Vector] = CLOTHES) -> Paint:
    """Woven stuff in one colour; now and then striped."""
    finish = Finish.STRIPES if chance(rng, 0.15) else Finish.CLOTH
    return Paint(
        rgb=pick(rng, colours),
        rgb2=pick(rng, colours),
        finish=finish,
        roughness=0.9,
        scale_m=float(rng.uniform(0.04, 0.12)),
    )


def vivid(rng: Rng, finish: Finish = Finish.CLOTH, scale_m: float = 0.4) -> Paint:
    """The loud colours of umbrellas, tarpaulins and plastic."""
    rgb = colorsys.hls_to_rgb(
        float(rng.random()), float(rng.uniform(0.12, 0.4)), float(rng.uniform(0.55, 0.95))
    )
    return Paint(rgb=rgb, rgb2=(0.7, 0.69, 0.66), finish=finish, roughness=0.75, scale_m=scale_m)
