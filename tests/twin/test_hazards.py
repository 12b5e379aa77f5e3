"""Incidents that the state of the city brings about."""

import numpy as np
import pytest

from twin import hazards
from twin.clock import DAY_MS, HOUR_MS, MINUTE_MS, parse_time
from twin.config import ConfigError
from twin.tick import Tick

T0 = parse_time("2026-08-10T12:00")


@pytest.fixture
def trees(scenarios, geography, start):
    state = start("2026-08-10T12:00").state
    names = list(state.arrays)
    (found,) = hazards.prepare({"tree_down": scenarios["tree_down"]}, geography, names, 1.0)
    return found, state


def struck(hazard, state, hours: int) -> int:
    """How many trees fall within so many hours in this wind."""
    ticks = range(T0, T0 + hours * HOUR_MS, MINUTE_MS)
    return sum(len(hazards.strike(hazard, state, Tick(t_ms, 60.0, 7))) for t_ms in ticks)


def test_a_calm_day_fells_no_tree(trees) -> None:
    hazard, state = trees
    state["quarter.wind_gust_m_s"] = 11.9
    assert struck(hazard, state, 24) == 0


def test_trees_fall_as_often_as_the_formula_says(trees) -> None:
    """30 a year at the threshold, times exp(0.32 (28 - 12)) - 1, over 100 h; Poisson, 4 sigma."""
    hazard, state = trees
    state["quarter.wind_gust_m_s"] = 28.0
    expected = hazard.rate_s.sum() * 3600 * 100 * np.expm1(0.32 * 16)
    assert abs(struck(hazard, state, 100) - expected) < 4 * np.sqrt(expected)
    assert expected > 30


def test_chance_has_an_upper_end(trees) -> None:
    hazard, state = trees
    state["quarter.wind_gust_m_s"] = 1e6
    assert struck(hazard, state, 1) < len(hazard.rate_s)


def test_a_gale_leaves_labelled_trees_on_the_street(start, inject) -> None:
    city = start("2026-08-10T12:00", background=1.0)
    inject(city, "gale_tree_fall", duration_s=6 * 3600, magnitude=1.6)
    city.run_until(city.now_ms + 6 * HOUR_MS)
    fallen = [one for one in city.labels() if one.scenario == "tree_down"]
    assert fallen
    assert {one.cause for one in fallen} == {"driven"}
    tilt = city.truth().arrays["tree.tilt_deg"]
    active = [one for one in fallen if one.end_ms is None]
    rows = [city.geography["tree"].index(one.target) for one in active]
    assert (tilt[rows] > 45).all()


def test_without_background_only_injections_happen(start, inject) -> None:
    city = start("2026-08-10T12:00")
    inject(city, "gale_tree_fall", duration_s=6 * 3600, magnitude=1.6)
    city.run_until(city.now_ms + 6 * HOUR_MS)
    assert {one.scenario for one in city.labels()} == {"gale_tree_fall"}


def test_a_restored_city_is_struck_alike(start, inject, geography, config, scenarios) -> None:
    rated = config.model_copy(update={"background_rate": 1.0})
    whole = start("2026-08-10T12:00", background=1.0)
    inject(whole, "gale_tree_fall", duration_s=6 * 3600, magnitude=1.6)
    whole.run_until(whole.now_ms + 3 * HOUR_MS)
    again = type(whole).restore(rated, geography, scenarios, whole.snapshot())
    for city in (whole, again):
        city.run_until(city.now_ms + 2 * HOUR_MS)
    assert again.snapshot() == whole.snapshot()


def test_rain_makes_crashes_two_and_a_half_times_as_frequent(scenarios, geography, start) -> None:
    state = start("2026-08-10T12:00").state
    (hazard,) = hazards.prepare(
        {"traffic_crash": scenarios["traffic_crash"]}, geography, list(state.arrays), 1.0
    )
    state["zone.rain_mm_h"] = 5.0
    expected = np.expm1(0.9) * hazard.rate_s.sum() * 400 * DAY_MS / 1000
    found = sum(
        len(hazards.strike(hazard, state, Tick(T0 + hour * HOUR_MS, 3600.0, 7)))
        for hour in range(400 * 24)
    )
    assert abs(found - expected) < 4 * np.sqrt(expected)


def test_a_driver_that_the_city_does_not_have_is_refused(scenarios, geography) -> None:
    with pytest.raises(ConfigError, match=r"quarter\.wind_gust_m_s"):
        hazards.prepare({"tree_down": scenarios["tree_down"]}, geography, ["zone.rain_mm_h"], 1.0)
