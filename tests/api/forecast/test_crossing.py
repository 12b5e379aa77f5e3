"""Chances and times of passing a threshold, on quantiles made by hand."""

import numpy as np
import pytest

from api.forecast.crossing import below, first_time

QUANTILES = np.array([1.0, 2.0, 3.0, 4.0, 5.0])  # at 5, 25, 50, 75 and 95 %


@pytest.mark.parametrize(
    ("threshold", "chance"), [(1, 0.05), (2, 0.25), (2.5, 0.375), (3, 0.5), (4.5, 0.85), (5, 0.95)]
)
def test_the_chance_is_linear_between_the_quantiles(threshold: float, chance: float) -> None:
    assert below(QUANTILES, np.array([threshold]))[0] == pytest.approx(chance)


def test_beyond_the_outer_quantiles_the_chance_falls_off_smoothly_and_never_to_nothing() -> None:
    chances = below(QUANTILES, np.array([-3.0, 0.0, 0.9, 1.0, 5.0, 5.1, 7.0]))
    assert np.all(np.diff(chances) > 0)
    assert 0 < chances[0] < 0.001
    slope = (chances[3] - chances[2]) / 0.1
    assert slope == pytest.approx(0.2, rel=0.25), "goes on as steep as the outermost cell"
    assert 0.99 < chances[-1] < 1


def test_a_forecast_without_width_is_certain() -> None:
    assert below(np.full(5, 2.0), np.array([1.9, 2.0, 2.1])).tolist() == pytest.approx(
        [0.0, 0.95, 1.0], abs=1e-9
    )


def test_without_quantiles_there_is_no_chance() -> None:
    assert np.isnan(below(np.full(5, np.nan), np.array([1.0])))[0]


def test_the_time_is_when_the_chance_first_reaches_the_mark() -> None:
    chance = np.array([[0.1], [0.3], [0.7], [0.6]])
    leads_ms = np.array([15.0, 30.0, 60.0, 90.0])
    assert first_time(chance, leads_ms, 0.5)[0] == pytest.approx(45.0)


def test_the_first_lead_counts_from_now() -> None:
    assert first_time(np.array([[1.0]]), np.array([20.0]), 0.5)[0] == pytest.approx(10.0)


def test_leads_without_a_chance_are_passed_over() -> None:
    chance = np.array([[0.0], [np.nan], [1.0]])
    assert first_time(chance, np.array([10.0, 20.0, 30.0]), 0.5)[0] == pytest.approx(20.0)


def test_a_chance_that_stays_low_has_no_time() -> None:
    assert np.isnan(first_time(np.array([[0.2], [0.49]]), np.array([10.0, 20.0]), 0.5)[0])
