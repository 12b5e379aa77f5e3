"""Small pure steps on reading columns before they go into a table."""

import numpy as np

from sensors.reading import ReadingBatch
from twin.arrays import Array, Bools, Index, Ints

_NEVER = np.iinfo(np.int64).min


def last_of_each(*keys: Array) -> Bools:
    """True at the last of the rows that have equal keys."""
    order = np.lexsort(keys)  # stable: equal keys stay in the order of arrival
    same = np.ones(len(order) - 1, np.bool_) if len(order) else np.zeros(0, np.bool_)
    for key in keys:
        same &= key[order[1:]] == key[order[:-1]]
    last = np.ones(len(order), np.bool_)
    last[order[:-1]] = ~same
    return last


def state_codes(batch: ReadingBatch) -> tuple[Index, list[str]]:
    """States as positions in a short list of names, -1 where there is none."""
    codes = np.full(len(batch), -1, np.int32)
    if batch.state is None:
        return codes, []
    stated = np.flatnonzero(batch.state != None)  # noqa: E711 - elementwise
    names, found = np.unique(batch.state[stated].astype(str), return_inverse=True)
    codes[stated] = found
    return codes, [str(name) for name in names]


class Newest:
    """The newest time per series, to tell new points from such as may replace old ones."""

    def __init__(self, series: Ints, t_ms: Ints) -> None:
        self._t_ms = np.full(int(series.max(initial=-1)) + 1, _NEVER, np.int64)
        self._t_ms[series] = t_ms

    def is_late(self, series: Index, t_ms: Ints) -> Bools:
        """True where the series already has a point at this time or after it."""
        self._grow(series)
        late: Bools = t_ms <= self._t_ms[series]
        return late

    def advance(self, series: Index, t_ms: Ints) -> None:
        """Take note of points that are now stored."""
        self._grow(series)
        np.maximum.at(self._t_ms, series, t_ms)

    def _grow(self, series: Index) -> None:
        missing = int(series.max(initial=-1)) + 1 - len(self._t_ms)
        if missing > 0:
            self._t_ms = np.concatenate([self._t_ms, np.full(missing, _NEVER, np.int64)])
