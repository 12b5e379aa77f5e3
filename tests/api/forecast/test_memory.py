"""Rows are kept for as many days as can be learnt from, and no longer."""

import numpy as np
import pytest
from support.pastseries import MONDAY_MS

from api.forecast.memory import Memory
from api.forecast.timetable import SLOTS, STEP_MS
from twin.clock import DAY_MS


def filled(days: int) -> Memory:
    memory = Memory(MONDAY_MS, 2, 1)
    for row in range(days * SLOTS):
        memory.put(MONDAY_MS + row * STEP_MS, np.array([float(row)]))
    return memory


def test_rows_come_back_at_their_times() -> None:
    grid = filled(2).grid
    assert (grid.first_ms, grid.end_ms) == (MONDAY_MS, MONDAY_MS + 2 * DAY_MS)
    assert grid.values[:, 0].tolist() == list(range(2 * SLOTS))


def test_old_days_make_room_and_two_whole_days_are_always_there() -> None:
    memory = filled(3)
    memory.put(MONDAY_MS + 3 * DAY_MS, np.array([-1.0]))
    grid = memory.grid
    assert grid.first_ms == MONDAY_MS + DAY_MS
    assert grid.values[:, 0].tolist() == [*range(SLOTS, 3 * SLOTS), -1.0]


def test_a_gap_is_unknown() -> None:
    memory = Memory(MONDAY_MS, 2, 1)
    memory.put(MONDAY_MS + 2 * STEP_MS, np.array([7.0]))
    assert np.isnan(memory.grid.values[:2]).all()


def test_a_leap_over_everything_forgets_everything() -> None:
    memory = filled(1)
    memory.put(MONDAY_MS + 30 * DAY_MS, np.array([5.0]))
    grid = memory.grid
    assert grid.values[-1, 0] == 5.0
    assert np.isnan(grid.values[:-1]).all()


def test_a_row_before_the_first_day_is_refused() -> None:
    with pytest.raises(ValueError, match="lies before"):
        filled(1).put(MONDAY_MS - STEP_MS, np.array([1.0]))
