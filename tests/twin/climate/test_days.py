"""Days: seasons, memory and chance."""

import numpy as np
import pytest

from twin.climate.chain import Chain
from twin.climate.days import Day, Days
from twin.climate.memory import Memory

TEMP, SPREAD, WET = (Day._fields.index(name) for name in ("temp", "spread", "wet"))


@pytest.fixture(scope="module")
def laws(config) -> Days:
    return Days.of(config.weather_laws.days)


def years(laws: Days, seed: int, count: int) -> np.ndarray:
    """(days, quantities)"""
    memory, found = Memory.fresh(), []
    for number in range(365 * count):
        memory.dawn(laws, seed, number, number % 365)
        found.append(memory.days[-1].copy())
    return np.array(found)


@pytest.fixture(scope="module")
def six_years(laws) -> np.ndarray:
    return years(laws, 3, 6)


def test_days_have_the_seasons_and_the_unrest_of_the_record(six_years) -> None:
    """Recorded: January 4, July 30 degrees; 2.2 degrees from one day to the next."""
    temp = six_years[:, TEMP].reshape(6, 365)
    assert temp[:, :31].mean() == pytest.approx(4.5, abs=1.5)
    assert temp[:, 181:212].mean() == pytest.approx(30, abs=1.5)
    assert np.diff(six_years[:, TEMP]).std() == pytest.approx(2.25, abs=0.25)


def test_more_than_a_third_of_the_days_have_rain(six_years) -> None:
    assert np.mean(six_years[:, WET] > 0) == pytest.approx(0.37, abs=0.04)


def test_wet_days_are_damp(six_years) -> None:
    wet = six_years[:, WET] > 6
    assert six_years[wet, SPREAD].mean() < six_years[~wet, SPREAD].mean() - 0.4


def test_summer_air_is_no_moister_than_the_sea_allows(six_years) -> None:
    dew = six_years[:, TEMP] - np.exp(six_years[:, SPREAD]) + 0.5
    assert dew.max() < 28.5


def test_a_day_is_a_function_of_seed_and_number(laws, config) -> None:
    first, second, other = (years(laws, seed, 1)[-1] for seed in (5, 5, 6))
    assert first.tobytes() == second.tobytes() != other.tobytes()
    assert Chain.of(config.weather_laws, config.haze_laws).days.steps.shape == laws.steps.shape
