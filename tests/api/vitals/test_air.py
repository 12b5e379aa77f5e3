from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from api.vitals.formulas.air import CHANGED, iaqi

OLD, NEW = date(2026, 2, 28), CHANGED


def index(pollutant: str, value: float, day: date = NEW) -> float:
    return float(iaqi(pollutant, np.array([value]), day)[0])


@pytest.mark.parametrize(
    ("pollutant", "day", "expected"),
    [("pm25", NEW, 100), ("pm25", OLD, 82), ("pm10", NEW, 75), ("pm10", OLD, 68)],
)
def test_table_changes_on_the_first_of_march_2026(
    pollutant: str, day: date, expected: float
) -> None:
    assert index(pollutant, {"pm25": 60.0, "pm10": 85.0}[pollutant], day) == expected


@pytest.mark.parametrize(("value", "expected"), [(150, 50), (500, 100), (650, 150), (800, 200)])
def test_sulphur_dioxide_uses_the_hourly_nodes(value: float, expected: float) -> None:
    assert index("so2", value) == expected


def test_sulphur_dioxide_above_800_is_200_since_2026_and_not_computed_before() -> None:
    assert index("so2", 900) == 200
    assert np.isnan(index("so2", 900, OLD))


def test_index_is_rounded_up() -> None:
    assert index("no2", 101) == 51  # 50.5


def test_concentration_is_rounded_before_the_table() -> None:
    assert index("pm25", 35.4) == 50
    assert index("co", 5.04) == 50


def test_missing_concentration_has_no_index() -> None:
    assert np.isnan(index("pm25", np.nan))


GASES = {"no2": 40.0, "o3": 100.0, "co": 1.0, "so2": 6.0}


def feed(town: Any, noon: int, **mass: float) -> None:
    readings = {
        f"{zone}:{kind}:1:mass": value for kind, value in mass.items() for zone in ("z-1", "z-2")
    }
    town.feed(noon - 600_000, noon, 60_000, readings)


def aqi(town: Any, noon: int) -> float | None:
    value: float | None = town.engine.evaluate(noon).sign("E1", "zone", "z-1").value
    return value


def test_worst_pollutant_gives_the_index(make_town: Callable[..., Any], noon: int) -> None:
    town = make_town("E1")
    feed(town, noon, pm25=115.0, pm10=50.0, **GASES)
    assert aqi(town, noon) == 150


def test_with_a_pollutant_missing_a_good_index_is_not_given(
    make_town: Callable[..., Any], noon: int
) -> None:
    town = make_town("E1")
    feed(town, noon, pm10=50.0, **GASES)
    assert aqi(town, noon) is None


def test_with_a_pollutant_missing_a_bad_index_is_given(
    make_town: Callable[..., Any], noon: int
) -> None:
    town = make_town("E1")
    feed(town, noon, pm10=300.0, **GASES)
    assert aqi(town, noon) == 175


def test_zone_without_data_takes_the_mean_of_the_others(
    make_town: Callable[..., Any], noon: int
) -> None:
    town = make_town("E1")
    feed(town, noon, pm10=50.0, **GASES)
    town.feed(noon - 600_000, noon, 60_000, {"z-2:pm25:1:mass": 60.0})
    assert aqi(town, noon) == 100
