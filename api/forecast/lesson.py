"""What the past teaches about every target: a fitted model and its record, or why there is none."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from api.forecast.grid import Grid
from api.forecast.plan import Plan, Reason, Target
from api.forecast.selection import Chosen, choose
from api.forecast.settings import ForecastSettings
from api.forecast.timetable import SLOTS, STEP_MS
from api.vitals.sign import Key
from twin.arrays import Floats
from twin.clock import DAY_MS


@dataclass(frozen=True, slots=True)
class Lesson:
    """Of one target; `chosen` or `reason`."""

    target: Target
    chosen: Chosen | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Lessons:
    """Of all targets, learnt from the rows before `until_ms`, a local midnight."""

    until_ms: int
    by_key: dict[Key, Lesson]


def lessons(grid: Grid, plan: Plan, settings: ForecastSettings, until_ms: int) -> Iterator[Lesson]:
    """One by one, for it takes its time; rows from `until_ms` on are not looked at."""
    past = whole_days(grid, until_ms - settings.history_days * DAY_MS, until_ms)
    for target in plan.targets:
        yield learn(past, target, settings)


def learn(past: Grid, target: Target, settings: ForecastSettings) -> Lesson:
    """`past` holds whole days."""
    values = past.values[:, target.columns]
    days = known_days(values)
    if days < settings.least_days:
        return Lesson(target, reason=too_short(days, settings.least_days))
    first = first_known_day(values) * SLOTS
    stretch = target.stretch(past.first_ms + first * STEP_MS, past.values[first:])
    if not _moves(stretch.values):
        return Lesson(target, reason=CONSTANT)
    positive = target.measured and bool(np.nanmin(stretch.values) >= 0)
    bar = settings.bar
    return Lesson(target, choose(stretch, settings.leads, settings.judged, positive, bar))


CONSTANT = Reason("近期没有变化，无可预报", "it has not changed lately: nothing to forecast")


def too_short(days: float, least: int) -> Reason:
    return Reason(
        f"历史仅{days:.1f}天，至少需要{least}天",
        f"{days:.1f} days of history, at least {least} needed",
    )


def whole_days(grid: Grid, start_ms: int, end_ms: int) -> Grid:
    """Exactly the days of [start, end), both midnights; what the grid lacks is NaN."""
    rows = (end_ms - start_ms) // STEP_MS
    values = np.full((rows, grid.values.shape[1]), np.nan)
    part = grid.between(start_ms, end_ms)
    first = (part.first_ms - start_ms) // STEP_MS
    values[first : first + len(part.values)] = part.values
    return Grid(start_ms, values)


def known_days(values: Floats) -> float:
    """Rows in which anything is known, in days."""
    return float((~np.isnan(values)).any(axis=1).sum() / SLOTS)


def first_known_day(values: Floats) -> int:
    """Which day first holds anything."""
    known = (~np.isnan(values)).any(axis=1)
    return int(np.argmax(known)) // SLOTS


def _moves(values: Floats) -> bool:
    low, high = np.fmin.reduce(values), np.fmax.reduce(values)
    return bool(np.any(high - low > 1e-9))
