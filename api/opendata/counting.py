"""Counts by zone and hour, from the counters' readings in the store."""

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from api.opendata.rules import Count
from api.vitals.members import series_of
from sensors.network import Network
from sensors.reading import ReadingBatch
from twin.arrays import Floats
from twin.clock import HOUR_MS


class Readings(Protocol):
    """What counting needs of a store."""

    def scan(
        self, run: str, network: Network, kinds: Sequence[str] | None, start_ms: int, end_ms: int
    ) -> Iterator[ReadingBatch]: ...


class HourCounts:
    """Sums of finished hours; an hour is counted once and kept."""

    def __init__(
        self, run: str, store: Readings, network: Network, counts: Sequence[Count]
    ) -> None:
        self._run, self._store, self._network, self._counts = run, store, network, counts
        self._kept: dict[int, Floats] = {}
        self._lock = threading.Lock()
        self._column = np.full(len(network.series), -1, np.int64)  # which count a series is in
        for column, count in enumerate(counts):
            for name in count.of:
                self._column[series_of(network, name)] = column

    def hours(self, now_ms: int, count: int) -> dict[int, Floats]:
        """Start of hour -> counts by zone (rows) and kind of count (columns), oldest first.

        NaN where no counter of the zone was heard in that hour. Raises StoreUnavailable.
        """
        end_ms = now_ms // HOUR_MS * HOUR_MS
        wanted = range(end_ms - count * HOUR_MS, end_ms, HOUR_MS)
        with self._lock:
            missing = [hour for hour in wanted if hour not in self._kept]
            if missing:
                self._kept |= self._count(missing[0], end_ms)
            self._kept = {hour: self._kept[hour] for hour in wanted}
            return dict(self._kept)

    def _count(self, start_ms: int, end_ms: int) -> dict[int, Floats]:
        zones, columns = len(self._network.zone_ids), len(self._counts)
        hours = (end_ms - start_ms) // HOUR_MS
        total = np.zeros(hours * zones * columns)
        heard = np.zeros(hours * zones * columns, np.int64)
        kinds = sorted({name.split(".")[0] for count in self._counts for name in count.of})
        for batch in self._store.scan(self._run, self._network, kinds, start_ms, end_ms):
            column = self._column[batch.series]
            known = (column >= 0) & ~np.isnan(batch.value)
            hour = (batch.t_ms - start_ms) // HOUR_MS
            zone = self._network.series.zone[batch.series]
            cell = ((hour * zones + zone) * columns + column)[known]
            total += np.bincount(cell, batch.value[known], len(total))
            heard += np.bincount(cell, minlength=len(heard))
        sums = np.where(heard > 0, total, np.nan).reshape(hours, zones, columns)
        return {start_ms + hour * HOUR_MS: sums[hour] for hour in range(hours)}
