"""How far a sign can be relied on: (1 - missing share) x median trust of the neurons behind it."""

from collections.abc import Sequence

import numpy as np

from api.vitals.ratio import ratio
from api.vitals.sign import Roster
from twin.arrays import Floats, Ints


class Confidence:
    """The neurons behind all entities of several rosters, judged in one go."""

    def __init__(self, rosters: Sequence[Roster]) -> None:
        sizes = [np.diff(roster.starts) for roster in rosters]
        self._sensors = np.concatenate([np.empty(0, np.int32), *(one.sensors for one in rosters)])
        self._size: Ints = np.concatenate([np.empty(0, np.int64), *sizes])
        self._group = np.repeat(np.arange(len(self._size)), self._size)
        self._starts = np.cumsum(self._size) - self._size
        self._kept: tuple[Floats, list[Floats]] | None = None
        self._cuts = np.cumsum([len(one) for one in rosters])[:-1]

    def of(self, trust: Floats) -> list[Floats]:
        """Per roster and entity, 0..1; `trust` per neuron, 0 for one that says nothing usable.

        Entities without neurons (asked of the map or of cases) are sure of themselves.
        """
        mine = trust[self._sensors]
        if self._kept is not None and np.array_equal(self._kept[0], mine):
            return self._kept[1]  # trust seldom changes from one step to the next
        self._kept = mine, np.split(self._judged(mine), self._cuts)
        return self._kept[1]

    def _judged(self, mine: Floats) -> Floats:
        silent = np.bincount(self._group[mine <= 0], minlength=len(self._size))
        speaking = self._size - silent
        ranked = np.sort(self._group + 0.5 * mine, kind="stable")
        low = np.minimum(self._starts + silent + np.maximum(speaking - 1, 0) // 2, self._last)
        high = np.minimum(self._starts + silent + speaking // 2, self._last)
        high = np.where(speaking > 0, np.minimum(high, self._starts + self._size - 1), high)
        median = _back(ranked, low, self._size) + _back(ranked, high, self._size)
        share = np.where(self._size > 0, ratio(speaking, self._size, 0.0), 1.0)
        known: Floats = share * np.where(speaking > 0, median, 0.0)
        return np.where(self._size > 0, known, 1.0)

    @property
    def _last(self) -> int:
        return max(0, len(self._sensors) - 1)


def _back(ranked: Floats, place: Ints, size: Ints) -> Floats:
    """Half the trust at a rank: what lies above the number of its group."""
    if not len(ranked):
        return np.zeros(len(size))
    return ranked[place] - np.arange(len(size))
