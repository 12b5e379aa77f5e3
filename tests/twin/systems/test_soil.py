"""Soil under street trees."""

import numpy as np
import pytest

from twin.systems import soil


def _hours(state, at, geography, params, hours: int, hour: int = 8) -> np.ndarray:
    for step in range(hours):
        soil.step(
            state, at(f"2026-07-18T{hour + step:02d}:30", 3600.0), soil.prepare(geography), params
        )
    return state["tree.soil_moisture"].copy()


def test_rain_wets_the_pits_by_its_depth(state, config, geography, at) -> None:
    state["tree.soil_moisture"] = 0.2
    state["zone.rain_fallen_mm"], state["quarter.solar_w_m2"] = 10.0, 0.0
    after = _hours(state, at, geography, config.soil, 1)
    expected = 0.2 + config.soil.inflow_share * 10 / (config.soil.root_depth_m * 1000)
    assert after == pytest.approx(expected)


def test_a_sunny_day_dries_them_and_never_below_wilting(state, config, geography, at) -> None:
    state["tree.soil_moisture"] = 0.3
    state["zone.rain_fallen_mm"], state["quarter.solar_w_m2"] = 0.0, 800.0
    first = _hours(state, at, geography, config.soil, 10)
    assert np.all((first < 0.3) & (first > 0.29))
    state["tree.soil_moisture"] = config.soil.wilting
    assert _hours(state, at, geography, config.soil, 10).min() >= config.soil.wilting


def test_gardeners_water_the_dry_ones_at_five(state, config, geography, at) -> None:
    state["quarter.solar_w_m2"] = 0.0
    state["tree.soil_moisture"] = 0.25
    state["tree.soil_moisture"][0] = 0.15
    soil.step(state, at("2026-07-18T05:00", 60.0), soil.prepare(geography), config.soil)
    assert state["tree.soil_moisture"][0] == config.soil.water_to
    assert np.all(state["tree.soil_moisture"][1:] < 0.2501)


def test_standing_water_drains_to_field_capacity(state, config, geography, at) -> None:
    state["tree.soil_moisture"] = config.soil.porosity
    state["zone.rain_fallen_mm"], state["quarter.solar_w_m2"] = 0.0, 0.0
    for day in range(10, 28):
        soil.step(state, at(f"2026-07-{day}T12:00", 86_400.0), soil.prepare(geography), config.soil)
    assert state["tree.soil_moisture"] == pytest.approx(config.soil.field_capacity, abs=0.001)
