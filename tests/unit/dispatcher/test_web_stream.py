"""The live stream: every log entry once, in order, from where the page stopped."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, aclosing

import pytest

from dispatcher.ports import DispatchError, Reader, Writer
from dispatcher.web import sse
from tests.control_room import ControlRoom


async def take(stream: AsyncIterator[str], count: int) -> Sequence[int]:
    """Return the ids of the next ``count`` entries."""
    ids: list[int] = []
    while len(ids) < count:
        text = await asyncio.wait_for(anext(stream), timeout=10)
        if text.startswith("id: "):
            head, event, data, *_ = text.split("\n")
            assert event == "event: log"
            assert json.loads(data.removeprefix("data: "))["log_id"] == int(head.removeprefix("id: "))
            ids.append(int(head.removeprefix("id: ")))
    return ids


async def follow(room: ControlRoom, after: int, count: int, *, then_see: str | None = None) -> Sequence[int]:
    tail = sse.LogTail(room.store)
    following = asyncio.create_task(tail.follow())
    async with aclosing(sse.stream(tail, after)) as stream:
        ids = list(await take(stream, count))
        if then_see is not None:
            await asyncio.to_thread(room.see, incident_id=then_see, kind="muck_truck")
            ids += await take(stream, 3)
    following.cancel()
    return ids


def test_a_page_that_comes_back_gets_what_it_missed_and_then_what_happens(room: ControlRoom) -> None:
    room.see()

    ids = asyncio.run(follow(room, after=1, count=2, then_see="truck"))

    assert ids == [2, 3, 4, 5, 6]


def test_a_long_absence_is_made_up_for_in_batches_without_gap(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "_BATCH", 2)
    for number in range(3):
        room.see(incident_id=f"i{number}", kind="muck_truck", camera_id=f"c{number}")

    ids = asyncio.run(follow(room, after=0, count=9))

    assert ids == list(range(1, 10))


def test_a_quiet_stream_says_that_it_is_still_there(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "_KEEP_ALIVE_S", 0.01)

    async def listen() -> list[str]:
        async with aclosing(sse.stream(sse.LogTail(room.store), 0)) as stream:
            return [await anext(stream), await anext(stream)]

    assert asyncio.run(listen()) == ["retry: 1000\n\n", ": still here\n\n"]


def test_a_stream_ends_after_a_while_so_that_its_account_is_checked_again(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "_STREAM_S", 0.02)
    monkeypatch.setattr(sse, "_KEEP_ALIVE_S", 0.01)

    async def listen() -> list[str]:
        return [text async for text in sse.stream(sse.LogTail(room.store), 0)]

    assert set(asyncio.run(listen())) == {"retry: 1000\n\n", ": still here\n\n"}


class SometimesAway:
    """A store that cannot be reached for the first ``failures`` reads."""

    def __init__(self, room: ControlRoom, failures: int) -> None:
        self._room = room
        self.failures = failures

    def read(self) -> AbstractContextManager[Reader]:
        if self.failures:
            self.failures -= 1
            raise DispatchError("store: connection refused", retryable=True)
        return self._room.store.read()

    def write(self) -> AbstractContextManager[Writer]:
        return self._room.store.write()


def test_a_store_that_comes_back_wakes_the_streams_that_waited(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "_AWAY_S", 0.01)
    room.see()
    away = SometimesAway(room, failures=3)

    async def listen() -> Sequence[int]:
        tail = sse.LogTail(away)
        following = asyncio.create_task(tail.follow())
        async with aclosing(sse.stream(tail, 0)) as stream:
            ids = await take(stream, 3)
        following.cancel()
        return ids

    assert asyncio.run(listen()) == [1, 2, 3]
    assert away.failures == 0
