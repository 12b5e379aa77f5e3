"""Intervals are made to hold what they promise, and those that do not are not shown."""

from dataclasses import replace

import numpy as np
import pytest
from support.pastseries import MONDAY_MS

from api.forecast.crps import LEVELS, covered
from api.forecast.model import Stretch
from api.forecast.selection import choose, passed
from api.forecast.settings import Bar
from api.forecast.tally import Skill, rivals, tally
from api.forecast.timetable import SLOTS
from api.forecast.widening import Widening
from twin.arrays import Floats

BAR = Bar(gain=0.02, sureness=2.5, trial_share=0.33, coverage=(0.86, 0.94))
GOOD = Skill(
    crps=0.8, persistence=1.0, seasonal=2.0, coverage=0.9, inside=0.9, sureness=3.0, count=10
)


def narrow(values: Floats) -> Floats:
    """Forecasts a hair off, of no width at all."""
    return np.repeat(values[..., None], len(LEVELS), axis=-1)


def test_a_margin_reaches_what_no_factor_can() -> None:
    seen = np.full((400, 2), 100.0)
    seen[::50, 0] = 80.0  # mostly it stands still
    found = narrow(np.full(seen.shape, 99.98))
    assert covered(found, seen).mean() == 0
    worn = Widening.learnt(found, seen).of(found, 0)
    assert covered(worn, seen).mean(axis=0).tolist() == [pytest.approx(0.98), 1.0]
    assert np.diff(worn[0, 0])[[1, 2]].tolist() == [0.0, 0.0]


def test_intervals_that_are_too_wide_become_narrower() -> None:
    seen = np.random.default_rng(1).standard_normal((2_000, 3))
    wide = 1.2 * np.array([-1.6, -0.7, 0.0, 0.7, 1.6]) * np.ones((*seen.shape, 1))
    worn = Widening.learnt(wide, seen).of(wide, 0)
    assert covered(worn, seen).mean() == pytest.approx(0.9, abs=0.02)
    assert np.all(np.diff(worn, axis=-1) >= 0)


def test_each_series_gets_a_margin_of_its_own() -> None:
    seen = np.random.default_rng(2).standard_normal((2_000, 2)) * np.array([1.0, 3.0])
    one = np.array([-1.6, -0.7, 0.0, 0.7, 1.6]) * np.ones((*seen.shape, 1))
    worn = Widening.learnt(one, seen).of(one, 0)
    quiet, restless = covered(worn, seen).mean(axis=0).tolist()
    assert restless == pytest.approx(0.9, abs=0.02)
    assert quiet >= 0.9, "nobody's interval becomes narrower by a margin"


@pytest.mark.parametrize("lead", [4, 12])
def test_a_series_that_seldom_moves_is_covered_on_days_not_seen(lead: int) -> None:
    """A score that is 100 but for an hour now and then."""
    rng = np.random.default_rng(3)
    hour = np.where(rng.random((42 * 24, 1)) < 0.1, 100 - 30 * rng.random((42 * 24, 1)), 100.0)
    whole = Stretch(MONDAY_MS, np.repeat(hour, 4, axis=0), np.empty((42 * SLOTS, 0)))
    known = 28 * SLOTS
    past = replace(whole, values=whole.values[:known], drivers=whole.drivers[:known])
    chosen = choose(past, (lead,), (lead,), False, BAR)
    later = tally(chosen.fitted, whole, rivals(whole, (lead,), known), known).skills()[0]
    assert later.coverage >= 0.86
    assert later.inside <= 0.94


@pytest.mark.parametrize(
    ("coverage", "inside", "shown"),
    [(0.85, 0.85, False), (0.86, 0.86, True), (0.95, 0.95, False), (0.98, 0.1, True)],
)
def test_what_gains_is_shown_only_with_intervals_that_hold(
    coverage: float, inside: float, shown: bool
) -> None:
    assert passed(replace(GOOD, coverage=coverage, inside=inside), BAR) is shown
