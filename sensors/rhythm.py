"""How often each of many places has its turn: every so many steps, with a phase of its own."""

from itertools import pairwise

import numpy as np

from twin.arrays import Array, Bools, Ints

Rows = slice | Ints  # neighbours as a slice: their columns are seen, not copied


def neighbours(rows: Ints) -> Rows:
    """Rows in order without gaps as a slice."""
    if not len(rows):
        return rows
    first, last = int(rows[0]), int(rows[-1])
    together = last - first == len(rows) - 1 and bool((rows[1:] > rows[:-1]).all())
    return slice(first, last + 1) if together else rows


class Rhythm:
    """Steps count from 1970. Many places share few intervals, so few numbers are divided."""

    def __init__(self, interval: Ints, phase: Ints) -> None:
        """Per place, in steps."""
        self._intervals, self._kind = np.unique(interval, return_inverse=True)
        self._turn, self._past = phase % interval, phase // interval

    def turns(self, places: Rows, tick: Ints | None, steps: Ints) -> Bools:
        """Whose turn it is at one of the `steps`: `tick` says at which, the first without it."""
        rest = np.mod(steps[:, None], self._intervals).ravel()
        turns: Bools = rest[self._at(places, tick)] == self._turn[places]
        return turns

    def count(self, places: Rows, tick: Ints | None, steps: Ints) -> Ints:
        """How many turns each place has had by then since its phase."""
        laps, rest = np.divmod(steps[:, None], self._intervals)
        at = self._at(places, tick)
        count: Ints = laps.ravel()[at] - self._past[places]
        count -= rest.ravel()[at] < self._turn[places]
        return count

    def _at(self, places: Rows, tick: Ints | None) -> Array:
        kind: Array = self._kind[places]
        return kind if tick is None else kind + tick * len(self._intervals)


class Groups:
    """Rows that come in order of interval and turn: those of one turn are neighbours."""

    def __init__(self, interval: Ints, turn: Ints) -> None:
        """Intervals and turns in steps; they may start again."""
        new = (interval[1:] != interval[:-1]) | (turn[1:] < turn[:-1])
        starts = np.flatnonzero(np.concatenate(([True], new)))
        starts = starts[: len(interval)]
        self._steps = interval[starts]
        phases = [np.arange(steps + 1) for steps in self._steps.tolist()]
        bounds = [*starts.tolist(), len(interval)]
        parts = [slice(first, last) for first, last in pairwise(bounds)]
        ends = [
            part.start + np.searchsorted(turn[part], phase)
            for part, phase in zip(parts, phases, strict=True)
        ]
        self._ends = np.concatenate(ends) if ends else np.zeros(1, np.int64)
        self._first = np.cumsum([0, *map(len, ends)])[:-1]  # of each interval's ends

    def due(self, step: int, ticks: int) -> tuple[Ints, Ints]:
        """Whose turn it is in so many steps from this one, and at which of them; rows that have
        several come step by step."""
        phase = (step + np.arange(ticks)) % self._steps[:, None]
        at = phase + self._first[:, None]
        starts = self._ends[at].ravel()
        sizes = self._ends[at + 1].ravel() - starts
        ends = sizes.cumsum()
        rows = np.arange(sizes.sum()) + np.repeat(starts - ends + sizes, sizes)
        return rows, np.repeat(np.arange(len(sizes)) % ticks, sizes)
