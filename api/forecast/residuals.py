"""How far off forecasts were, by hour of the day: what makes an interval of a single number."""

import numpy as np

from api.forecast.crps import LEVELS
from api.forecast.timetable import HOURS, SLOTS
from twin.arrays import Floats

PER_HOUR = SLOTS // HOURS
KERNEL = (1.0, 2.0, 3.0, 2.0, 1.0)  # of an hour with its neighbours (design choice)


def hourly_quantiles(errors: Floats) -> Floats:
    """Quantiles of the errors by hour of the day, series and level; NaN without any error.

    `errors` are rows of whole days by series, NaN where unknown.
    """
    width = errors.shape[-1]
    by_hour = errors.reshape(-1, HOURS, PER_HOUR, width).transpose(1, 0, 2, 3)
    ranked = np.sort(by_hour.reshape(HOURS, -1, width), axis=1)  # NaN sorts last
    known = (~np.isnan(ranked)).sum(axis=1)
    return np.stack([_ranked_at(ranked, known, level) for level in LEVELS], axis=-1)


def _ranked_at(ranked: Floats, known: Floats, level: float) -> Floats:
    """Between the ranks linearly, by the plotting position (i - 0.5) / n: honest in the tails."""
    last = np.maximum(known - 1, 0)
    place = np.clip(level * known - 0.5, 0, last)
    below = place.astype(np.int64)
    above = np.minimum(below + 1, last)
    low = np.take_along_axis(ranked, below[:, None], axis=1)[:, 0]
    high = np.take_along_axis(ranked, above[:, None], axis=1)[:, 0]
    between: Floats = low + (place - below) * (high - low)
    return between


def smoothed(quantiles: Floats) -> Floats:
    """By hour of the day, each with its neighbours; around midnight the day joins itself."""
    reach = len(KERNEL) // 2
    parts = [
        weight * np.roll(quantiles, offset, axis=0)
        for offset, weight in enumerate(KERNEL, start=-reach)
    ]
    mean: Floats = sum(parts, np.zeros(quantiles.shape)) / sum(KERNEL)
    return mean
