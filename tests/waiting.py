"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable


def await_truth(holds: Callable[[], bool], *, within_s: float, told: Callable[[], str] = str) -> float:
    """Wait until ``holds()``; return after how many seconds.

    Fail when it does not in time, with what is ``told()`` then.
    """
    began_s = time.monotonic()
    while not holds():
        assert time.monotonic() - began_s < within_s, f"did not come true within {within_s} s: {told()}"
        time.sleep(0.02)
    return time.monotonic() - began_s
