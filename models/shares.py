"""Shares of a count, with the interval that few examples leave."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959964
"""95 % of a normal distribution lie within so many standard deviations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """``count`` of ``total``, and the 95 % interval of the share."""

    count: int
    total: int
    share: float
    interval: tuple[float, float]


def share_of(count: int, total: int) -> Share:
    """Return a share with its Wilson interval; of nothing, nothing is known."""
    low, high = wilson(np.array([count], float), np.array([total], float))
    share = count / total if total else float("nan")
    return Share(count=count, total=total, share=share, interval=(float(low[0]), float(high[0])))


def wilson(
    counts: NDArray[np.float64], totals: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the 95 % score intervals of shares (Wilson 1927); 0 to 1 where the total is 0."""
    known = np.maximum(totals, 1e-9)
    share = counts / known
    middle = share + Z95**2 / (2 * known)
    spread = Z95 * np.sqrt(share * (1 - share) / known + Z95**2 / (4 * known**2))
    scale = 1 + Z95**2 / known
    return np.clip((middle - spread) / scale, 0, 1), np.clip((middle + spread) / scale, 0, 1)
