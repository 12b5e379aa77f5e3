"""What is measured on a series: pure functions that give one number or a profile.

Missing hours are left out; a measure without enough values is NaN, never zero.
"""

import numpy as np

from api.realism.series import DAY_MIN, Series, complete
from api.realism.spells import wet_hours
from twin.arrays import Floats, Ints

_LEAST_PAIRS = 48
_FULL_DAY = 0.75  # share of a day's hours that must be present


def group_means(values: Floats, group: Ints, groups: int) -> Floats:
    """Mean of the values of each group 0..groups-1; NaN for an empty one."""
    present = ~np.isnan(values)
    count = np.bincount(group[present], minlength=groups).astype(np.float64)
    total = np.bincount(group[present], weights=values[present], minlength=groups)
    return np.asarray(np.divide(total, count, out=np.full(groups, np.nan), where=count > 0))


def monthly_means(series: Series, column: str) -> Floats:
    """Twelve means, January first."""
    return group_means(series[column], series.month, 12)


def hour_profile(series: Series, column: str) -> Floats:
    """24 hourly means less their own mean: the shape of the day."""
    means = group_means(series[column], series.hour, 24)
    return np.asarray(means - means.mean())


def hour_share(series: Series, column: str) -> Floats:
    """24 hourly means over their own mean; NaN when that is zero."""
    return _over_mean(group_means(series[column], series.hour, 24))


def _over_mean(means: Floats) -> Floats:
    seen = means[~np.isnan(means)]
    mean = float(seen.mean()) if len(seen) else 0.0
    return means / mean if mean > 0 else np.full(len(means), np.nan)


def quantiles(values: Floats, shares: tuple[float, ...], step: float = 0.0) -> Floats:
    """Quantiles of the values that are present.

    Rounded values are spread evenly over their step first, so that a quantile moves smoothly.
    """
    present = np.sort(values[~np.isnan(values)])
    if not len(present):
        return np.full(len(shares), np.nan)
    return np.asarray(np.quantile(_spread(present, step), shares))


def _spread(ordered: Floats, step: float) -> Floats:
    """Equal values apart from each other, within half a step of where they were."""
    first = np.searchsorted(ordered, ordered, "left")
    count = np.searchsorted(ordered, ordered, "right") - first
    place = (np.arange(len(ordered)) - first + 0.5) / count
    return np.asarray(ordered + step * (place - 0.5))


def correlation(first: Floats, second: Floats) -> float:
    """Pearson's r over the rows where both are present; NaN when one does not vary."""
    both = complete(first, second)
    if np.count_nonzero(both) < _LEAST_PAIRS:
        return float("nan")
    a, b = first[both] - first[both].mean(), second[both] - second[both].mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else float("nan")


def autocorrelation(values: Floats, lag: int) -> float:
    """Correlation of the series with itself, so many rows later."""
    return correlation(values[:-lag], values[lag:])


def daily_means(series: Series, column: str) -> Floats:
    """One mean per calendar day; NaN where a quarter of the hours or more are missing."""
    day = series.day - series.day[0]
    days = int(day[-1]) + 1
    present = ~np.isnan(series[column])
    count = np.bincount(day[present], minlength=days)
    means = group_means(series[column], day, days)
    means[count < _FULL_DAY * DAY_MIN / series.step_min] = np.nan
    return means


def day_to_day_sd(series: Series, column: str) -> float:
    """Standard deviation of the step from one day's mean to the next."""
    steps = np.diff(daily_means(series, column))
    steps = steps[~np.isnan(steps)]
    return float(steps.std()) if len(steps) > 2 else float("nan")


def wet_share_pct(series: Series) -> float:
    """Percent of the known hours that are wet."""
    rain = series["rain_mm"]
    known = np.count_nonzero(~np.isnan(rain))
    return 100 * np.count_nonzero(wet_hours(rain)) / known if known else float("nan")


def monthly_wet_share_pct(series: Series) -> Floats:
    """Percent of wet hours in each month of the year."""
    rain = series["rain_mm"]
    wet = np.where(np.isnan(rain), np.nan, 100.0 * wet_hours(rain))
    return group_means(wet, series.month, 12)


def rain_quantiles_mm(series: Series, shares: tuple[float, ...]) -> Floats:
    """Quantiles of the rain of wet hours."""
    rain = series["rain_mm"]
    return quantiles(rain[wet_hours(rain)], shares, 0.1)


def week_profile(series: Series, column: str) -> Floats:
    """168 means over their own mean, Monday 0 h first; NaN when that is zero."""
    return _over_mean(group_means(series[column], series.weekday * 24 + series.hour, 168))


def daily_cv2(series: Series, column: str) -> float:
    """Variance of the day's mean over its square: how unequal the days are."""
    days = daily_means(series, column)
    days = days[~np.isnan(days)]
    return float(days.var() / days.mean() ** 2) if len(days) > 2 else float("nan")


def daily_rest_cv2(series: Series, column: str) -> float:
    """The same after each day was divided by what is usual on its weekday."""
    days = daily_means(series, column)
    first = int(series.weekday[0])
    weekday = (np.arange(len(days)) + first) % 7
    usual = group_means(days, weekday, 7)[weekday]
    rest = (days / usual)[~np.isnan(days / usual)]
    return float(rest.var()) if len(rest) > 2 else float("nan")
