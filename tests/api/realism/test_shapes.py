"""Weekly shapes and the variance of days pass for the same kind of site, and fail for another."""

import numpy as np
import pytest

from api.realism.limits import load_limits
from api.realism.lines import Line
from api.realism.series import Series
from api.realism.shapes import SiteKind, shape_lines
from api.realism.split import Split
from twin.arrays import Floats

MONDAY_MIN = int(np.datetime64("2024-01-01T00:00", "m").astype(np.int64))
WEEKS = 26
KIND = SiteKind("office", "办公", "office street", ("A", "B"), "made")


def counts(seed: int, peaks: tuple[float, float], weekend: float, day_sd: float) -> Floats:
    """Half a year of hours with two peaks a day, fewer people at weekends, uneven days."""
    rng = np.random.default_rng(seed)
    hour, day = np.arange(WEEKS * 168) % 24, np.arange(WEEKS * 168) // 24
    shape = sum(np.exp(-(((hour - peak) / 1.5) ** 2)) for peak in peaks) + 0.05
    luck = np.exp(day_sd * rng.standard_normal(WEEKS * 7))[day]
    return 500 * shape * luck * np.where(day % 7 >= 5, weekend, 1.0)


def series(**columns: Floats) -> Series:
    return Series("pedestrians", MONDAY_MIN, 60, columns)


@pytest.fixture(scope="module")
def parts() -> Split:
    halves = [
        series(A=counts(seed, (8, 18), 0.4, 0.1), B=9 * counts(seed + 1, (8, 18), 0.4, 0.1))
        for seed in (1, 3)
    ]
    return Split(halves[0], halves[1], "first half", "second half")


def lines(parts: Split, made: Floats) -> tuple[Line, Line]:
    week, days = shape_lines(KIND, series(made=made), parts, load_limits())
    return week, days


def test_another_run_of_the_same_street_passes_whatever_its_level(parts: Split) -> None:
    week, days = lines(parts, 0.01 * counts(7, (8, 18), 0.4, 0.1))
    assert (week.reason, days.reason) == ("", "")


def test_a_street_with_its_peak_at_another_hour_fails_the_week_and_says_when(parts: Split) -> None:
    week, _ = lines(parts, counts(7, (8, 21), 0.4, 0.1))
    assert not week.passed
    assert "most too" in week.reason
    assert " 21 h: " in week.reason or " 18 h: " in week.reason


def test_days_that_are_all_alike_or_too_wild_fail_the_variance(parts: Split) -> None:
    _, even = lines(parts, counts(7, (8, 18), 1.0, 0.0))
    _, wild = lines(parts, counts(7, (8, 18), 0.4, 0.8))
    assert even.reason.startswith("days are too equal")
    assert wild.reason.startswith("days are too unequal")
