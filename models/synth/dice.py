"""Draws from a seeded generator."""

import numpy as np

Rng = np.random.Generator


def chance(rng: Rng, share: float) -> bool:
    """True in this share of the draws."""
    return bool(rng.random() < share)
