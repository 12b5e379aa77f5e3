"""Keeping score: forecast against persistence and seasonal-naive, lead by lead, day by day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from api.forecast import baselines
from api.forecast.crps import covered, crps, inside
from api.forecast.features import filled
from api.forecast.model import Fitted, Stretch
from api.forecast.timetable import SLOTS
from api.vitals.ratio import ratio
from twin.arrays import Floats, Ints

OURS, PERSISTENCE, SEASONAL, COVERED, INSIDE, COUNT = range(6)


@dataclass(frozen=True, slots=True)
class Skill:
    """Of one lead: mean CRPS in the unit of the values, and how sure the gain is.

    `coverage` and `inside` are the shares of values in the 90 % interval with and without its ends.
    """

    crps: float
    persistence: float
    seasonal: float
    coverage: float
    inside: float
    sureness: float
    count: int

    @property
    def rival(self) -> float:
        """The better of the two baselines."""
        return min(self.persistence, self.seasonal)

    @property
    def gain(self) -> float:
        """Share of the rival's CRPS that is saved; 0 where there is nothing to save."""
        return 1 - self.crps / self.rival if self.rival > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums by lead, day of the origin and column: CRPS of the three, covered, inside, counted."""

    sums: Floats

    @staticmethod
    def stacked(leads: Sequence[Floats]) -> "Tally":
        """From the sums of each lead by day and column; longer leads may lack the last day."""
        days = max(len(one) for one in leads)
        return Tally(np.stack([np.pad(one, ((0, days - len(one)), (0, 0))) for one in leads]))

    @staticmethod
    def joined(tallies: Sequence["Tally"]) -> "Tally":
        """Of several stretches of days."""
        return Tally(np.concatenate([one.sums for one in tallies], axis=1))

    def skills(self) -> tuple[Skill, ...]:
        return tuple(_skill(days) for days in self.sums)


def rivals(whole: Stretch, leads: Sequence[int], known: int) -> Floats:
    """CRPS of the two baselines by lead, baseline, row of the target and series.

    They know the errors of the first `known` rows. Each wears the dressing in which it does
    better on the rest.
    """
    values = whole.values
    seasonal = _best_dressed(baselines.seasonal_naive(values, whole.t_ms), whole, known)
    return np.array(
        [
            (_best_dressed(baselines.persistence(values, lead), whole, known), seasonal)
            for lead in leads
        ]
    )


def _best_dressed(points: Floats, whole: Stretch, known: int) -> Floats:
    dressings = baselines.dressings(points, whole.values, whole.t_ms, known)
    scores = [crps(dressed, whole.values) for dressed in dressings]
    return min(scores, key=lambda one: float(filled(one[known:]).sum()))


def tally(fitted: Fitted, whole: Stretch, against: Floats, known: int) -> Tally:
    """Score every origin from row `known` on whose target lies within `whole` (whole days)."""
    return Tally.stacked(
        [one.score(one.quantiles) for one in lookouts(fitted, whole, against, known)]
    )


@dataclass(frozen=True, slots=True)
class Lookout:
    """All forecasts of one lead on the days of a trial: quantiles, what was seen, the rivals'
    CRPS, and the day (counted from the first) of each origin."""

    quantiles: Floats
    seen: Floats
    against: Floats
    now: Floats
    day: Ints

    def score(self, quantiles: Floats) -> Floats:
        """Sums by day and column."""
        sums = np.zeros((int(self.day.max(initial=-1)) + 1, COUNT + 1))
        np.add.at(sums, self.day, _columns(quantiles, self.seen, self.against))
        return sums


def lookouts(fitted: Fitted, whole: Stretch, against: Floats, known: int) -> Iterator[Lookout]:
    """Lead by lead, every origin from row `known` on whose target lies within `whole`."""
    track = fitted.track(whole)
    for number, lead in enumerate(fitted.leads):
        origin = np.arange(known, len(whole.values) - lead)
        yield Lookout(
            fitted.quantiles(whole, track, origin, np.full(len(origin), number)),
            whole.values[origin + lead],
            against[number][:, origin + lead],
            whole.values[origin],
            (origin - known) // SLOTS,
        )


def _columns(quantiles: Floats, seen: Floats, against: Floats) -> Floats:
    """Sums over the series of each row, of those that all three could forecast."""
    ours = crps(quantiles, seen)
    fair = ~np.isnan(ours + against[0] + against[1])
    parts = (ours, *against, covered(quantiles, seen), inside(quantiles, seen), fair)
    return np.stack([np.where(fair, part, 0.0).sum(axis=1) for part in parts], axis=-1)


def _skill(days: Floats) -> Skill:
    total = days.sum(axis=0)
    mean = ratio(total, np.full(len(total), total[COUNT]))
    rival = PERSISTENCE if mean[PERSISTENCE] <= mean[SEASONAL] else SEASONAL
    return Skill(
        crps=float(mean[OURS]),
        persistence=float(mean[PERSISTENCE]),
        seasonal=float(mean[SEASONAL]),
        coverage=float(mean[COVERED]),
        inside=float(mean[INSIDE]),
        sureness=_sureness(days, rival),
        count=int(total[COUNT]),
    )


def _sureness(days: Floats, rival: int) -> float:
    """Mean gain of a day over its standard error, both in shares of the rival's CRPS.

    Days count the same, those with few forecasts not at all; 0 for fewer than two.
    """
    full = (days[:, COUNT] > 0.5 * days[:, COUNT].max(initial=0)) & (days[:, rival] > 0)
    if full.sum() < 2:
        return 0.0
    gain = 1 - days[full, OURS] / days[full, rival]
    error = gain.std(ddof=1) / np.sqrt(len(gain))
    return float(gain.mean() / error) if error > 0 else 0.0
