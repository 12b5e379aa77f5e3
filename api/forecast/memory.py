"""The newest rows of the grid, as many as a forecast may learn from."""

import numpy as np

from api.forecast.grid import Grid
from api.forecast.timetable import SLOTS, STEP_MS
from twin.arrays import Floats
from twin.clock import DAY_MS


class Memory:
    """Rows by time from `start_ms` on, a local midnight; old days make room for new ones."""

    def __init__(self, start_ms: int, days: int, width: int) -> None:
        """Room for so many days before the present one."""
        self._start_ms = start_ms
        self._values = np.full(((days + 1) * SLOTS, width), np.nan, np.float32)
        self._end_ms = start_ms

    @property
    def end_ms(self) -> int:
        """Just after the newest row."""
        return self._end_ms

    @property
    def grid(self) -> Grid:
        """A copy of what is there."""
        rows = (self._end_ms - self._start_ms) // STEP_MS
        return Grid(self._start_ms, self._values[:rows].astype(np.float64))

    def put(self, t_ms: int, row: Floats) -> None:
        """A row at a multiple of the step; ValueError when it lies before the first day."""
        place = (t_ms - self._start_ms) // STEP_MS
        if place < 0:
            raise ValueError(f"{t_ms} lies before {self._start_ms}")
        if place >= len(self._values):
            place -= self._forget(place - len(self._values) + 1)
        self._values[place] = row
        self._end_ms = max(self._end_ms, t_ms + STEP_MS)

    def _forget(self, rows: int) -> int:
        """Let the oldest whole days go, at least so many rows; how many they were."""
        gone = -(-rows // SLOTS) * SLOTS
        kept = self._values[gone:].copy()
        self._values[: len(kept)], self._values[len(kept) :] = kept, np.nan
        self._start_ms += gone // SLOTS * DAY_MS
        return gone
