"""Forecasts are shown where they have beaten both baselines, and only there."""

import numpy as np
import pytest
from support.pastseries import MONDAY_MS, seasonal, walk

from api.forecast.baselines import seasonal_naive
from api.forecast.model import Stretch
from api.forecast.selection import choose
from api.forecast.settings import Bar
from api.forecast.tally import Skill, rivals, tally
from api.forecast.timetable import SLOTS

LEADS = (1, 4, 12)
BAR = Bar(gain=0.02, sureness=2.5, trial_share=0.33, coverage=(0.86, 0.94))


def test_a_noisy_seasonal_series_is_forecast_better_than_by_both_baselines() -> None:
    whole, known = seasonal(35), 28 * SLOTS
    past = Stretch(whole.first_ms, whole.values[:known], whole.drivers[:known])
    chosen = choose(past, LEADS, (4,), True, BAR)
    assert chosen.shown == (True, True, True)
    later = tally(chosen.fitted, whole, rivals(whole, LEADS, known), known).skills()
    for skill in later:
        assert skill.crps < 0.9 * skill.persistence
        assert skill.crps < 0.9 * skill.seasonal
        assert skill.coverage == pytest.approx(0.9, abs=0.04)


@pytest.mark.parametrize("seed", range(4))
def test_a_random_walk_is_not_shown_as_a_forecast(seed: int) -> None:
    chosen = choose(walk(21, width=1, seed=seed), LEADS, (4,), False, BAR)
    assert not any(chosen.shown)


def test_the_baselines_know_the_drift_of_the_hour() -> None:
    past = seasonal(28, slow=0.0)
    against = rivals(past, (24,), 21 * SLOTS)[0, 0, 21 * SLOTS :]
    plain = np.abs(past.values[21 * SLOTS :] - past.values[21 * SLOTS - 24 : -24]).mean()
    assert np.nanmean(against) < 0.5 * plain


def test_seasonal_naive_is_the_last_day_of_the_same_kind() -> None:
    days = np.repeat(np.arange(14.0), SLOTS)[:, None]
    past = Stretch(MONDAY_MS, days, np.empty((len(days), 0)))
    naive = seasonal_naive(past.values, past.t_ms)[::SLOTS, 0]
    assert np.isnan(naive[0])
    assert naive[[4, 6, 7, 12]].tolist() == [3.0, 5.0, 4.0, 6.0]  # Fri, Sun, Mon, Sat


def test_gain_is_against_the_better_baseline() -> None:
    skill = Skill(
        crps=0.8, persistence=1.0, seasonal=2.0, coverage=0.9, inside=0.9, sureness=3.0, count=10
    )
    assert skill.gain == pytest.approx(0.2)
