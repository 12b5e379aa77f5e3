"""Forecasts of everything at one moment, and the crossings that deserve a warning."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from api.forecast.crossing import below, first_time
from api.forecast.grid import Grid
from api.forecast.lesson import Lesson, Lessons
from api.forecast.plan import Reason, Target
from api.forecast.selection import Chosen
from api.forecast.timetable import SLOTS, STEP_MS
from api.vitals.sign import Colour, Key
from twin.arrays import Floats, Ints

LOOKS_BACK = SLOTS + 1  # rows that a forecast needs: a day and now


@dataclass(frozen=True, slots=True)
class Forecast:
    """Of one indicator at one level, by lead, entity and quantile; NaN where none is shown.

    `chance` of each colour or worse by lead, entity and blue to red.
    """

    target: Target
    chosen: Chosen
    now: Floats
    quantiles: Floats
    chance: Floats


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """An entity is expected to reach a colour: when that first becomes `least` likely."""

    key: Key
    entity: str
    colour: Colour
    probability: float
    t_ms: int
    now: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """Issued at t_ms, from lessons that ended at `learnt_ms`; `reasons` where there is none."""

    t_ms: int
    learnt_ms: int
    leads_ms: Ints
    forecasts: Mapping[Key, Forecast]
    reasons: Mapping[Key, Reason]
    warnings: tuple[EarlyWarning, ...]


def look_ahead(lessons: Lessons, grid: Grid, t_ms: int, likely: float, least: Colour) -> Outlook:
    """From the rows up to the one of t_ms; later ones are not looked at."""
    end_ms = t_ms // STEP_MS * STEP_MS + STEP_MS
    recent = _recent(grid, end_ms)
    forecasts = {
        key: forecast(lesson, lesson.chosen, recent)
        for key, lesson in lessons.by_key.items()
        if lesson.chosen is not None
    }
    reasons = {
        key: lesson.reason for key, lesson in lessons.by_key.items() if lesson.reason is not None
    }
    leads = {one.chosen.fitted.leads for one in forecasts.values()} or {()}
    leads_ms = np.array(next(iter(leads)), np.int64) * STEP_MS
    issued_ms = end_ms - STEP_MS
    found = [
        warning
        for one in forecasts.values()
        for warning in warnings(one, issued_ms, leads_ms, likely, least)
    ]
    found.sort(key=lambda one: (one.t_ms, -one.colour, one.key, one.entity))
    return Outlook(issued_ms, lessons.until_ms, leads_ms, forecasts, reasons, tuple(found))


def forecast(lesson: Lesson, chosen: Chosen, recent: Grid) -> Forecast:
    """`recent` ends with the row of the issue."""
    target, fitted = lesson.target, chosen.fitted
    past = target.stretch(recent.first_ms, recent.values)
    origin = np.full(len(fitted.leads), len(past.values) - 1)
    numbers = np.arange(len(fitted.leads))
    quantiles = fitted.quantiles(past, fitted.track(past), origin, numbers)
    shown = np.where(np.array(chosen.shown)[:, None, None], quantiles, np.nan)
    return Forecast(target, chosen, past.values[-1], shown, chances(target, shown))


def chances(target: Target, quantiles: Floats) -> Floats:
    """Probability of each colour or worse, along a new last axis."""
    limits = np.asarray(target.thresholds)
    if target.rising:
        limits = np.nextafter(limits, -np.inf)  # a value on the threshold has the colour
    chance = below(quantiles, limits)
    return 1 - chance if target.rising else chance


def warnings(
    one: Forecast, issued_ms: int, leads_ms: Ints, likely: float, least: Colour
) -> Iterator[EarlyWarning]:
    """The worst colour of each entity that it is likely to reach and does not have."""
    chance = np.where(one.target.beyond(one.now), np.nan, one.chance)
    top = np.fmax.reduce(chance, axis=0)
    likely_at = (top >= likely) & (np.arange(1, 5) >= least)
    rows = np.flatnonzero(likely_at.any(axis=-1))
    if not len(rows):
        return
    after_ms = first_time(chance[:, rows], leads_ms.astype(np.float64), likely)
    for place, row in enumerate(rows.tolist()):
        worst = int(np.flatnonzero(likely_at[row])[-1])
        yield EarlyWarning(
            one.target.key,
            one.target.entities[row],
            Colour(worst + 1),
            float(top[row, worst]),
            issued_ms + round(float(after_ms[place, worst])),
            float(one.now[row]),
        )


def _recent(grid: Grid, end_ms: int) -> Grid:
    """The rows before end_ms that a forecast needs, NaN where the grid has none."""
    start_ms = end_ms - LOOKS_BACK * STEP_MS
    values = np.full((LOOKS_BACK, grid.values.shape[1]), np.nan)
    part = grid.between(start_ms, end_ms)
    first = (part.first_ms - start_ms) // STEP_MS
    values[first : first + len(part.values)] = part.values
    return Grid(start_ms, values)
