"""The rhythm that forecasts know: quarters of an hour, hours, working and free days."""

from functools import cache

import numpy as np

from twin.arrays import Bools, Ints
from twin.calendar import day_kind
from twin.clock import DAY_MS, MINUTE_MS, local_date, local_midnight

STEP_MS = 15 * MINUTE_MS
SLOTS = DAY_MS // STEP_MS  # of a day
HOURS = 24


def slots(t_ms: Ints) -> Ints:
    """Which quarter hour of the Shanghai day, 0..95."""
    return (t_ms - local_midnight(t_ms)) // STEP_MS


def hours(t_ms: Ints) -> Ints:
    """Which hour of the Shanghai day, 0..23."""
    return slots(t_ms) * HOURS // SLOTS


def free_days(t_ms: Ints) -> Bools:
    """Whether most people are off work on the day of each time."""
    midnights = local_midnight(t_ms)
    first_ms, last_ms = int(midnights.min(initial=2**62)), int(midnights.max(initial=0))
    free = np.array([_free(day_ms) for day_ms in range(first_ms, last_ms + 1, DAY_MS)], np.bool_)
    return free[(midnights - first_ms) // DAY_MS]


@cache
def _free(midnight_ms: int) -> bool:
    return bool(day_kind(local_date(midnight_ms)).free)
