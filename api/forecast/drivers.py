"""What drives a vital sign from outside: other vital signs, made comparable."""

from dataclasses import dataclass

import numpy as np

from api.forecast.features import filled
from twin.arrays import Floats


@dataclass(frozen=True, slots=True)
class Pushes:
    """Mean and spread of each driver in the past; none are `wanted` by some methods."""

    mean: Floats
    spread: Floats
    wanted: bool

    @staticmethod
    def fit(drivers: Floats, wanted: bool) -> "Pushes":
        """0 and 1 where nothing is known or nothing moves."""
        known = ~np.isnan(drivers)
        count = np.maximum(1, known.sum(axis=0))
        mean = filled(drivers).sum(axis=0) / count
        off = np.where(known, drivers - mean, 0.0)
        spread = np.sqrt((off**2).sum(axis=0) / count)
        return Pushes(mean, np.where(spread > 1e-9, spread, 1.0), wanted)

    def of(self, drivers: Floats) -> Floats:
        """In spreads from the mean, gaps as the mean; no columns when none are wanted."""
        return filled((drivers - self.mean) / self.spread)[:, : None if self.wanted else 0]
