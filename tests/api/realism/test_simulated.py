"""Simulated spans run only what they need, on the clock of the real rows."""

from dataclasses import replace

import numpy as np
import pytest

from api.realism.partcity import part_city
from api.realism.simulated import pedestrians, sound, vehicles, weather_air
from twin.cityconfig import CityConfig, load_city_config
from twin.clock import HOUR_MS, MINUTE_MS, parse_time
from twin.config import default_config_dir
from twin.geography import Geography, load_geography
from twin.roster import Bound

MONDAY = "2026-05-11T00:00"
MONDAY_MIN = int(np.datetime64(MONDAY, "m").astype(np.int64))
WEEK_H = 7 * 24


@pytest.fixture(scope="module")
def config() -> CityConfig:
    return load_city_config(default_config_dir())


@pytest.fixture(scope="module")
def core() -> Geography:
    return load_geography(default_config_dir(), "core")


def silent(share: float) -> None:
    """Nobody watches."""


def test_the_same_seed_gives_the_same_weather(config: CityConfig) -> None:
    first, again, other = (weather_air(config, MONDAY_MIN, 72, seed) for seed in (7, 7, 8))
    assert {name: values.tobytes() for name, values in first.columns.items()} == {
        name: values.tobytes() for name, values in again.columns.items()
    }
    assert not np.array_equal(first["temp_c"], other["temp_c"])


def test_commuters_are_few_at_weekends_and_shoppers_are_not(
    config: CityConfig, core: Geography
) -> None:
    week = pedestrians(config, core, MONDAY_MIN, WEEK_H, 3, silent)
    free = week.weekday >= 5
    share = {name: week[name][free].mean() / week[name][~free].mean() for name in week.columns}
    assert share["commuter"] < 0.4
    assert share["shopping"] > 0.6


def test_cars_are_fewest_before_dawn_by_the_local_clock(
    config: CityConfig, core: Geography
) -> None:
    week = vehicles(config, core, MONDAY_MIN, WEEK_H, 3, silent)
    by_hour = [week["vehicles_h"][week.hour == hour].mean() for hour in range(24)]
    assert int(np.argmin(by_hour)) in (1, 2, 3, 4)


def test_minutes_of_sound_stay_among_the_levels_of_a_quiet_street(
    config: CityConfig, core: Geography
) -> None:
    level = sound(config, core, MONDAY_MIN, 120, 3, silent)["laeq_db"]
    assert len(level) == 120
    assert 30 < level.mean() < 65


def test_only_the_systems_asked_for_run(config: CityConfig, core: Geography) -> None:
    city = part_city(config, core, ("weather",), seed=1)
    before = city.state["link.veh_flow_veh_h"].copy()
    list(city.run(parse_time(MONDAY), 5, HOUR_MS))
    assert np.array_equal(before, city.state["link.veh_flow_veh_h"])
    assert city.state["quarter.air_temp_c"][0] != 18.0


def test_the_lights_change_between_the_steps(config: CityConfig, core: Geography) -> None:
    city = part_city(config, core, ("signals", "junction"), seed=1)
    for t_ms in city.run(parse_time(MONDAY), 5, MINUTE_MS):
        assert city.state["signal.told_ms"][0] == t_ms
        assert city.state["signal.due_ms"][0] > t_ms


def test_the_junction_steps_every_ten_seconds_and_the_weather_every_minute(
    config: CityConfig, core: Geography
) -> None:
    """A light's green is shorter than a minute: minutes of cars in one lump would be heard."""
    city, seen = part_city(config, core, ("signals", "weather", "junction"), seed=1), []
    steppers = [
        Bound(bound.begin, lambda _, tick, n=n: seen.append((n, tick.dt_s)))
        for n, bound in enumerate(city.systems)
    ]
    list(replace(city, systems=tuple(steppers)).run(parse_time(MONDAY), 2, MINUTE_MS))
    assert seen == 2 * [*5 * [(1, 10.0)], (0, 60.0), (1, 10.0)]


def test_an_unknown_system_is_named(config: CityConfig, core: Geography) -> None:
    with pytest.raises(ValueError, match="no such systems: tides"):
        part_city(config, core, ("weather", "tides"), seed=1)
