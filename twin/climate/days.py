"""The days ahead: how each day will be on the whole, before its hours are drawn.

    scores of ten days ─► autoregression ─► scores of the next ─► quantiles of the season ─► day

A day is its mean pressure, temperature, spread between temperature and dew point, wind vector and
speed, and how many hours are wet. Their normal scores follow a vector autoregression with jointly
drawn innovations, so marginals, day-to-day steps and memory come out as recorded. Days are known
to the hours with some error (`blur`), as by a good forecast: hours make up the rest.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from twin.arrays import Array, Floats
from twin.climate.network import Row, table
from twin.climate.row import Value
from twin.config import Table
from twin.streams import stream

RANKS = (0.004, 0.015, 0.04, 0.08, *(0.15 + 0.1 * k for k in range(8)), 0.92, 0.96, 0.985, 0.996)
"""Where the quantiles of a season are tabled."""
SCORES = np.array([NormalDist().inv_cdf(rank) for rank in RANKS])
LAGS, LONGEST = 3, 10  # days that act singly, days that act by their mean
AHEAD, BEFORE = 2, 1  # days that an hour sees beside its own
SPIN_DAYS = 30
SEASONS = 4  # of the innovations, from mid-December on
SPREAD_FLOOR_C = 0.5  # added before the logarithm
MID_MONTHS = np.array([15, 45, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349])


class Day(NamedTuple):
    """hPa less 1016, degrees, ln(spread + 0.5), m/s to the east and north, m/s, hours.

    Wetness at or below 0 is a dry day, the farther below the drier.
    """

    pressure: Array
    temp: Array
    spread: Array
    east: Array
    north: Array
    wind: Array
    wet: Array


SIZE = len(Day._fields)
MOIST_RANK, SQUEEZE = 0.95, 0.3  # DES
_TEMP, _SPREAD = Day._fields.index("temp"), Day._fields.index("spread")


class DayLaws(Table):
    """Section [weather_laws.days]; one row per quantity unless told otherwise.

    season: mean and three waves of the year; quantiles: of the rest, one row per month and rank;
    steps: coefficients, one row per term; shocks: roots of the covariances, SIZE rows per season;
    moist: dew point of each month that few days exceed, degrees.
    """

    season: tuple[Row, ...]
    quantiles: tuple[Row, ...]
    steps: tuple[Row, ...]
    shocks: tuple[Row, ...]
    moist: Row


@dataclass(frozen=True, slots=True)
class Days:
    """The laws of days in arrays."""

    season: Floats  # (quantities, 7)
    quantiles: Floats  # (months, ranks, quantities)
    steps: Floats  # (quantities, terms)
    shocks: Floats  # (seasons, quantities, quantities)
    moist: Floats  # (months,)

    @classmethod
    def of(cls, laws: DayLaws) -> "Days":
        """Ready to run; ValueError when a table has the wrong size."""
        return cls(
            table(laws.season),
            table(laws.quantiles).reshape(12, len(RANKS), SIZE),
            table(laws.steps).T,
            table(laws.shocks).reshape(SEASONS, SIZE, SIZE),
            table((laws.moist,))[0],
        )

    def next_scores(self, before: Floats, day: float, seed: int, number: int) -> Floats:
        """Scores of the day with this number since 1970, which is this day of the year.

        before: (10, quantities), the newest first. A day's chance is a function of its number.
        """
        luck = stream(seed, f"climate/day/{number}").standard_normal(SIZE)
        return np.asarray(self.steps @ terms(before, day) + self.shocks[quarter(day)] @ luck)

    def day(self, scores: Floats, day: float) -> Floats:
        """The quantities of a day with these scores."""
        known = at_day(self.quantiles, day)
        rest = np.array([outward(x, SCORES, known[:, k]) for k, x in enumerate(scores)])
        found = rest + self.season @ waves(day)
        found[_SPREAD] = self._spread(found[_TEMP], found[_SPREAD], day)
        return found

    def _spread(self, temp: float, spread_ln: float, day: float) -> float:
        """The sea caps the dew point: what exceeds the moistest days is squeezed."""
        spread = np.exp(spread_ln) - SPREAD_FLOOR_C
        excess = temp - spread - at_day(self.moist, day)
        return float(np.log(spread + (1 - SQUEEZE) * max(0.0, float(excess)) + SPREAD_FLOOR_C))


def terms(before: Array, day: Value) -> Array:
    """Three days singly, the mean of those before, and the last day by season."""
    turn = 2 * np.pi * day / 365.25
    lagged = [*before[:LAGS], before[LAGS:].mean(axis=0)]
    return np.concatenate([*lagged, before[0] * np.cos(turn), before[0] * np.sin(turn)])


def waves(day: Value) -> Array:
    """A constant and three waves of the year."""
    turn = 2 * np.pi * np.asarray(day) / 365.25
    beats = [f(k * turn) for k in (1, 2, 3) for f in (np.cos, np.sin)]
    return np.stack([np.ones_like(turn), *beats])


def quarter(day: Value) -> Array:
    """Which season of the innovations."""
    place = np.floor((day + 15) % 365.25 / 365.25 * SEASONS)
    return np.asarray(place.astype(np.int64))


def at_day(months: Floats, day: float) -> Floats:
    """The values of twelve months on a day, linear between their middles."""
    middles = np.r_[MID_MONTHS[-1] - 365.25, MID_MONTHS, MID_MONTHS[0] + 365.25]
    place = np.interp(day, middles, np.arange(-1, 13))
    low = int(np.floor(place))
    share = place - low
    return np.asarray((1 - share) * months[low % 12] + share * months[(low + 1) % 12])


def outward(x: Array, known: Floats, at: Floats) -> Array:
    """Linear between the known places, and on along the outermost lines."""
    first = (at[1] - at[0]) / max(known[1] - known[0], 1e-9)
    last = (at[-1] - at[-2]) / max(known[-1] - known[-2], 1e-9)
    beyond = np.minimum(x - known[0], 0) * first + np.maximum(x - known[-1], 0) * last
    return np.asarray(np.interp(x, known, at) + beyond)
