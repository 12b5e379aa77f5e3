"""Rolling origin: days after those learnt from, each scored once, none seen before its time."""

import numpy as np
import pytest
from support.pastseries import MONDAY_MS, seasonal

from api.forecast.backtest import Fold, backtest, folds, records
from api.forecast.grid import Grid
from api.forecast.plan import Plan, Target
from api.forecast.settings import Bar, ForecastSettings, Warn
from api.forecast.timetable import SLOTS, STEP_MS
from twin.clock import DAY_MS

TARGET = Target(("P1", "street"), ("a", "b", "c"), slice(0, 3), (), (1.0, 2.0, 3.0, 4.0), True)
QUIET = Target(("L4", "street"), ("a",), slice(3, 4), (), (1.0, 2.0, 3.0, 4.0), True)
PLAN = Plan((TARGET, QUIET), {})
SETTINGS = ForecastSettings(
    leads_min=(15, 60),
    judged_min=(60,),
    history_days=14,
    least_days=6,
    bar=Bar(gain=0.02, sureness=2.5, trial_share=0.33, coverage=(0.86, 0.94)),
    warn=Warn(probability=0.5, least="yellow"),
    subject=(),
)


def history(days: int) -> Grid:
    """Three seasonal series, and one that never moves."""
    values = seasonal(days).values
    return Grid(MONDAY_MS, np.hstack([values, np.zeros((len(values), 1))]))


def test_folds_follow_the_days_learnt_from_without_gap_or_overlap() -> None:
    assert folds(history(19), 14, 2) == [
        Fold(MONDAY_MS + first * DAY_MS, MONDAY_MS + end * DAY_MS)
        for first, end in ((14, 16), (16, 18), (18, 19))
    ]


def test_days_that_are_cut_do_not_count() -> None:
    whole = history(19)
    late = Grid(MONDAY_MS + 38 * STEP_MS, whole.values[38:-5])
    assert folds(late, 14, 9) == [Fold(MONDAY_MS + 15 * DAY_MS, MONDAY_MS + 18 * DAY_MS)]
    with pytest.raises(ValueError, match="17 whole days of history: expected more than 17"):
        folds(late, 17, 1)


def test_every_origin_is_scored_once_and_what_never_moves_not_at_all() -> None:
    grid = history(18)
    found = records(t for t in backtest(grid, PLAN, SETTINGS, folds(grid, 14, 2)) if t)
    assert [record.key for record in found] == [TARGET.key]
    counts = [skill.count for skill in found[0].skills]
    assert counts == [3 * 2 * (2 * SLOTS - lead) for lead in (1, 4)]
    assert all(skill.gain > 0.1 for skill in found[0].skills)
    assert found[0].shown == (1.0, 1.0)


def test_what_comes_after_a_fold_does_not_change_its_score() -> None:
    grid = history(18)
    first = folds(grid, 14, 2)[:1]
    other = grid.values.copy()
    other[16 * SLOTS :] = 1e6
    before = records(t for t in backtest(grid, PLAN, SETTINGS, first) if t)
    after = records(t for t in backtest(Grid(MONDAY_MS, other), PLAN, SETTINGS, first) if t)
    assert [s.crps for s in before[0].skills] == pytest.approx([s.crps for s in after[0].skills])


def test_leads_that_were_not_shown_have_no_shown_score() -> None:
    grid = history(18)
    strict = SETTINGS.model_copy(
        update={"bar": Bar(gain=0.99, sureness=2.5, trial_share=0.33, coverage=(0.86, 0.94))}
    )
    found = records(t for t in backtest(grid, PLAN, strict, folds(grid, 14, 2)) if t)
    assert found[0].shown == (0.0, 0.0)
    assert found[0].when_shown == (None, None)
