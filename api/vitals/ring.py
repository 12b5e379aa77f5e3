"""A ring of time bins for many series at once."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Array, Floats, Index, Ints

PARTS = 60  # a bin counts at most one reading per sixtieth: duplicates do not count twice


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins by series, oldest bin first; a view that is read when asked."""

    ring: "Ring"
    bins: Ints
    slots: Index

    @property
    def total(self) -> Floats:
        """Sum of the readings of each bin."""
        sums: Ints = self.ring.sums[self.bins[:, None], self.slots]
        return sums * self.ring.quantum[self.slots]

    @property
    def count(self) -> Ints:
        """Number of readings of each bin."""
        counts: Ints = self.ring.counts[self.bins[:, None], self.slots]
        return counts

    @property
    def low(self) -> Floats:
        """Lowest reading, inf where there is none."""
        lows: Floats = self.ring.lows[self.bins[:, None], self.slots]
        return lows

    @property
    def high(self) -> Floats:
        """Highest reading, -inf where there is none."""
        highs: Floats = self.ring.highs[self.bins[:, None], self.slots]
        return highs

    def means(self) -> Floats:
        """Mean of each bin, NaN where it is empty."""
        means: Floats = self.ring.means[self.bins[:, None], self.slots]
        return means


class Ring:
    """The last `depth` bins of `step_ms` for some series of the network.

    Late and out-of-order readings still reach their bin while it is in the ring. A reading in
    the same sixtieth of a bin as an earlier one (1 s of a minute, 1 min of an hour) is taken
    for its duplicate. Sums are counted in whole `quantum` (one per series), so that the order
    in which readings come cannot change a single bit of them.
    """

    def __init__(
        self, series: Ints, series_count: int, step_ms: int, depth: int, quantum: Floats
    ) -> None:
        self.step_ms, self.depth, self.width = step_ms, depth, len(series)
        self.slot_of: Index = np.full(series_count, -1, np.int32)
        self.slot_of[series] = np.arange(self.width, dtype=np.int32)
        self.quantum = quantum[series]
        shape = (depth, self.width)
        self._newest: int | None = None
        self.revision = 0  # grows when anything but the newest bin changes
        self._seen = np.zeros(shape, np.uint64)
        self.counts: Ints = np.zeros(shape, np.int64)
        self.sums: Ints = np.zeros(shape, np.int64)
        self.means: Floats = np.full(shape, np.nan)
        self.lows: Floats = np.full(shape, np.inf)
        self.highs: Floats = np.full(shape, -np.inf)

    def add(self, series: Index, t_ms: Ints, value: Floats) -> None:
        """Put readings into their bins; those older than the ring are dropped."""
        slot = self.slot_of[series]
        mine = slot >= 0
        if not mine.any():
            return
        slot, t_ms, value = slot[mine], t_ms[mine], value[mine]
        bins = t_ms // self.step_ms
        self.advance(int(bins.max()))
        assert self._newest is not None
        young = bins > self._newest - self.depth  # an older one would share a place with a newer
        slot, t_ms, value, bins = slot[young], t_ms[young], value[young], bins[young]
        place = (bins % self.depth) * self.width + slot
        part = (t_ms % self.step_ms) * PARTS // self.step_ms
        keep = self._fresh(place, part)
        if (bins != self._newest).any():
            self.revision += 1
        self._put(place[keep], part[keep], slot[keep], value[keep])

    def advance(self, newest: int) -> None:
        """Make `newest` (a bin number) the newest bin at least; what it overtakes is emptied."""
        if self._newest is None:
            self._newest = newest
            return
        stale = np.arange(self._newest + 1, min(newest, self._newest + self.depth) + 1)
        if len(stale):
            self.revision += 1
            for cells, empty in self._columns():
                cells[stale % self.depth] = empty
        self._newest = max(newest, self._newest)

    def view(self, series: Index, t_ms: int, length: int) -> Bins:
        """The `length` bins up to the one that holds t_ms, for these series of the ring."""
        if length > self.depth:
            raise ValueError(f"{length} bins asked of a ring of {self.depth}")
        last = t_ms // self.step_ms
        bins = np.arange(last - length + 1, last + 1) % self.depth
        return Bins(self, bins, self.slot_of[series])

    def _fresh(self, place: Ints, part: Ints) -> Ints:
        """Positions of the first reading of each sixtieth."""
        _, first = np.unique(place * PARTS + part, return_index=True)
        seen = self._seen.reshape(-1)[place[first]]
        taken = (seen >> part[first].astype(np.uint64)) & np.uint64(1)
        fresh: Ints = first[taken == 0]
        return fresh

    def _put(self, place: Ints, part: Ints, slot: Index, value: Array) -> None:
        counts, sums = self.counts.reshape(-1), self.sums.reshape(-1)
        np.bitwise_or.at(self._seen.reshape(-1), place, np.uint64(1) << part.astype(np.uint64))
        np.add.at(counts, place, 1)
        np.add.at(sums, place, np.rint(value / self.quantum[slot]).astype(np.int64))
        np.minimum.at(self.lows.reshape(-1), place, value)
        np.maximum.at(self.highs.reshape(-1), place, value)
        self.means.reshape(-1)[place] = sums[place] * self.quantum[slot] / counts[place]

    def _columns(self) -> tuple[tuple[Array, float], ...]:
        return (
            (self._seen, 0),
            (self.counts, 0),
            (self.sums, 0),
            (self.means, np.nan),
            (self.lows, np.inf),
            (self.highs, -np.inf),
        )
