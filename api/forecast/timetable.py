"""The rhythm that forecasts know: quarters of an hour, hours, working and free days."""

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
    days, which = np.unique(local_midnight(t_ms), return_inverse=True)
    free = np.array([day_kind(local_date(day)).free for day in days.tolist()], np.bool_)
    return free[which]
