"""How much wider or narrower intervals must be to hold what they promise: learnt from a trial.

Conformalised quantile regression (Romano, Patterson and Candes 2019): one factor about the median
for all series of a lead, then one margin on both sides for each series.
"""

from dataclasses import dataclass

import numpy as np

from api.forecast.crps import LEVELS
from twin.arrays import Bools, Floats, Ints

MIDDLE = LEVELS.index(0.50)
SHARE = LEVELS[-1] - LEVELS[0]  # of the values that must lie within the outer quantiles
NARROWEST, WIDEST = 0.8, 3.0  # design choice: quiet days teach little about others
LEAST = 96  # forecasts; fewer teach nothing
HAIR = 1e-9  # of a margin, so that rounding leaves nobody just outside


@dataclass(frozen=True, slots=True)
class Widening:
    """`factor` by lead, `margin` by lead and series in the unit of the values, never negative."""

    factor: Floats
    margin: Floats

    @staticmethod
    def none(leads: int, series: int) -> "Widening":
        return Widening(np.ones(leads), np.zeros((leads, series)))

    @staticmethod
    def learnt(quantiles: Floats, seen: Floats) -> "Widening":
        """Of one lead, by row, series and level: what would have made these forecasts hold."""
        factor = np.array([_factor(quantiles, seen)])
        scaled = Widening(factor, np.zeros((1, seen.shape[1]))).of(quantiles, 0)
        return Widening(factor, _margin(scaled, seen)[None])

    @staticmethod
    def joined(leads: list["Widening"]) -> "Widening":
        """Of several leads."""
        return Widening(
            np.concatenate([one.factor for one in leads]),
            np.concatenate([one.margin for one in leads]),
        )

    def of(self, quantiles: Floats, lead: Ints | int) -> Floats:
        """Quantiles by row, series and level, each row of its lead; they do not cross."""
        factor, margin = self.factor[lead], self.margin[lead]
        middle = quantiles[..., MIDDLE, None]
        found: Floats = middle + factor[..., None, None] * (quantiles - middle)
        found[..., 0] = np.minimum(found[..., 0] - margin, found[..., 1])
        found[..., -1] = np.maximum(found[..., -1] + margin, found[..., -2])
        return found


def _factor(quantiles: Floats, seen: Floats) -> float:
    """About the median, that would have covered SHARE of all values."""
    reach = reaches(quantiles, seen)
    reach = reach[~np.isnan(reach)]
    if len(reach) < LEAST:
        return 1.0
    return float(np.clip(np.quantile(reach, SHARE), NARROWEST, WIDEST))


def _margin(quantiles: Floats, seen: Floats) -> Floats:
    """By series, that would have covered SHARE of its values; 0 where too few are known or more
    were covered: a series that was quiet for some days is not taken at its word."""
    beyond = np.maximum(quantiles[..., 0] - seen, seen - quantiles[..., -1])
    known: Bools = ~np.isnan(beyond)
    count = known.sum(axis=0)
    ranked = np.sort(beyond, axis=0)  # NaN sorts last
    place = np.ceil(SHARE * (count + 1)).astype(np.int64) - 1
    place = np.clip(place, 0, np.maximum(count - 1, 0))
    margin = np.take_along_axis(ranked, place[None], axis=0)[0]
    margin = np.where((count >= LEAST) & (margin > 0), margin + HAIR * (1.0 + margin), 0.0)
    return np.asarray(margin, np.float64)


def reaches(quantiles: Floats, seen: Floats) -> Floats:
    """How far each value lies from the median, 1 at the outer quantile of its side.

    NaN where the interval has no width or anything is unknown.
    """
    middle = quantiles[..., MIDDLE]
    up, down = quantiles[..., -1] - middle, middle - quantiles[..., 0]
    side = np.where(seen >= middle, up, down)
    reach = np.full(seen.shape, np.nan)
    np.divide(np.abs(seen - middle), side, out=reach, where=side > 1e-12)
    return reach
