"""The week of a street as real counters saw it, and how far a day strays from the usual one."""

import math
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated

import numpy as np
from pydantic import Field

from twin.calendar import DayKind
from twin.config import Table
from twin.profiles import Hourly, NotNegative, hourly
from twin.streams import stream

Keep = Annotated[float, Field(ge=0, lt=1)]
_MEMORY_DAYS = 14  # what a day remembers; 0.7^14 is below 1 %


class WeekShape(Table):
    """Flow by hour as a share of the busiest usual hour from Monday to Thursday.

    Days off take Sunday's hours, make-up working days Monday's. day_sd and hour_sd are standard
    deviations of the logarithm around the usual day and hour, day_keep and hour_keep how much of
    a deviation is left a day and an hour later.
    """

    workday: Hourly
    friday: Hourly
    saturday: Hourly
    sunday: Hourly
    day_sd: NotNegative
    day_keep: Keep
    hour_sd: NotNegative
    hour_keep: Keep

    def at(self, kind: DayKind, hour: float) -> float:
        """Share of the busiest usual hour at this local hour of such a day."""
        return hourly(getattr(self, _SHAPE_OF.get(kind, "sunday")), hour)


_SHAPE_OF = {
    DayKind.WEEKDAY: "workday",
    DayKind.MAKEUP: "workday",
    DayKind.FRIDAY: "friday",
    DayKind.SATURDAY: "saturday",
}


def day_factor(seed: int, name: str, day: date, sd: float, keep: float) -> float:
    """Lognormal factor of this day with mean 1; `keep` is the correlation of neighbouring days.

    An AR(1) over days written as a sum over the shocks of the last two weeks, so it has no state.
    """
    return math.exp(sd * _day_z(seed, name, day, keep) - sd * sd / 2)


@lru_cache(maxsize=4096)  # a pure function, asked at every step
def _day_z(seed: int, name: str, day: date, keep: float) -> float:
    ages = range(_MEMORY_DAYS)
    shocks = [_shock(seed, name, day - timedelta(days=age)) for age in ages]
    weights = keep ** np.arange(_MEMORY_DAYS)
    return float(np.dot(weights, shocks) / math.sqrt(float(weights @ weights)))


@lru_cache(maxsize=4096)
def _shock(seed: int, name: str, day: date) -> float:
    return float(stream(seed, f"{name}/day/{day}").standard_normal())
