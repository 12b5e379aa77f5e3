"""A ring of time bins for many series at once."""

from dataclasses import dataclass

import numpy as np

from api.vitals.ratio import ratio
from twin.arrays import Array, Floats, Index, Ints

PARTS = 60  # a bin counts at most one reading per sixtieth: duplicates do not count twice


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins by series, oldest bin first; a view that is read when asked."""

    ring: "Ring"
    cells: Ints

    @property
    def total(self) -> Floats:
        """Sum of the readings of each bin."""
        return self.ring.sums[self.cells]

    @property
    def count(self) -> Ints:
        """Number of readings of each bin."""
        return self.ring.counts[self.cells]

    @property
    def low(self) -> Floats:
        """Lowest reading, inf where there is none."""
        return self.ring.lows[self.cells]

    @property
    def high(self) -> Floats:
        """Highest reading, -inf where there is none."""
        return self.ring.highs[self.cells]

    def means(self) -> Floats:
        """Mean of each bin, NaN where it is empty."""
        return ratio(self.total, self.count)


class Ring:
    """The last `depth` bins of `step_ms` for some series of the network.

    Late and out-of-order readings still reach their bin while it is in the ring. A reading in
    the same sixtieth of a bin as an earlier one (1 s of a minute, 1 min of an hour) is taken
    for its duplicate.
    """

    def __init__(self, series: Ints, series_count: int, step_ms: int, depth: int) -> None:
        self.step_ms, self.depth, self.width = step_ms, depth, len(series)
        self.slot_of: Index = np.full(series_count, -1, np.int32)
        self.slot_of[series] = np.arange(self.width, dtype=np.int32)
        cells = depth * self.width
        self._newest: int | None = None
        self._seen = np.zeros(cells, np.uint64)
        self.counts: Ints = np.zeros(cells, np.int64)
        self.sums: Floats = np.zeros(cells)
        self.lows: Floats = np.full(cells, np.inf)
        self.highs: Floats = np.full(cells, -np.inf)

    def add(self, series: Index, t_ms: Ints, value: Floats) -> None:
        """Put readings into their bins; those older than the ring are dropped."""
        slot = self.slot_of[series]
        mine = slot >= 0
        if not mine.any():
            return
        slot, t_ms, value = slot[mine], t_ms[mine], value[mine]
        bins = t_ms // self.step_ms
        self.advance(int(bins.max()))
        place = (bins % self.depth) * self.width + slot
        part = (t_ms % self.step_ms) * PARTS // self.step_ms
        keep = self._fresh(bins, place, part)
        self._put(place[keep], part[keep], value[keep])

    def advance(self, newest: int) -> None:
        """Make `newest` (a bin number) the newest bin at least; what it overtakes is emptied."""
        if self._newest is None:
            self._newest = newest
            return
        stale = np.arange(self._newest + 1, min(newest, self._newest + self.depth) + 1)
        for cells, empty in self._columns():
            cells.reshape(self.depth, self.width)[stale % self.depth] = empty
        self._newest = max(newest, self._newest)

    def view(self, series: Index, t_ms: int, length: int) -> Bins:
        """The `length` bins up to the one that holds t_ms, for these series of the ring."""
        if length > self.depth:
            raise ValueError(f"{length} bins asked of a ring of {self.depth}")
        last = t_ms // self.step_ms
        bins = np.arange(last - length + 1, last + 1) % self.depth
        cells = bins[:, None] * self.width + self.slot_of[series]
        return Bins(self, cells)

    def _fresh(self, bins: Ints, place: Ints, part: Ints) -> Ints:
        """Positions of the first reading of each sixtieth that is still in the ring."""
        assert self._newest is not None
        _, first = np.unique(place * PARTS + part, return_index=True)
        taken = (self._seen[place[first]] >> part[first].astype(np.uint64)) & np.uint64(1)
        fresh: Ints = first[(taken == 0) & (bins[first] > self._newest - self.depth)]
        return fresh

    def _put(self, place: Ints, part: Ints, value: Array) -> None:
        np.bitwise_or.at(self._seen, place, np.uint64(1) << part.astype(np.uint64))
        np.add.at(self.counts, place, 1)
        np.add.at(self.sums, place, value)
        np.minimum.at(self.lows, place, value)
        np.maximum.at(self.highs, place, value)

    def _columns(self) -> tuple[tuple[Array, float], ...]:
        return (
            (self._seen, 0),
            (self.counts, 0),
            (self.sums, 0),
            (self.lows, np.inf),
            (self.highs, -np.inf),
        )
