"""What every forecast must beat: persistence and the same time on the last day of this kind.

Both are dressed with the quantiles of their own past errors by hour of the day; those of
persistence hold the usual drift of the hour, so it is no straw man.
"""

import numpy as np

from api.forecast.residuals import hourly_quantiles, smoothed
from api.forecast.timetable import SLOTS, free_days, hours
from twin.arrays import Floats, Ints

LONGEST_DAYS = 10  # how far back a day of the same kind is looked for


def persistence(values: Floats, lead: int) -> Floats:
    """The last known value, by time of the target."""
    return _shifted(values, lead)


def seasonal_naive(values: Floats, t_ms: Ints) -> Floats:
    """The value at the same time on the last day of the same kind, by time of the target."""
    free, out = free_days(t_ms), np.full(values.shape, np.nan)
    missing = np.ones(len(t_ms), np.bool_)
    for day in range(1, LONGEST_DAYS + 1):
        back = np.arange(len(t_ms)) - day * SLOTS
        fits = missing & (back >= 0)
        fits[fits] = free[back[fits]] == free[fits]
        out[fits] = values[back[fits]]
        missing &= ~fits
    return out


def dressings(points: Floats, values: Floats, t_ms: Ints, known: int) -> tuple[Floats, Floats]:
    """Quantiles by time of the target: the point plus its errors' quantiles of that hour.

    The errors of the first `known` rows, whole days, are the past. Once hour by hour, once with
    the neighbouring hours, as the model does it: where hours differ little, that is better.
    """
    errors = hourly_quantiles(values[:known] - points[:known])
    hour = hours(t_ms)
    return points[..., None] + errors[hour], points[..., None] + smoothed(errors)[hour]


def _shifted(values: Floats, rows: int) -> Floats:
    out = np.full(values.shape, np.nan)
    out[rows:] = values[: len(values) - rows]
    return out
