"""Who slowly walks away from its neighbours, told by its own past.

hour's difference ─► mean of each Shanghai day ─► the newest day against the median of those before
"""

import numpy as np

from api.quality.config import DriftRule
from api.vitals.ratio import ratio
from twin.arrays import Array, Floats, Ints
from twin.clock import DAY_MS, HOUR_MS, local_midnight

DAYS = 29  # kept: the newest and four weeks before it
STEP_SIGMA = 1.4826 / np.sqrt(2)  # sigma of independent days in median steps from day to day


class Drift:
    """Day means of the difference of each series from the median of its neighbours."""

    def __init__(self, size: int) -> None:
        self.sums: Floats = np.zeros(size)
        self.counts: Ints = np.zeros(size, np.int64)
        self.days: Floats = np.full((DAYS, size), np.nan)  # oldest first
        self._times: Ints = np.zeros(2, np.int64)  # newest hour, and its midnight

    def columns(self) -> tuple[Array, ...]:
        """Everything that later judgements depend on."""
        return self.sums, self.counts, self.days, self._times

    def note(self, t_ms: int, difference: Floats) -> None:
        """Of the hour that ends now, NaN where unknown; only the first of an hour counts."""
        hour_ms = t_ms // HOUR_MS * HOUR_MS
        if hour_ms <= self._times[0]:
            return
        midnight_ms = int(local_midnight(hour_ms - HOUR_MS))  # the hour before midnight is old
        if self._times[1] and midnight_ms > self._times[1]:
            self._end_day(int(midnight_ms - self._times[1]) // DAY_MS)
        self._times[:] = hour_ms, midnight_ms
        known = ~np.isnan(difference)
        self.sums += np.where(known, difference, 0.0)
        self.counts += known

    def walked(self, rule: DriftRule, near: Floats) -> Floats:
        """How far the newest day is from the median of those before, in multiples of what is
        allowed: a share of `near`, and more where the days differ much; 0 with too few days."""
        past, newest = self.days[:-1], self.days[-1]
        known = (~np.isnan(past)).sum(axis=0) >= rule.least_days
        middle = _median(past)
        steps = np.diff(past, axis=0)
        spread = STEP_SIGMA * _median(np.abs(steps - _median(steps)))  # a steady walk has none
        allowed = np.fmax(rule.share * near, rule.spreads * spread)
        walked = np.abs(newest - middle) / allowed
        return np.where(known & ~np.isnan(walked), walked, 0.0)

    def _end_day(self, days: int) -> None:
        """Days without any hour stay unknown."""
        mean = np.where(self.counts >= 12, ratio(self.sums, self.counts), np.nan)
        steps = min(days, DAYS)
        self.days[:-steps] = self.days[steps:].copy()
        self.days[-steps:] = np.nan
        self.days[-steps] = mean
        self.sums[:], self.counts[:] = 0.0, 0


def _median(values: Floats) -> Floats:
    """Down the first axis, of what is known; NaN where nothing is."""
    ranked = np.sort(values, axis=0)  # NaN sorts last
    known = (~np.isnan(ranked)).sum(axis=0)
    column = np.arange(values.shape[1])
    low, high = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, len(ranked) - 1)
    middle: Floats = (ranked[low, column] + ranked[high, column]) / 2
    return middle
