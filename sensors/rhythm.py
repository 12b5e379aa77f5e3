"""How often each of many places has its turn: every so many steps, with a phase of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Group:
    """Places of one interval: `ends[p]` to `ends[p + 1]` have their turn at phase p."""

    steps: int
    ends: tuple[int, ...]
    sizes: Ints

    def laps(self, step: int, ticks: int) -> Iterator[tuple[int, int]]:
        """Phases that are passed in so many steps from this one, without and after going round."""
        phase = step % self.steps
        while ticks > 0:
            last = min(phase + ticks, self.steps)
            yield phase, last
            phase, ticks = 0, ticks - (last - phase)


class Groups:
    """Places that come in order of interval and turn."""

    def __init__(self, places: Ints, interval: Ints, turn: Ints) -> None:
        self._places = places
        bounds = [0, *(np.flatnonzero(np.diff(interval)) + 1).tolist(), len(places)]
        parts = [slice(*pair) for pair in pairwise(bounds) if len(places)]
        self._groups = [_group(int(interval[one.start]), turn, one) for one in parts]

    def due(self, step: int, ticks: int) -> tuple[Ints, Ints]:
        """Whose turn it is in so many steps from this one, and at which of them; places that have
        several come step by step."""
        laps = [(one, *lap) for one in self._groups for lap in one.laps(step, ticks)]
        if not laps:
            return self._places[:0], self._places[:0]
        places = [self._places[one.ends[first] : one.ends[last]] for one, first, last in laps]
        sizes = np.concatenate([one.sizes[first:last] for one, first, last in laps])
        tick = np.tile(np.arange(ticks), len(self._groups))
        return np.concatenate(places), np.repeat(tick, sizes)


def _group(steps: int, turn: Ints, part: slice) -> Group:
    ends = part.start + np.searchsorted(turn[part], np.arange(steps + 1))
    return Group(steps, tuple(ends.tolist()), np.diff(ends))
