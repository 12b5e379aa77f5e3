"""How good forecasts would have been: learn, forecast the next days, move on, learn again.

Rolling origin: what is scored at a time was learnt from whole days before it, as in the service.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from api.forecast.grid import Grid
from api.forecast.lesson import Lesson, learn, whole_days
from api.forecast.plan import Plan
from api.forecast.settings import ForecastSettings
from api.forecast.tally import Skill, Tally, rivals, tally
from api.forecast.timetable import SLOTS
from api.vitals.sign import Key
from twin.arrays import Floats
from twin.clock import DAY_MS, MINUTE_MS, local_midnight

SLACK_MS = 30 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Fold:
    """Learn from what lies before `until_ms`, score up to `end_ms`; both local midnights."""

    until_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Trial:
    """One target in one fold."""

    key: Key
    fold: Fold
    method: str
    shown: tuple[bool, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Record:
    """One target over all folds, by lead: skill of all forecasts and of the shown ones.

    `shown` is the share of folds in which the lead would have been shown; `when_shown` is None
    where it never was.
    """

    key: Key
    methods: tuple[str, ...]
    skills: tuple[Skill, ...]
    shown: tuple[float, ...]
    when_shown: tuple[Skill | None, ...]


def folds(grid: Grid, train_days: int, refit_days: int) -> list[Fold]:
    """The days after the first `train_days`, in stretches; ValueError when none are left.

    Only whole days count; one may lack its first half hour.
    """
    start_ms = local_midnight(grid.first_ms - SLACK_MS + DAY_MS)
    end_ms = local_midnight(grid.end_ms)
    first_ms = start_ms + train_days * DAY_MS
    if first_ms >= end_ms:
        days = max(0, (end_ms - start_ms) // DAY_MS)
        raise ValueError(f"{days} whole days of history: expected more than {train_days}")
    step = refit_days * DAY_MS
    return [Fold(at, min(at + step, end_ms)) for at in range(first_ms, end_ms, step)]


def backtest(
    grid: Grid, plan: Plan, settings: ForecastSettings, stretches: list[Fold]
) -> Iterator[Trial | None]:
    """Fold by fold and target by target; None for a target that cannot be forecast."""
    for fold in stretches:
        past = whole_days(grid, fold.until_ms - settings.history_days * DAY_MS, fold.until_ms)
        for target in plan.targets:
            yield score(grid, learn(past, target, settings), fold, settings)


def score(grid: Grid, lesson: Lesson, fold: Fold, settings: ForecastSettings) -> Trial | None:
    """The lesson against what came after it."""
    chosen, target = lesson.chosen, lesson.target
    if chosen is None:
        return None
    days = whole_days(grid, fold.until_ms - settings.history_days * DAY_MS, fold.end_ms)
    whole, known = target.stretch(days.first_ms, days.values), settings.history_days * SLOTS
    against = rivals(whole, settings.leads, known)
    scores = tally(chosen.fitted, whole, against, known)
    return Trial(target.key, fold, chosen.fitted.method.name, chosen.shown, scores)


def records(trials: Iterable[Trial]) -> list[Record]:
    """One per target, in the order in which they first came."""
    by_key: dict[Key, list[Trial]] = {}
    for trial in trials:
        by_key.setdefault(trial.key, []).append(trial)
    return [_record(key, of_key) for key, of_key in by_key.items()]


def _record(key: Key, trials: list[Trial]) -> Record:
    shown = np.array([trial.shown for trial in trials])
    kept = Tally.joined([replace(one.tally, sums=_only(one)) for one in trials])
    return Record(
        key,
        tuple(sorted({trial.method for trial in trials})),
        Tally.joined([trial.tally for trial in trials]).skills(),
        tuple(shown.mean(axis=0).tolist()),
        tuple(skill if skill.count else None for skill in kept.skills()),
    )


def _only(trial: Trial) -> Floats:
    """Its sums at the leads that were shown."""
    return np.where(np.array(trial.shown)[:, None, None], trial.tally.sums, 0.0)
