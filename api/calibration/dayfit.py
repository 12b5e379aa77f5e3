"""The days of a record, and the laws by which one day follows another."""

import numpy as np

from api.realism.series import Series
from twin.arrays import Array, Bools, Floats
from twin.climate import days
from twin.climate.days import RANKS, SCORES, SEASONS, SPREAD_FLOOR_C, Day, Days
from twin.climate.row import Row
from twin.climate.trace import signals

_LEAST_H, _LEAST_RAIN_H = 16, 18  # known hours of a day that counts
_NEAR_DAYS, _YEAR_DAYS = 28, 365.25  # around the middle of a month
_BLUR = np.array(
    [0.6, 0.4, 0.06, 0.35, 0.35, 0.25, 0.35]
)  # DES: in the order of Day; wet times the root of the hours
_DRYNESS = 20.0
_RIDGE = 5.0
_PRESSURE, _TEMP, _SPREAD = (Day._fields.index(n) for n in ("pressure", "temp", "spread"))
_OWN_SEASON = 0.8  # weight of a season's own covariance, the rest is the year's
_HIGHEST_SCORE = 4.0


def known_days(row: Row) -> Floats:
    """(days, quantities) from rows that begin at midnight; NaN where too much is missing.

    A dry day counts as drier the larger its spread.
    """
    of_hour = signals(row, row, 0.0, 0.0)
    names = ("pressure", "temp", "spread", "east", "north", "wind")
    found = [_means(of_hour[name]) for name in names]
    found[2] = np.log(SPREAD_FLOOR_C + _means(row.temp - row.dew))
    rain = _by_day(row.rain)
    known = np.isfinite(rain).sum(axis=1)
    wet = np.where(
        known >= _LEAST_RAIN_H, 24 * (rain > 0).sum(axis=1) / np.maximum(known, 1), np.nan
    )
    found.append(np.where(wet == 0, -np.exp(found[2]) / _DRYNESS, wet))
    return np.stack(found, axis=1)


def _by_day(values: Floats) -> Floats:
    return np.asarray(values[: len(values) // 24 * 24].reshape(-1, 24))


def _means(values: Floats) -> Floats:
    table = _by_day(values)
    known = np.isfinite(table)
    total = np.where(known, table, 0.0).sum(axis=1)
    count = known.sum(axis=1)
    return np.where(count >= _LEAST_H, total / np.maximum(count, 1), np.nan)


def blurred(known: Floats, seed: int) -> Floats:
    """Days as a good forecast would have them."""
    luck = np.random.default_rng(seed).standard_normal(known.shape)
    found = known + _BLUR * luck
    wet = known[:, -1]
    spread = _BLUR[-1] * np.sqrt(np.maximum(wet, 0)) * luck[:, -1]
    found[:, -1] = np.where(wet > 0, np.maximum(wet + spread, 0.2), wet)
    return found


def fit_days(known: Floats, day: Floats, fit: Bools) -> Days:
    """Season, quantiles, steps and shocks from the days to fit."""
    season = _season(known[fit], day[fit])
    rest = known - days.waves(day).T @ season.T
    quantiles = _by_month(rest[fit], day[fit], RANKS)
    scores = _scores(rest, day, quantiles)
    steps, left, at = _steps(scores, day, fit)
    dew = known[:, _TEMP] - np.exp(known[:, _SPREAD]) + SPREAD_FLOOR_C
    moist = _by_month(dew[fit], day[fit], days.MOIST_RANK)
    return Days(season, quantiles, steps, _shocks(left, at), moist)


def _season(known: Floats, day: Floats) -> Floats:
    """Mean and waves of pressure and temperature; the other quantities follow by quantiles."""
    waves = days.waves(day).T
    season = np.zeros((known.shape[1], waves.shape[1]))
    for number in (_PRESSURE, _TEMP):
        seen = np.isfinite(known[:, number])
        season[number] = np.linalg.lstsq(waves[seen], known[seen, number], rcond=None)[0]
    return season


def _by_month(values: Floats, day: Floats, ranks: float | tuple[float, ...]) -> Floats:
    """Quantiles over the days around the middle of each month."""
    tables = []
    for middle in days.MID_MONTHS:
        apart = np.abs((day - middle + _YEAR_DAYS / 2) % _YEAR_DAYS - _YEAR_DAYS / 2)
        tables.append(np.nanquantile(values[apart <= _NEAR_DAYS], ranks, axis=0))
    return np.array(tables)


def _scores(rest: Floats, day: Floats, quantiles: Floats) -> Floats:
    scores = np.full(rest.shape, np.nan)
    for number, one in enumerate(rest):
        known = days.at_day(quantiles, float(day[number])) + 1e-9 * np.arange(len(RANKS))[:, None]
        scores[number] = [days.outward(x, known[:, k], SCORES) for k, x in enumerate(one)]
    return np.asarray(np.clip(scores, -_HIGHEST_SCORE, _HIGHEST_SCORE))


def _steps(scores: Floats, day: Floats, fit: Bools) -> tuple[Floats, Floats, Floats]:
    """Coefficients (quantities, terms) by ridge, and what they leave with its days."""
    late = np.full((days.LONGEST, *scores.shape), np.nan)
    for lag in range(1, days.LONGEST + 1):
        late[lag - 1, lag:] = scores[:-lag]
    x = days.terms(late.transpose(0, 2, 1), day).T
    seen = fit & np.isfinite(x).all(axis=1) & np.isfinite(scores).all(axis=1)
    x, y = x[seen], scores[seen]
    steps = np.linalg.solve(x.T @ x + _RIDGE * np.eye(x.shape[1]), x.T @ y)
    return np.asarray(steps.T), np.asarray(y - x @ steps), day[seen]


def _shocks(left: Floats, day: Floats) -> Floats:
    year, season = np.cov(left.T), days.quarter(day)
    own = [np.cov(left[season == number].T) for number in range(SEASONS)]
    return np.array([np.linalg.cholesky(_OWN_SEASON * o + (1 - _OWN_SEASON) * year) for o in own])


def around(known: Floats, hours: Array) -> Floats:
    """(4, quantities, hours): yesterday to the day after tomorrow of each hour of the record."""
    number = hours // 24
    ahead = range(-days.BEFORE, days.AHEAD + 1)
    return np.stack([known[np.clip(number + k, 0, len(known) - 1)].T for k in ahead])


def first_midnight(series: Series) -> int:
    """Rows before the first midnight."""
    return int(-series.hour[0] % 24)
