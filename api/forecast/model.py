"""One model for one vital sign at one level: usual course + regressed anomaly + own errors.

values ─► scale (log or not) ─► season ─► anomaly ─► features ─► ridge ─► centre
                                                        errors by hour of the day ─► quantiles
"""

from dataclasses import dataclass

import numpy as np

from api.forecast import features, ridge
from api.forecast.drivers import Pushes
from api.forecast.features import Track, Units
from api.forecast.residuals import hourly_quantiles, smoothed
from api.forecast.scale import Scale
from api.forecast.season import Season, by_day, course_without_itself
from api.forecast.timetable import SLOTS, STEP_MS, free_days, hours
from api.forecast.widening import Widening
from twin.arrays import Floats, Ints

FREE, HELD = 1e-3, 0.3  # how much persistence counts beside what was seen (design choice)


@dataclass(frozen=True, slots=True)
class Method:
    """How to model: the usual course of a day or one level, on a log scale, with the drivers,
    held near persistence."""

    seasonal: bool
    logged: bool
    driven: bool = False
    held: bool = False

    @property
    def name(self) -> str:
        usual = "season" if self.seasonal else "level"
        drivers = " + drivers" if self.driven else ""
        near = ", near persistence" if self.held else ""
        return f"{usual} + anomaly{drivers}{', log scale' if self.logged else ''}{near}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of STEP_MS from `first_ms`: values by series, and what drives them by driver."""

    first_ms: int
    values: Floats
    drivers: Floats

    @property
    def t_ms(self) -> Ints:
        return self.times(0)

    def times(self, beyond: int) -> Ints:
        """Of the rows and of so many after them."""
        return self.first_ms + STEP_MS * np.arange(len(self.values) + beyond, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was learnt from the rows before `until_ms`.

    slopes   by lead, series and feature
    remains  by lead and kind of excess: how much of it stays
    errors   by lead, hour, series and level, in units of each series
    widening what a trial showed that intervals must be wider by
    """

    method: Method
    until_ms: int
    leads: tuple[int, ...]
    scale: Scale
    season: Season
    units: Units
    pushes: Pushes
    slopes: Floats
    remains: Floats
    errors: Floats
    widening: Widening

    def track(self, past: Stretch) -> Track:
        """Features of the rows of `past`, which need a day before the first origin."""
        course = self.season.at(past.times(max(self.leads)))
        values = self.scale.forth(past.values)
        return Track.of(values, course, self.pushes.of(past.drivers), self.units)

    def quantiles(self, past: Stretch, track: Track, origin: Ints, lead: Ints) -> Floats:
        """By pair of origin row and lead number, series and level; NaN without a present
        value, or on a kind of day that is not familiar.
        """
        target = origin + np.asarray(self.leads)[lead]
        push = (features.features(track, origin, target) * self.slopes[lead]).sum(axis=-1)
        push += (features.excesses(track, origin) * self.remains[lead, None]).sum(axis=-1)
        centre = (track.own[target] + push) * self.units.spread
        then_ms = past.first_ms + STEP_MS * target
        around = self.errors[lead, hours(then_ms)] * self.units.spread[:, None]
        found = self.widening.of(self.scale.back(centre[..., None] + around), lead)
        found = self.scale.within(found, past.values[origin])
        known = track.known[origin] & self.season.familiar(then_ms)[:, None]
        return np.where(known[..., None], found, np.nan)


def fit(past: Stretch, method: Method, leads: tuple[int, ...]) -> Fitted:
    """Learn from whole days; nothing but `past` is looked at."""
    scale = Scale.of(past.values, method.logged)
    values = scale.forth(past.values)
    days, free = by_day(values), free_days(past.t_ms)[::SLOTS]
    course = course_without_itself(days, free, method.seasonal)
    units = Units.of(values, course)
    pushes = Pushes.fit(past.drivers, method.driven)
    track = Track.of(values, course, pushes.of(past.drivers), units)
    learnt = [_learn(track, lead, HELD if method.held else FREE) for lead in leads]
    return Fitted(
        method,
        past.first_ms + STEP_MS * len(past.values),
        leads,
        scale,
        Season.of(days, free, method.seasonal),
        units,
        pushes,
        np.stack([slopes for slopes, _, _ in learnt]),
        np.stack([remains for _, remains, _ in learnt]),
        np.stack([errors for _, _, errors in learnt]),
        Widening.none(len(leads), past.values.shape[1]),
    )


def _learn(track: Track, lead: int, pull: float) -> tuple[Floats, Floats, Floats]:
    """Slopes of one lead, how much of an excess remains, and the quantiles of what is left."""
    origin = np.arange(len(track.anomaly) - lead)
    target = origin + lead
    x, known = features.features(track, origin, target), track.known[origin] & track.known[target]
    prior = features.persistence(x.shape[-1])
    slopes = ridge.fit(x, track.usual[target], known, prior, pull)
    found = (x * slopes).sum(axis=-1)
    over, y = features.excesses(track, origin), track.anomaly[target] - found
    remains = _remains(over[known], y[known])
    left = np.full(track.anomaly.shape, np.nan)
    left[target] = np.where(known, y - (over * remains).sum(axis=-1), np.nan)
    return slopes, remains, smoothed(hourly_quantiles(left))


def _remains(excess: Floats, later: Floats) -> Floats:
    """Share of each kind of excess that is there after the lead; all until events were seen."""
    gram = excess.T @ excess + ridge.FLOOR * np.eye(excess.shape[1])
    return np.clip(np.linalg.solve(gram, excess.T @ later + ridge.FLOOR), 0.0, 1.0)
