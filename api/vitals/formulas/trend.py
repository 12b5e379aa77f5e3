"""Slow change over 30 days with the effect of temperature taken out."""

from dataclasses import dataclass

import numpy as np

from api.vitals.ratio import ratio
from api.vitals.scene import Scene
from twin.arrays import Array, Bools, Floats
from twin.clock import DAY_MS, HOUR_MS

DAYS = 30
LEAST_DAYS = 10  # of history, or there is no trend yet
BASE_DAYS = 3  # whose mean is the start of the change


@dataclass(frozen=True, slots=True)
class Trend:
    """Per member: slope in units per 30 days, and last day minus first days; NaN too early."""

    slope_30d: Floats
    change: Floats


@dataclass(frozen=True, slots=True)
class Days:
    """Sums over the paired hours of each of the 30 days (oldest first), by members."""

    count: Floats
    y: Floats
    temperature: Floats

    @staticmethod
    def of(y: Floats, temperature: Floats) -> "Days":
        """Hours (oldest first, whole days) by members, NaN where nothing was read."""
        known = ~np.isnan(y) & ~np.isnan(temperature)
        return Days(
            _by_day(known.astype(np.float64)),
            _by_day(np.where(known, y, 0.0)),
            _by_day(np.where(known, temperature, 0.0)),
        )

    def with_hour(self, y: Floats, temperature: Floats) -> "Days":
        """One hour more on the last day."""
        known = ~np.isnan(y) & ~np.isnan(temperature)
        more = (
            known.astype(np.float64),
            np.where(known, y, 0.0),
            np.where(known, temperature, 0.0),
        )
        columns = [part.copy() for part in (self.count, self.y, self.temperature)]
        for column, one in zip(columns, more, strict=True):
            column[-1] += one
        return Days(*columns)


def fit(scene: Scene, role: str) -> Trend:
    """The trend of every member of a role, its temperature taken by the hour.

    What the closed hours give is remembered until one of them changes.
    """
    ring = scene.windows.rings["month"]
    believed = _believed_walls(scene)
    stamp = (ring.revision, scene.t_ms // HOUR_MS, believed.tobytes())
    kept: tuple[object, Days] | None = scene.memory.get(role)
    if kept is None or kept[0] != stamp:
        y = scene.bins(role, DAYS * DAY_MS, "month").means()
        y[-1] = np.nan
        closed = Days.of(y, _temperature(scene, role, believed, DAYS * DAY_MS))
        kept = scene.memory[role] = (stamp, closed)
    now = scene.bins(role, HOUR_MS, "month").means()
    warmth = _temperature(scene, role, believed, HOUR_MS)
    return solved(kept[1].with_hour(now[-1], warmth[-1]))


def trend(y: Floats, temperature: Floats) -> Trend:
    """Of hours (oldest first, 30 days) by members, NaN where nothing was read."""
    return solved(Days.of(y, temperature))


def solved(days: Days) -> Trend:
    """y = a + b * temperature + c * time by least squares over daily means of paired hours.

    Days weigh the same, so that live hours do not outweigh a history that came once a day.
    """
    there = days.count > 0
    daily, warmth = ratio(days.y, days.count), ratio(days.temperature, days.count)
    per_degree, slope = _solve(daily, warmth, there)
    rest = daily - per_degree * warmth
    enough = there.sum(axis=0) >= LEAST_DAYS
    return Trend(np.where(enough, slope, np.nan), np.where(enough, _change(rest, there), np.nan))


def _by_day(hours: Floats) -> Floats:
    total: Floats = hours.reshape(-1, 24, hours.shape[1]).sum(axis=1)
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


def _believed_walls(scene: Scene) -> Bools:
    if not scene.has("temperature"):
        return np.ones(0, bool)
    believed: Bools = scene.windows.believed[scene.members["temperature"].sensor]
    return believed


def _temperature(scene: Scene, role: str, believed: Bools, span_ms: int) -> Floats:
    """By hours and members of the role: the building's own wall temperature, elsewhere the mean
    of all walls; 0 without walls."""
    members = scene.members[role]
    if not scene.has("temperature"):
        return np.zeros((span_ms // HOUR_MS, len(members.series)))
    walls = scene.members["temperature"]
    means = scene.bins("temperature", span_ms, "month").means()
    means[:, ~believed] = np.nan
    place = np.full(scene.size, -1)
    place[walls.entity] = np.arange(len(walls.entity))
    own = np.concatenate([means, _row_means(means)[:, None]], axis=1)  # the last: all walls
    at_members: Array = own[:, place[members.entity]]
    return np.where(np.isnan(at_members), own[:, -1:], at_members)


def _row_means(values: Floats) -> Floats:
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1))
