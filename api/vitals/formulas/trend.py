"""Slow change over 30 days with the effect of temperature taken out."""

from dataclasses import dataclass

import numpy as np

from api.vitals.ratio import ratio
from api.vitals.scene import Scene
from twin.arrays import Array, Bools, Floats
from twin.clock import DAY_MS

DAYS = 30
LEAST_DAYS = 10  # of history, or there is no trend yet
BASE_DAYS = 3  # whose mean is the start of the change


@dataclass(frozen=True, slots=True)
class Trend:
    """Per member: slope in units per 30 days, and last day minus first days; NaN too early."""

    slope_30d: Floats
    change: Floats


def fit(scene: Scene, role: str) -> Trend:
    """The trend of every member of a role, its temperature taken by the hour."""
    y = scene.bins(role, DAYS * DAY_MS, "month").means()
    return trend(y, _temperature(scene, role, y.shape))


def trend(y: Floats, temperature: Floats) -> Trend:
    """y = a + b * temperature + c * time by least squares over daily means of paired hours.

    Hours (oldest first, 30 days) by members, NaN where nothing was read. Days weigh the same,
    so that live hours do not outweigh a history that came once a day.
    """
    known = ~np.isnan(y) & ~np.isnan(temperature)
    count = _by_day(known.astype(np.float64))
    daily = ratio(_by_day(np.where(known, y, 0.0)), count)
    warmth = ratio(_by_day(np.where(known, temperature, 0.0)), count)
    there = count > 0
    per_degree, slope = _solve(daily, warmth, there)
    rest = daily - per_degree * warmth
    enough = there.sum(axis=0) >= LEAST_DAYS
    return Trend(np.where(enough, slope, np.nan), np.where(enough, _change(rest, there), np.nan))


def _by_day(hours: Floats) -> Floats:
    total: Floats = hours.reshape(DAYS, 24, -1).sum(axis=1)
    return total


def _solve(y: Floats, temperature: Floats, there: Bools) -> tuple[Floats, Floats]:
    """Effect per °C and slope per 30 days of each column.

    A trace of ridge keeps a constant temperature from being singular: it then has no effect.
    """
    time = np.broadcast_to((np.arange(DAYS) / DAYS - 0.5)[:, None], y.shape)
    t, s, v = (_centred(values, there) for values in (temperature, time, y))
    tt, ts, ss = (t * t).sum(axis=0) + 1e-6, (t * s).sum(axis=0), (s * s).sum(axis=0) + 1e-9
    tv, sv = (t * v).sum(axis=0), (s * v).sum(axis=0)
    size = tt * ss - ts * ts
    return (tv * ss - sv * ts) / size, (sv * tt - tv * ts) / size


def _centred(values: Floats, there: Bools) -> Floats:
    """Minus the column's mean; 0 where there is nothing."""
    kept = np.where(there, values, 0.0)
    mean = kept.sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return np.where(there, kept - mean, 0.0)


def _change(rest: Floats, there: Bools) -> Floats:
    """Last day minus the mean of the first days that have data."""
    early = there & (np.cumsum(there, axis=0) <= BASE_DAYS)
    base = np.where(early, rest, 0.0).sum(axis=0) / np.maximum(early.sum(axis=0), 1)
    return np.where(there[-1], rest[-1] - base, np.nan)


def _temperature(scene: Scene, role: str, shape: tuple[int, ...]) -> Floats:
    """The building's own wall temperature, elsewhere the mean of all walls; 0 without walls."""
    if not scene.has("temperature"):
        return np.zeros(shape)
    walls = scene.members["temperature"]
    means = scene.bins("temperature", DAYS * DAY_MS, "month").means()
    means[:, ~scene.windows.believed[walls.sensor]] = np.nan
    own = np.full((shape[0], scene.size), np.nan)
    own[:, walls.entity] = means
    own = np.where(np.isnan(own), _row_means(means)[:, None], own)
    at_members: Array = own[:, scene.members[role].entity]
    return at_members


def _row_means(values: Floats) -> Floats:
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1))
