"""Feeds give every ledger entry once and in order, and only the newest vital signs."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from pathlib import Path
from typing import TypeVar

import anyio
import pytest

from api import feeds
from api.feeds import Bell
from api.ledger import Draft, Entry, Ledger

Item = TypeVar("Item")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    book = Ledger(tmp_path / "ledger.sqlite")
    yield book
    book.close()


def drafts(count: int) -> list[Draft]:
    return [Draft("r1", 1, "alert", f"a{n}", {}) for n in range(count)]


async def take(events: AsyncIterator[Item], count: int) -> list[Item]:
    return [await asyncio.wait_for(anext(events), 5) for _ in range(count)]


def follow(ledger: Ledger, bell: Bell, after: int) -> AsyncGenerator[Entry, None]:
    return feeds.entries(ledger, bell, "r1", ["alert"], after, anyio.Event())


def test_a_client_that_resumes_gets_exactly_what_it_missed(ledger: Ledger) -> None:
    ledger.append(drafts(5))
    got = asyncio.run(take(follow(ledger, Bell(), after=2), 3))
    assert [entry.seq for entry in got] == [3, 4, 5]


def test_more_than_a_page_is_given_without_a_gap(ledger: Ledger) -> None:
    count = feeds.PAGE * 2 + 3
    ledger.append(drafts(count))
    got = asyncio.run(take(follow(ledger, Bell(), after=0), count))
    assert [entry.seq for entry in got] == list(range(1, count + 1))


def test_a_ring_wakes_a_waiting_client(ledger: Ledger) -> None:
    bell = Bell()

    async def scene() -> Entry:
        waiting = asyncio.create_task(follow(ledger, bell, after=0).__anext__())
        while not len(bell):
            await asyncio.sleep(0)
        await asyncio.to_thread(ledger.append, drafts(1))
        await asyncio.to_thread(bell.ring)
        return await asyncio.wait_for(waiting, 5)

    assert asyncio.run(scene()).seq == 1


def test_a_client_that_leaves_is_forgotten(ledger: Ledger) -> None:
    bell = Bell()
    ledger.append(drafts(1))

    async def scene() -> int:
        events = follow(ledger, bell, after=0)
        await anext(events)
        during = len(bell)
        await events.aclose()
        return during

    assert asyncio.run(scene()) == 1
    assert len(bell) == 0


def test_ringing_for_a_loop_that_has_closed_does_no_harm() -> None:
    bell = Bell()

    async def scene() -> None:
        bell.listen().__enter__()

    asyncio.run(scene())
    bell.ring()


def test_a_slow_client_of_vital_signs_gets_the_newest_and_skips_the_rest() -> None:
    bell = Bell()
    frames = [(10, "first")]

    async def scene() -> list[tuple[int, str]]:
        events = feeds.changes(bell, lambda: frames[-1], anyio.Event())
        got = [await anext(events)]
        for frame in ((20, "second"), (30, "third")):
            frames.append(frame)
            bell.ring()
        got.append(await asyncio.wait_for(anext(events), 5))
        return got

    assert asyncio.run(scene()) == [(10, "first"), (30, "third")]


def test_an_event_carries_its_number_as_id() -> None:
    text = feeds.event("alert", 7, {"name": "武康大楼"}).encode().decode()
    assert text.splitlines() == ["id: 7", "event: alert", 'data: {"name":"武康大楼"}', ""]


def test_a_feed_ends_when_the_server_shuts_down(ledger: Ledger) -> None:
    async def scene() -> list[Entry]:
        ending = anyio.Event()
        events = feeds.entries(ledger, Bell(), "r1", ["alert"], 0, ending)
        asyncio.get_running_loop().call_soon(ending.set)
        return [entry async for entry in events]

    assert asyncio.run(scene()) == []
