"""The scale on which values are modelled, and what values are possible."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Bools, Floats

BEYOND = 0.5  # of the range seen, that a forecast may reach beyond it (design choice)
RESTS = 0.05  # share of the values at the very end of the range: it is a bound (design choice)
MOST = 700.0  # logarithm of the largest number there is, about


@dataclass(frozen=True, slots=True)
class Scale:
    """Values as the model sees them, and back; monotone, so that quantiles stay quantiles.

    `low` and `high` have been seen; `floor` and `roof` say how far one may go beyond.
    """

    logged: bool
    offset: Floats
    low: Floats
    high: Floats
    floor: Floats
    roof: Floats

    @staticmethod
    def of(values: Floats, logged: bool) -> "Scale":
        """The logarithm is taken of the value plus a tenth of its mean."""
        there = np.where(np.isnan(values), 0.0, values)
        mean = np.abs(there).sum(axis=0) / np.maximum(1, (~np.isnan(values)).sum(axis=0))
        low = np.where(np.isnan(values), np.inf, values).min(axis=0)
        high = np.where(np.isnan(values), -np.inf, values).max(axis=0)
        room = BEYOND * (high - low)
        floor = np.where(_rests(values, low), low, low - room)
        floor = np.maximum(floor, np.where(low >= 0, 0.0, -np.inf))
        roof = np.where(_rests(values, high), high, high + room)
        return Scale(logged, np.maximum(0.1 * mean, 1e-6), low, high, floor, roof)

    def forth(self, values: Floats) -> Floats:
        """NaN where a logarithm cannot be taken."""
        if not self.logged:
            return values
        shifted = values + self.offset
        return np.log(np.where(shifted > 0, shifted, np.nan))

    def back(self, quantiles: Floats) -> Floats:
        """Of quantiles by row, series and level."""
        if not self.logged:
            return quantiles
        return np.exp(np.minimum(quantiles, MOST)) - self.offset[:, None]

    def within(self, quantiles: Floats, now: Floats) -> Floats:
        """Nothing further than half the range beyond what was seen, nothing beyond a bound that
        values rest on, and nothing below 0 where nothing ever was. `now` by row and series: it
        has been seen as well."""
        low, high = np.fmin(self.floor, now), np.fmax(self.roof, now)
        return np.clip(quantiles, low[..., None], high[..., None])


def _rests(values: Floats, end: Floats) -> Bools:
    """Whether many values of each series are at this end of its range."""
    known = np.maximum(1, (~np.isnan(values)).sum(axis=0))
    return np.asarray((values == end).sum(axis=0) >= RESTS * known)
