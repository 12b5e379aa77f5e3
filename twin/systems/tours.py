"""Guided groups that come to the junction by coach: a day's list from named chance."""

import math
from datetime import date
from functools import lru_cache

import numpy as np

from twin.arrays import Floats
from twin.clock import local_date
from twin.streams import stream
from twin.tick import Tick

_HOURS = (9.0, 17.0)


def arrivals(tick: Tick, per_day: float, size: tuple[float, float], weight: Floats) -> Floats:
    """Persons who arrive in groups at each sight within the step; `weight` chooses the sight."""
    found = np.zeros(len(weight))
    total = float(weight.sum())
    if total <= 0:
        return found
    edges = np.cumsum(weight) / total
    begin = tick.hour - tick.dt_s / 3600
    for hour, place, share in _tours(tick.seed, local_date(tick.t_ms), per_day):
        if begin < hour <= tick.hour:
            people = size[0] + share * (size[1] - size[0])
            found[int(np.searchsorted(edges, place))] += math.floor(people)
    return found


@lru_cache(maxsize=64)  # a pure function, asked at every step
def _tours(seed: int, day: date, per_day: float) -> tuple[tuple[float, float, float], ...]:
    """Local hour, place on 0..1 and size on 0..1 of each tour of this day."""
    rng = stream(seed, f"tours/{day}")
    rows = rng.random((int(rng.poisson(per_day)), 3))
    low, high = _HOURS
    return tuple((low + hour * (high - low), place, share) for hour, place, share in rows.tolist())
