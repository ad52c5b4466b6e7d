"""Renderers are processes of their own, and none outlives the command that started them."""

import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

TICK_S = 1.0


def run_apart(jobs: Sequence[Callable[[], int]], workers: int) -> Iterator[int]:
    """Run jobs in ``workers`` processes; yields at least once a second what those that ended since returned.

    Whatever stops this, an error, Ctrl-C or SIGTERM, ends the processes at once. Raises
    ``BrokenProcessPool`` when one of them dies.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="gridwarden-synth-") as scratch:
        pool = ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_keep_in,
            initargs=(scratch,),
        )
        with pool:
            try:
                yield from _results(_started(jobs, pool))
            except BaseException:
                for renderer in multiprocessing.active_children():
                    renderer.kill()
                raise


def _keep_in(scratch: str) -> None:
    """Have this process keep its temporary files where they go with the command, however it ends."""
    os.environ["TMPDIR"] = scratch


def _started(jobs: Sequence[Callable[[], int]], pool: ProcessPoolExecutor) -> set[Future[int]]:
    """Submit the jobs to processes that never see Ctrl-C: Blender would swallow it and go on."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # processes that are started inherit it
    try:
        return {pool.submit(job) for job in jobs}
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _results(pending: set[Future[int]]) -> Iterator[int]:
    while pending:
        done, pending = wait(pending, TICK_S, FIRST_COMPLETED)
        yield sum(future.result() for future in done)
