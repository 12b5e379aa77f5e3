"""Live feeds: a client pulls from the ledger or the latest frame when the bell rings.

monitor -> Bell.ring() -> every waiting client -> reads what it has not seen -> SSE

Nothing is queued per client: a slow one reads later (alerts) or skips (vital signs), and one
that takes nothing for SEND_TIMEOUT_S is disconnected.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import anyio
import anyio.to_thread
import orjson
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.ledger import Entry, Ledger

HEARTBEAT_S = 15
SEND_TIMEOUT_S = 30.0
ENDING_WITHIN_S = 1.0
PAGE = 200
CLIENTS = 200  # design choice: streams at once; each holds one connection and no queue


class Bell:
    """Wakes the clients of a feed from any thread; a ring while a client is busy is kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def __len__(self) -> int:
        return len(self._listeners)

    def ring(self) -> None:
        with self._lock:
            listeners = list(self._listeners.items())
        for event, loop in listeners:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Event]:
        """An event in the running loop that each ring sets."""
        event = asyncio.Event()
        with self._lock:
            self._listeners[event] = asyncio.get_running_loop()
        try:
            yield event
        finally:
            with self._lock:
                del self._listeners[event]


async def entries(
    ledger: Ledger, bell: Bell, run: str, kinds: Sequence[str], after: int, ending: anyio.Event
) -> AsyncGenerator[Entry, None]:
    """Every entry after that number, then each new one as it is appended, until `ending`."""
    with bell.listen() as rung:
        while not ending.is_set():
            rung.clear()
            page = await anyio.to_thread.run_sync(ledger.since, after, run, kinds, PAGE)
            for entry in page:
                yield entry
                after = entry.seq
            if len(page) < PAGE:
                await _either(rung, ending)


async def changes(
    bell: Bell, read: Callable[[], tuple[int, Any] | None], ending: anyio.Event
) -> AsyncGenerator[tuple[int, Any], None]:
    """The newest (time, value) whenever its time is new; in between ones may be skipped."""
    seen: int | None = None
    with bell.listen() as rung:
        while not ending.is_set():
            rung.clear()
            found = read()
            if found is not None and found[0] != seen:
                seen = found[0]
                yield found
            await _either(rung, ending)


async def _either(rung: asyncio.Event, ending: anyio.Event) -> None:
    """Until one of them is set."""
    waiting = {asyncio.ensure_future(rung.wait()), asyncio.ensure_future(ending.wait())}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


class TooManyClients(Exception):  # noqa: N818 (names the situation, not a fault)
    """The feed has as many clients as it may have."""


def admit(bell: Bell) -> None:
    """Raises TooManyClients when one more would be too many."""
    if len(bell) >= CLIENTS:
        raise TooManyClients(f"The feed has {CLIENTS} clients already.")


def event(name: str, number: int, data: Any) -> ServerSentEvent:
    """One event; its id is what a client sends back as Last-Event-ID."""
    return ServerSentEvent(orjson.dumps(data).decode(), event=name, id=str(number))


def sse(
    events: Callable[[anyio.Event], AsyncIterator[ServerSentEvent]],
) -> EventSourceResponse:
    """The stream with heartbeat comments, so that proxies keep it and dead clients are noticed.

    `events` is given the event that is set when the server shuts down, and ends then.
    """
    ending = anyio.Event()
    return EventSourceResponse(
        events(ending),
        ping=HEARTBEAT_S,
        send_timeout=SEND_TIMEOUT_S,
        ping_message_factory=_heartbeat,
        shutdown_event=ending,
        shutdown_grace_period=ENDING_WITHIN_S,
    )


def _heartbeat() -> ServerSentEvent:
    return ServerSentEvent(comment="heartbeat")
