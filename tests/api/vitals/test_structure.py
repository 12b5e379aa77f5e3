from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from api.vitals.formulas.structure import PER_MILLE_PER_DEG, din_limit
from api.vitals.formulas.trend import DAYS, trend
from twin.clock import DAY_MS, HOUR_MS

HOURS = np.arange(24 * DAYS)
SEASON = 20 + 8 * np.sin(HOURS / 150) + 5 * np.sin(HOURS / 24 * 2 * np.pi)


@pytest.mark.parametrize(("hz", "limit"), [(1, 3), (10, 3), (30, 5.5), (50, 8), (75, 9), (100, 10)])
def test_limit_of_listed_buildings_rises_with_frequency(hz: float, limit: float) -> None:
    assert din_limit(np.array([hz]), np.array([True])) == pytest.approx([limit])


def test_dwellings_may_shake_more() -> None:
    assert din_limit(np.array([30.0]), np.array([False])) == pytest.approx([10.0])


def series(values: np.ndarray, temperature: np.ndarray = SEASON) -> tuple[float, float]:
    found = trend(values[:, None], temperature[:, None])
    return float(found.slope_30d[0]), float(found.change[0])


def test_temperature_alone_is_no_change() -> None:
    assert series(3 - 0.01 * SEASON) == pytest.approx((0, 0), abs=1e-6)


def test_slope_is_found_under_temperature() -> None:
    assert series(3 - 0.01 * SEASON + 1.2 * HOURS / 720)[0] == pytest.approx(1.2, abs=1e-3)


def test_step_of_the_last_day_is_a_change() -> None:
    step = np.where(HOURS >= 720 - 24, 0.5, 0.0)
    assert series(3 - 0.01 * SEASON + step)[1] == pytest.approx(0.5, abs=0.08)


def test_history_once_a_day_weighs_like_live_hours() -> None:
    y = 3 - 0.01 * SEASON + 1.2 * HOURS / 720
    sparse = np.where((HOURS % 24 == 5) | (HOURS >= 700), y, np.nan)
    assert series(sparse)[0] == pytest.approx(1.2, abs=5e-3)


def test_constant_temperature_has_no_effect() -> None:
    assert series(3 + 1.2 * HOURS / 720, np.full(720, 20.0))[0] == pytest.approx(1.2, abs=1e-3)


def test_fewer_than_ten_days_are_no_trend() -> None:
    assert np.isnan(series(np.where(HOURS >= 720 - 9 * 24, 1.0, np.nan))).all()


def test_without_a_reading_today_there_is_no_change() -> None:
    assert np.isnan(series(np.where(HOURS < 720 - 24, 1.0, np.nan))[1])


def history(town: Any, noon: int, values: Callable[[int], dict[str, float]]) -> None:
    """One reading a day for 30 days, then one now: as a first start sends it."""
    for day in range(30, -1, -1):
        town.read(noon - day * DAY_MS + (HOUR_MS if day == 30 else 0), **values(day))


def test_tilt_is_the_vector_sum_in_per_mille(make_town: Callable[..., Any], noon: int) -> None:
    town = make_town("B2")
    history(
        town,
        noon,
        lambda day: {
            "h-1:tilt_bldg:1:x": 0.01 + (0.3 if day == 0 else 0.0),
            "h-1:tilt_bldg:1:y": 0.02 + (0.4 if day == 0 else 0.0),
            "h-1:facade_temp:1:temperature": 20.0,
        },
    )
    sign = town.engine.evaluate(noon).sign("B2", "building", "h-1")
    assert sign.value == pytest.approx(0.5 * PER_MILLE_PER_DEG, rel=1e-3)


def test_crack_growth_counts_opening_only(make_town: Callable[..., Any], noon: int) -> None:
    town = make_town("B3")
    history(
        town,
        noon,
        lambda day: {
            "h-1:crack_width:1:width": 1.0 + (0.6 if day == 0 else 0.0),
            "h-2:crack_width:1:width": 1.0 - (0.6 if day == 0 else 0.0),
            "h-1:facade_temp:1:temperature": 20.0,
        },
    )
    frame = town.engine.evaluate(noon)
    assert frame.sign("B3", "building", "h-1").value == pytest.approx(0.6, rel=1e-3)
    assert frame.sign("B3", "building", "h-2").value == 0


def test_history_that_comes_late_is_taken_up_at_once(
    make_town: Callable[..., Any], noon: int
) -> None:
    """Slow indicators are worked out every 10 min, but not while their history arrives."""
    town = make_town("B4")
    before = town.engine.evaluate(noon)
    history(town, noon, lambda day: {"h-1:settlement:1:settlement": 5 - day / 10})
    town.read(noon, **{"h-1:facade_temp:1:temperature": 20.0})
    for day in range(31):
        town.read(noon - day * DAY_MS, **{"h-1:facade_temp:1:temperature": 20.0})
    after = town.engine.evaluate(noon + 10_000)
    assert before.sign("B4", "building", "h-1").value is None
    assert after.sign("B4", "building", "h-1").value == pytest.approx(3.0, rel=0.02)


def shake(town: Any, noon: int, mm_s: float, top: float, hz: float) -> Any:
    axes = {"x": mm_s, "y": mm_s / 2, "z": mm_s / 4, "top": top, "frequency": hz}
    town.read(noon, **{f"h-1:vib_ppv:1:{name}": value for name, value in axes.items()})
    return town.engine.evaluate(noon).sign("B1", "building", "h-1").value


def test_vibration_is_judged_at_its_frequency(make_town: Callable[..., Any], noon: int) -> None:
    assert shake(make_town("B1"), noon, 5.5, 0.1, 30.0) == pytest.approx(1.0, rel=1e-3)
    assert shake(make_town("B1"), noon, 5.5, 0.1, 8.0) == pytest.approx(5.5 / 3, rel=1e-3)


def test_top_floor_has_its_own_limit(make_town: Callable[..., Any], noon: int) -> None:
    assert shake(make_town("B1"), noon, 0.1, 5.0, 30.0) == pytest.approx(2.0, rel=1e-3)
