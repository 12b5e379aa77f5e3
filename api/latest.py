"""The newest reading of every series of the live run, kept as it arrives.

monitor's batches ─► LatestBook ─► GET /sensors/latest, without asking the store each time
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.store import Points
from twin.arrays import Array, Floats, Ints
from twin.clock import MINUTE_MS

AHEAD_MS = 5 * MINUTE_MS  # beyond the run's clock a time is not believed, as in the ingest
NEVER = np.int64(-(1 << 62))


@dataclass(frozen=True, slots=True)
class Newest:
    """One row per series of the network; `t_ms` is NEVER where nothing was said."""

    t_ms: Ints
    value: Floats
    state: Array


class LatestBook:
    """Safe from any thread. The newest in device time wins, of equal ones what came last."""

    def __init__(self, network: Network, now_ms: Callable[[], int]) -> None:
        self._network, self._now_ms = network, now_ms
        count = len(network.series)
        self._t_ms = np.full(count, NEVER, np.int64)
        self._value = np.full(count, np.nan)
        self._state = np.full(count, None, object)
        self._lock = threading.Lock()
        self._filled = False

    def add(self, batch: ReadingBatch) -> None:
        """Readings of the network, in any order."""
        batch = batch.take(batch.t_ms <= self._now_ms() + AHEAD_MS)
        batch = batch.take(np.argsort(batch.t_ms, kind="stable"))  # the last one written stays
        with self._lock:
            newer = batch.take(batch.t_ms >= self._t_ms[batch.series])
            self._t_ms[newer.series] = newer.t_ms
            self._value[newer.series] = newer.value
            self._state[newer.series] = None if newer.state is None else newer.state

    def newest(self, ask: Callable[[], Points]) -> Newest:
        """A copy; `ask` is what the store has, looked at the first time for the long silent."""
        if not self._filled:
            self.add(readings_of(self._network, ask()))
            self._filled = True
        with self._lock:
            return Newest(self._t_ms.copy(), self._value.copy(), self._state.copy())


def newest_of(network: Network, points: Points) -> Newest:
    """The store's answer about another run, as rows of this network."""
    book = LatestBook(network, lambda: 1 << 61)
    return book.newest(lambda: points)


def readings_of(network: Network, points: Points) -> ReadingBatch:
    """Stored points as readings; series that the network does not have are left out."""
    find = network.series.lookup.get
    names = (f"{s}:{q}" for s, q in zip(points.sensor, points.quantity, strict=True))
    rows = np.fromiter((find(name, -1) for name in names), np.int32, len(points))
    return ReadingBatch(rows, points.t_ms, points.value, points.state).take(rows >= 0)
