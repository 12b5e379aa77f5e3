"""One model for one vital sign at one level: usual course + regressed anomaly + own errors.

values ─► scale (log or not) ─► season ─► anomaly ─► features ─► ridge ─► centre
                                                        errors by hour of the day ─► quantiles
"""

from dataclasses import dataclass

import numpy as np

from api.forecast import features, ridge
from api.forecast.features import Track, Units
from api.forecast.residuals import hourly_quantiles
from api.forecast.season import Season, by_day, course_without_itself
from api.forecast.timetable import SLOTS, STEP_MS, free_days, hours
from twin.arrays import Floats, Ints


FREE, HELD = 1e-3, 0.3  # how much persistence counts beside what was seen (design choice)
MOST = 1e6  # what a logarithm may become again, in units of the largest value seen


@dataclass(frozen=True, slots=True)
class Method:
    """How to model: a usual course of the day or one level, a log scale, with the drivers, held near persistence."""

    seasonal: bool
    logged: bool
    driven: bool
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
class Scale:
    """Values as the model sees them, and back; monotone, so that quantiles stay quantiles."""

    logged: bool
    offset: Floats
    low: Floats
    high: Floats

    @staticmethod
    def of(values: Floats, logged: bool) -> "Scale":
        """The logarithm is taken of the value plus a tenth of its mean."""
        there = np.where(np.isnan(values), 0.0, values)
        mean = np.abs(there).sum(axis=0) / np.maximum(1, (~np.isnan(values)).sum(axis=0))
        low = np.where(np.isnan(values), np.inf, values).min(axis=0)
        high = np.where(np.isnan(values), -np.inf, values).max(axis=0)
        return Scale(logged, np.maximum(0.1 * mean, 1e-6), low, high)

    def forth(self, values: Floats) -> Floats:
        """NaN where a logarithm cannot be taken."""
        if not self.logged:
            return values
        shifted = values + self.offset
        return np.log(np.where(shifted > 0, shifted, np.nan))

    def back(self, quantiles: Floats) -> Floats:
        """Of quantiles by row, series and level; nothing below 0 where nothing ever was."""
        if self.logged:
            quantiles = np.exp(np.minimum(quantiles, np.log(MOST))) - self.offset[:, None]
        floor = np.where(self.low >= 0, 0.0, -np.inf)[:, None]
        return np.maximum(quantiles, floor)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was learnt from the rows before `until_ms`.

    `slopes` by lead, series and feature; `errors` by lead, hour, series and level.
    """

    method: Method
    until_ms: int
    leads: tuple[int, ...]
    scale: Scale
    season: Season
    units: Units
    driver_mean: Floats
    driver_spread: Floats
    slopes: Floats
    errors: Floats

    def track(self, past: Stretch) -> Track:
        """Features of the rows of `past`, which need a day before the first origin."""
        course = self.season.at(past.times(max(self.leads)))
        values = self.scale.forth(past.values)
        return Track.of(values, course, self._pushes(past.drivers), self.units)

    def quantiles(self, past: Stretch, track: Track, origin: Ints, lead: Ints) -> Floats:
        """By pair of origin row and lead number, series and level; NaN without a present
        value, or on a kind of day that is not familiar.
        """
        target = origin + np.asarray(self.leads)[lead]
        push = (features.features(track, origin, target) * self.slopes[lead]).sum(axis=-1)
        centre = (track.own[target] + push) * self.units.spread
        then_ms = past.first_ms + STEP_MS * target
        around = self.errors[lead, hours(then_ms)] * self.units.spread[:, None]
        found = self.scale.back(centre[..., None] + around)
        known = track.known[origin] & self.season.familiar(then_ms)[:, None]
        return np.where(known[..., None], found, np.nan)

    def _pushes(self, drivers: Floats) -> Floats:
        return standardised(drivers, self.driver_mean, self.driver_spread, self.method.driven)


def fit(past: Stretch, method: Method, leads: tuple[int, ...]) -> Fitted:
    """Learn from whole days; nothing but `past` is looked at."""
    scale = Scale.of(past.values, method.logged)
    values = scale.forth(past.values)
    days, free = by_day(values), free_days(past.t_ms)[::SLOTS]
    course = course_without_itself(days, free, method.seasonal)
    units = Units.of(values, course)
    mean, spread = driver_units(past.drivers)
    pushes = standardised(past.drivers, mean, spread, method.driven)
    track = Track.of(values, course, pushes, units)
    learnt = [_learn(track, lead, HELD if method.held else FREE) for lead in leads]
    return Fitted(
        method,
        past.first_ms + STEP_MS * len(past.values),
        leads,
        scale,
        Season.of(days, free, method.seasonal),
        units,
        mean,
        spread,
        np.stack([slopes for slopes, _ in learnt]),
        np.stack([errors for _, errors in learnt]),
    )


def _learn(track: Track, lead: int, pull: float) -> tuple[Floats, Floats]:
    """Slopes of one lead, and the quantiles of what they leave over."""
    origin = np.arange(len(track.anomaly) - lead)
    target = origin + lead
    x, y = features.features(track, origin, target), track.anomaly[target]
    known = track.known[origin] & track.known[target]
    slopes = ridge.fit(x, y, known, features.persistence(x.shape[-1]), pull)
    left = np.full(track.anomaly.shape, np.nan)
    left[target] = np.where(known, y - (x * slopes).sum(axis=-1), np.nan)
    return slopes, hourly_quantiles(left)


def driver_units(drivers: Floats) -> tuple[Floats, Floats]:
    """Mean and spread of each driver; 0 and 1 where there is none."""
    known = ~np.isnan(drivers)
    count = np.maximum(1, known.sum(axis=0))
    mean = np.nan_to_num(drivers).sum(axis=0) / count
    off = np.where(known, drivers - mean, 0.0)
    spread = np.sqrt((off**2).sum(axis=0) / count)
    return mean, np.where(spread > 1e-9, spread, 1.0)


def standardised(drivers: Floats, mean: Floats, spread: Floats, driven: bool) -> Floats:
    """Gaps as the mean; no columns when the method does not want them."""
    return np.nan_to_num((drivers - mean) / spread)[:, : None if driven else 0]
