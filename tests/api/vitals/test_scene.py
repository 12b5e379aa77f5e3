"""Reducers over time, through the smallest generic indicators."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from api.vitals.engine import VitalEngine
from twin.clock import HOUR_MS, MINUTE_MS

JOINT = "h-1:joint_temp:1:temperature"


@pytest.fixture
def value(make_town: Callable[..., Any], noon: int) -> Callable[..., float | None]:
    """The value of a generic indicator over readings (minutes ago, value)."""

    def measure(over_time: str, window_s: int, *readings: tuple[float, float]) -> float | None:
        town = make_town("B5")
        indicator = town.rulebook.indicators[0].model_copy(
            update={
                "formula": None,
                "inputs": {},
                "of": "joint_temp.temperature",
                "over_time": over_time,
                "over_space": "max",
                "window_s": window_s,
            }
        )
        book = replace(town.rulebook, indicators=(indicator,))
        town.engine = VitalEngine(book, town.geography, town.network)
        for ago_min, degrees in readings:
            town.read(noon - round(ago_min * MINUTE_MS), **{JOINT: degrees})
        found: float | None = town.engine.evaluate(noon).sign("B5", "building", "h-1").value
        return found

    return measure


@pytest.mark.parametrize(
    ("how", "expected"),
    [("mean", 30.0), ("max", 50.0), ("min", 20.0), ("sum", 120.0), ("last", 20.0)],
)
def test_reducers_over_the_window(
    value: Callable[..., float | None], how: str, expected: float
) -> None:
    """A reading of 90 lies before the window of 5 min."""
    readings = ((6, 90.0), (4, 50.0), (3, 30.0), (2, 20.0), (0, 20.0))
    assert value(how, 300, *readings) == pytest.approx(expected)


def test_p90_is_linear_between_minutes(value: Callable[..., float | None]) -> None:
    readings = [(minute, 20.0 + minute) for minute in range(11)]
    assert value("p90", 660, *readings) == pytest.approx(29.0)


def test_peak_is_the_highest_minute_mean_not_the_highest_reading(
    value: Callable[..., float | None],
) -> None:
    assert value("peak", 300, (2.5, 80.0), (2.2, 20.0), (0, 30.0)) == pytest.approx(50.0)


def test_shift_is_against_the_median_of_the_window(value: Callable[..., float | None]) -> None:
    hours = [(60.0 * hour, 20.0) for hour in range(1, 30)]
    assert value("shift", 7 * 24 * 3600, *hours, (0, 27.0)) == pytest.approx(7.0)


def test_shift_outlives_what_went_back(value: Callable[..., float | None]) -> None:
    """After a day at 80 the usual 20 is still the median."""
    hours = [(60.0 * hour, 80.0 if hour < 24 else 20.0) for hour in range(1, 100)]
    assert value("shift", 7 * 24 * 3600, *hours, (0, 20.0)) == pytest.approx(0.0)


def test_last_value_of_a_silent_neuron_is_missing(value: Callable[..., float | None]) -> None:
    assert value("last", 300, (4, 20.0)) is None


def test_day_long_windows_see_the_hours(value: Callable[..., float | None]) -> None:
    readings = [(60.0 * hour, 20.0 + hour) for hour in range(24)]
    assert value("max", 24 * HOUR_MS // 1000, *readings) == pytest.approx(43.0)


def test_entity_with_too_few_neurons_is_not_rated(make_town: Callable[..., Any], noon: int) -> None:
    """M5 wants ten bays; the first zone has two."""
    frame = make_town("M5").engine.evaluate(noon)
    assert frame.blocks["M5", "zone"].entities == ("z-2",)
