"""The past of the vital signs from the store: the first minute of each quarter of an hour."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from api.forecast.grid import Grid, Layout
from api.forecast.timetable import STEP_MS
from api.vitals.sign import Key
from sensors.store.base import VitalRows, VitalSpan
from twin.arrays import Floats
from twin.clock import MINUTE_MS


class VitalMinutes(Protocol):
    """What is needed of the store."""

    def minutes(self, run: str, start_ms: int, end_ms: int) -> VitalRows: ...

    def vital_span(self, run: str) -> VitalSpan: ...


def stored_rows(
    store: VitalMinutes, run: str, layout: Layout, start_ms: int, end_ms: int
) -> Iterator[tuple[int, Floats]]:
    """Time and numbers of each quarter of an hour in [start, end) that the store has.

    Both are multiples of the step. Raises StoreUnavailable.
    """
    first_ms = store.vital_span(run).first_minute_ms
    if first_ms is None:
        return
    shelf = Shelf(layout)
    for t_ms in range(max(start_ms, first_ms // STEP_MS * STEP_MS), end_ms, STEP_MS):
        rows = store.minutes(run, t_ms, t_ms + MINUTE_MS)
        if not len(rows):  # the step was skipped: whatever came next stands for it
            rows = store.minutes(run, t_ms + MINUTE_MS, t_ms + STEP_MS)
        if len(rows):
            yield t_ms, shelf.row(rows)


def stored_grid(store: VitalMinutes, run: str, layout: Layout, start_ms: int, end_ms: int) -> Grid:
    """All of it as a grid from `start_ms`, or from the first row if that is later."""
    found = dict(stored_rows(store, run, layout, start_ms, end_ms))
    if not found:
        return Grid(start_ms, np.empty((0, layout.width)))
    first, last = min(found), max(found)
    values = np.full(((last - first) // STEP_MS + 1, layout.width), np.nan)
    for t_ms, row in found.items():
        values[(t_ms - first) // STEP_MS] = row
    return Grid(first, values)


class Shelf:
    """Puts rows of the store into the columns of a layout."""

    def __init__(self, layout: Layout) -> None:
        self._width, self._measured = layout.width, layout.measured
        self._column: dict[tuple[Key, str], int] = {
            (key, entity): layout.starts[key] + place
            for key in layout.keys
            for place, entity in enumerate(layout.entities[key])
        }

    def row(self, rows: VitalRows) -> Floats:
        """The earliest number of each series, NaN where there is none."""
        out = np.full(self._width, np.nan)
        taken: set[int] = set()
        for at in np.argsort(rows.t_ms, kind="stable").tolist():
            key = rows.indicator[at], rows.level[at]
            column = self._column.get((key, rows.entity[at]))
            if column is None or column in taken:
                continue
            taken.add(column)
            out[column] = rows.value[at] if key in self._measured else rows.score[at]
        return out
