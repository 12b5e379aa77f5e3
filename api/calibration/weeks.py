"""The usual week of an hourly series, and how far days and hours stray from it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from api.realism.series import Series
from twin.arrays import Bools, Floats, Ints

CLASSES = ("workday", "friday", "saturday", "sunday")
_CLASS = np.array([0, 0, 0, 0, 1, 2, 3])
_ODD_DAY = 0.5  # below this share of the usual total a day is a holiday or a fault
_BUSY = 0.15  # of the busiest hour: below it an hour's deviation says little
_PLAIN = ("peak", "day_keep", "hour_keep")
LEAST_DAYS = 15  # of each class


@dataclass(frozen=True, slots=True)
class Week:
    """hours: 4 x 24 shares of the busiest usual hour from Monday to Thursday; `peak` is its flow.

    day_* and hour_* are those of twin.systems.shapes.WeekShape; days: how many were used.
    """

    hours: Floats
    peak: float
    day_sd: float
    day_keep: float
    hour_sd: float
    hour_keep: float
    days: int

    @property
    def weekend_share(self) -> float:
        """Saturday and Sunday against two days from Monday to Thursday."""
        total = self.hours.sum(axis=1)
        return float((total[2] + total[3]) / (2 * total[0]))

    @property
    def profile(self) -> Floats:
        """168 hours from Monday on, over their mean."""
        hours = np.concatenate([np.tile(self.hours[0], 4), self.hours[1:].ravel()])
        return np.asarray(hours / hours.mean())

    @property
    def cv2(self) -> float:
        """Variance of the days over their mean squared, as the shape and its swings make it."""
        total = self.profile.reshape(7, 24).sum(axis=1)
        weight = self.hours[0] / self.hours[0].sum()
        swing = self.day_sd**2 + self.hour_sd**2 * _left_in_a_day(weight, self.hour_keep)
        return float(np.mean(total**2) * np.exp(swing) / total.mean() ** 2 - 1)

    @property
    def busiest_hour(self) -> int:
        """The busiest hour from Monday to Thursday."""
        return int(self.hours[0].argmax())


def whole_spread(rest: Floats) -> float:
    """Standard deviation; missing ones are left out."""
    return float(np.nanstd(rest))


def usual_spread(rest: Floats) -> float:
    """Standard deviation by the middle half, so that accidents and snow do not count as usual."""
    low, high = np.nanquantile(rest, (0.25, 0.75))
    return float((high - low) / 1.349)


def usual_week(
    series: Series, column: str, spread: Callable[[Floats], float] = whole_spread
) -> Week | None:
    """The week of one column; None where a class of days has too few complete ones.

    `spread` is how far days stray: all of them, or the usual ones only.
    """
    days, weekday = by_day(series, column)
    group = _CLASS[weekday]
    use = _usual_days(days, group)
    if min(np.bincount(group[use], minlength=4)) < LEAST_DAYS:
        return None
    hours = np.array([days[use & (group == row)].mean(axis=0) for row in range(4)])
    peak = float(hours[0].max())
    if peak <= 0:
        return None
    logs = _day_logs(days, hours, group, use)
    rest = _hour_logs(days, hours, group, use, peak)
    hour_sd = usual_spread(rest)
    hour_keep = max(0.0, _lagged(rest[:, :-1].ravel(), rest[:, 1:].ravel()))
    by_hours = hour_sd**2 * _left_in_a_day(hours[0] / hours[0].sum(), hour_keep)
    return Week(
        hours=hours / peak,
        peak=peak,
        day_sd=float(np.sqrt(max(0.0, spread(logs) ** 2 - by_hours))),
        day_keep=max(0.0, _lagged(logs[:-1], logs[1:])),
        hour_sd=hour_sd,
        hour_keep=hour_keep,
        days=int(np.count_nonzero(use)),
    )


def by_day(series: Series, column: str) -> tuple[Floats, Ints]:
    """Days x 24 hours from the first local midnight on, NaN where missing, and their weekdays."""
    ahead = int(series.hour[0])
    values = np.r_[np.full(ahead, np.nan), series[column]]
    values = np.r_[values, np.full(-len(values) % 24, np.nan)].reshape(-1, 24)
    return values, (int(series.weekday[0]) + np.arange(len(values))) % 7


def _usual_days(days: Floats, group: Ints) -> Bools:
    """Complete days that are neither holidays nor faults."""
    complete = ~np.isnan(days).any(axis=1)
    total = days.sum(axis=1)
    for row in range(4):
        mine = complete & (group == row)
        if mine.any():
            complete &= ~mine | (total >= _ODD_DAY * np.median(total[mine]))
    return np.asarray(complete)


def _day_logs(days: Floats, hours: Floats, group: Ints, use: Bools) -> Floats:
    """Log of each day's total over its class's; NaN if unused.

    The season is in it: the city's streets have none of their own.
    """
    ratio = days.sum(axis=1) / hours.sum(axis=1)[group]
    logs = np.full(len(days), np.nan)
    logs[use] = np.log(ratio[use])
    return logs


def _hour_logs(days: Floats, hours: Floats, group: Ints, use: Bools, peak: float) -> Floats:
    """Log of each busy hour over what the day's total makes one expect; NaN elsewhere."""
    scale = days.sum(axis=1) / hours.sum(axis=1)[group]
    expected = hours[group] * scale[:, None]
    busy = (hours[group] > _BUSY * peak) & use[:, None] & (days > 0)
    rest = np.full(days.shape, np.nan)
    rest[busy] = np.log(days[busy] / expected[busy])
    return rest


def _left_in_a_day(weight: Floats, keep: float) -> float:
    """Variance of a day's weighted mean over that of an hour, for an AR(1) over its hours."""
    hour = np.arange(len(weight))
    return float(weight @ keep ** np.abs(hour[:, None] - hour[None, :]) @ weight)


def _lagged(first: Floats, second: Floats) -> float:
    both = ~np.isnan(first) & ~np.isnan(second)
    return float(np.corrcoef(first[both], second[both])[0, 1]) if both.sum() > 2 else 0.0


def week_lines(week: Week) -> list[str]:
    """The week as lines of TOML."""
    rows = [
        f"{name} = [{', '.join(f'{value:.4f}' for value in row)}]"
        for name, row in zip(CLASSES, week.hours, strict=True)
    ]
    return [
        *rows,
        f"day_sd = {week.day_sd:.4f}",
        f"day_keep = {min(0.95, week.day_keep):.3f}",
        f"hour_sd = {week.hour_sd:.4f}",
        f"hour_keep = {min(0.99, week.hour_keep):.3f}",
    ]


def mean_week(weeks: list[Week]) -> Week:
    """The plain mean over sites, each counted alike; variances are averaged, not deviations."""
    hours = np.mean([week.hours for week in weeks], axis=0)
    mean = {name: float(np.mean([getattr(week, name) for week in weeks])) for name in _PLAIN}
    spread = {
        name: float(np.sqrt(np.mean([getattr(week, name) ** 2 for week in weeks])))
        for name in ("day_sd", "hour_sd")
    }
    top = float(hours[0].max())
    return Week(hours / top, days=min(week.days for week in weeks), **mean, **spread)
