"""The log as a live stream of server-sent events that a page can resume where it stopped."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence

import structlog
from starlette.concurrency import run_in_threadpool

from dispatcher.domain.log import LogEntry
from dispatcher.ports import DispatchError, Store
from dispatcher.web.shapes import LogEntryBody

_LOG = structlog.get_logger()
_POLL_S = 0.2
_AWAY_S = 2.0
_KEEP_ALIVE_S = 15.0
_BATCH = 200
_STREAM_S = 15 * 60.0
"""A stream ends after this long; the browser comes back with its last id and is checked again."""


class LogTail:
    """Wakes every open stream when the log grows; asks the store once for all of them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last_log_id = 0
        self._grown = asyncio.Condition()

    async def follow(self) -> None:
        """Watch the log until cancelled; while the store is away, wait for it."""
        away = False
        while True:
            try:
                last_log_id = await newest(self)
            except DispatchError as exc:
                if not away:
                    _LOG.warning("live pages wait for the store", reason=str(exc))
                away = True
                await asyncio.sleep(_AWAY_S)
                continue
            away = False
            if last_log_id != self._last_log_id:
                async with self._grown:
                    self._last_log_id = last_log_id
                    self._grown.notify_all()
            await asyncio.sleep(_POLL_S)

    def last_log_id(self) -> int:
        with self._store.read() as reader:
            return reader.last_log_id()

    async def wait_beyond(self, log_id: int, timeout_s: float) -> bool:
        """Return whether the log has entries after ``log_id`` before ``timeout_s`` is over."""
        async with self._grown:
            try:
                async with asyncio.timeout(timeout_s):
                    await self._grown.wait_for(lambda: self._last_log_id > log_id)
            except TimeoutError:
                return False
        return True

    def entries_after(self, log_id: int) -> Sequence[LogEntry]:
        with self._store.read() as reader:
            return reader.log_since(log_id, _BATCH)


async def newest(tail: LogTail) -> int:
    """Return the last log id there is."""
    return await run_in_threadpool(tail.last_log_id)


async def stream(tail: LogTail, after: int) -> AsyncGenerator[str, None]:
    """Yield every log entry after ``after``, in order, none left out, then wait for more."""
    end_s = time.monotonic() + _STREAM_S
    yield "retry: 1000\n\n"
    while time.monotonic() < end_s:
        if not await tail.wait_beyond(after, _KEEP_ALIVE_S):
            yield ": still here\n\n"
            continue
        for entry in await run_in_threadpool(tail.entries_after, after):
            body = LogEntryBody.of(entry).model_dump_json()
            yield f"id: {entry.log_id}\nevent: log\ndata: {body}\n\n"
            after = entry.log_id
