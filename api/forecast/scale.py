"""The scale on which values are modelled, and what values are possible."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats

BEYOND = 0.5  # of the range seen, that a forecast may reach beyond it (design choice)
MOST = 700.0  # logarithm of the largest number there is, about


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
        """Of quantiles by row, series and level."""
        if not self.logged:
            return quantiles
        return np.exp(np.minimum(quantiles, MOST)) - self.offset[:, None]

    def within(self, quantiles: Floats, now: Floats) -> Floats:
        """Nothing further than half the range beyond what was seen, and nothing below 0 where
        nothing ever was. `now` by row and series: it has been seen as well."""
        low, high = np.fmin(self.low, now), np.fmax(self.high, now)
        room = BEYOND * (high - low)
        floor = np.where(self.low >= 0, 0.0, -np.inf)
        return np.clip(
            quantiles, np.maximum(low - room, floor)[..., None], (high + room)[..., None]
        )
