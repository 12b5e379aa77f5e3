"""The usual course of a day, by kind of day, and what the other days say about a day."""

import numpy as np
import pytest
from support.pastseries import MONDAY_MS, times, usual

from api.forecast.season import Season, by_day, course_without_itself
from api.forecast.timetable import SLOTS, free_days
from twin.clock import DAY_MS, parse_time


def test_free_days_are_weekends_and_holidays_and_not_the_days_worked_for_them() -> None:
    days = ["2026-05-01", "2026-05-06", "2026-05-09", "2026-05-10"]  # the 9th is worked
    t_ms = np.array([parse_time(day) for day in days])
    assert free_days(t_ms).tolist() == [True, False, False, True]


def test_the_course_is_that_of_the_kind_of_day() -> None:
    values = usual(14, 2)
    season = Season.of(by_day(values), free_days(times(14))[::SLOTS])
    later = MONDAY_MS + 14 * DAY_MS + np.arange(0, 7 * DAY_MS, 900_000)
    assert season.at(later).own == pytest.approx(usual(21, 2)[14 * SLOTS :])


def test_a_kind_of_day_never_seen_takes_the_course_of_the_others_and_is_not_familiar() -> None:
    values = usual(5, 1)  # Monday to Friday
    season = Season.of(by_day(values), free_days(times(5))[::SLOTS])
    saturday = np.array([MONDAY_MS + 5 * DAY_MS])
    assert season.at(saturday).own[0] == pytest.approx(values[0])
    assert season.familiar(saturday).tolist() == [False]
    assert season.familiar(np.array([MONDAY_MS])).tolist() == [True]


def test_a_day_says_nothing_about_itself() -> None:
    values, free = usual(14, 1), free_days(times(14))[::SLOTS]
    before = course_without_itself(by_day(values), free).own[:SLOTS].copy()
    values[:SLOTS] += 1000
    after = course_without_itself(by_day(values), free)
    assert after.own[:SLOTS] == pytest.approx(before)
    assert after.own[SLOTS] > before[0] + 50, "but about the others"


def test_gaps_do_not_count() -> None:
    values = usual(14, 1)
    values[SLOTS : SLOTS + 8] = np.nan
    season = Season.of(by_day(values), free_days(times(14))[::SLOTS])
    assert season.at(times(7)).own == pytest.approx(usual(7, 1))
