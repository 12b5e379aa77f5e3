"""Background incidents."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import ValidationError

from twin.agenda import daily_rate, plan_day, times_core
from twin.clock import DAY_MS, HOUR_MS, local_hour, parse_time
from twin.config import default_config_dir
from twin.geography import Geography, load_geography
from twin.incidents import strength
from twin.scenarios import Luck, Scenario

DAY = date(2026, 5, 18)
MIDNIGHT_MS = parse_time("2026-05-18T00:00:00")


def test_a_day_is_planned_the_same_every_time(geography, scenarios) -> None:
    first = plan_day(DAY, MIDNIGHT_MS, 7, scenarios, geography, 3.0)
    assert first
    assert first == plan_day(DAY, MIDNIGHT_MS, 7, scenarios, geography, 3.0)


def test_another_scenario_moves_no_other_scenarios_incidents(geography, scenarios) -> None:
    whole = plan_day(DAY, MIDNIGHT_MS, 7, scenarios, geography, 3.0)
    fewer = {name: one for name, one in scenarios.items() if name != "crowd_surge"}
    without = plan_day(DAY, MIDNIGHT_MS, 7, fewer, geography, 3.0)
    assert without == [one for one in whole if one.scenario != "crowd_surge"]


def test_days_of_a_year_add_up_to_the_rate_per_year(scenarios) -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    for scenario in scenarios.values():
        total = sum(daily_rate(scenario, day) for day in days)
        assert total == pytest.approx(scenario.rate_per_year, rel=0.12)


def test_seasonal_scenarios_stay_in_their_months_and_hours(geography, scenarios) -> None:
    january = plan_day(date(2026, 1, 8), parse_time("2026-01-08"), 7, scenarios, geography, 300.0)
    assert not [one for one in january if one.scenario == "heatwave_stress"]
    nights = [local_hour(one.start_ms) for one in january if one.scenario == "night_noise"]
    assert nights
    assert all(hour >= 22 or hour < 2 for hour in nights)


@pytest.fixture(scope="module")
def whole() -> Geography:
    return load_geography(default_config_dir(), "quarter")


def test_a_larger_area_has_more_crashes_but_no_more_typhoons(geography, scenarios, whole) -> None:
    crash, typhoon = scenarios["traffic_crash"], scenarios["typhoon"]
    assert times_core(crash, whole) > 3 * times_core(crash, geography)
    assert times_core(typhoon, whole) == times_core(typhoon, geography) == 1.0


def added_mm(scenario: Scenario, magnitude: float) -> float:
    """Millimetres of rain that one incident brings."""
    length_s = round(scenario.duration_s)
    incident = SimpleNamespace(start_ms=0, end_ms=length_s * 1000)
    rain = [one for one in scenario.effects if one.lever == "quarter.rain_add_mm_h"]
    return sum(
        strength(one, incident, second * 1000) * one.value * magnitude / 60
        for one in rain
        for second in range(0, length_s, 60)
    )


def test_planned_weather_leaves_the_climate_what_it_is(scenarios, whole) -> None:
    """In ten years of the whole quarter: at most 400 mm and eight hot days more a year."""
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(3650)]
    weather = {name: one for name, one in scenarios.items() if one.everywhere}
    planned = [one for day in days for one in plan_day(day, 0, 7, weather, whole, 1.0)]
    rain = sum(added_mm(scenarios[one.scenario], one.magnitude) for one in planned)
    assert 1000 < rain < 4000
    assert 40 < sum(one.scenario == "heatwave_stress" for one in planned) < 80


def test_most_cloudbursts_are_small_and_a_third_reach_the_next_colour(scenarios) -> None:
    """Above 35, 50 and 80 mm in the heaviest hour as six, two and half a one."""
    luck = scenarios["rainstorm_ponding"].luck
    hour_mm = np.array([68 * luck.of(chance) for chance in np.linspace(0, 1, 10_001)])
    assert hour_mm.min() >= 35
    assert np.mean(hour_mm >= 50) == pytest.approx(1 / 3, abs=0.03)
    assert 0.02 < np.mean(hour_mm >= 80) < 0.1


def test_luck_between_wrong_bounds_is_refused() -> None:
    with pytest.raises(ValidationError, match="must not be above"):
        Luck(low=2.0, high=1.0)


def test_ids_are_unique_and_safe_in_topics(geography, scenarios) -> None:
    ids = [one.id for one in plan_day(DAY, MIDNIGHT_MS, 7, scenarios, geography, 20.0)]
    assert len(set(ids)) == len(ids)
    assert all(not set(name) & set("/+# :") for name in ids)


def test_a_rate_of_zero_leaves_the_city_alone(start) -> None:
    city = start("2026-05-18T00:00", background=0.0)
    assert city.state.incidents == {}


def test_each_local_day_is_planned_once(start) -> None:
    city = start("2026-05-18T21:00", background=3.0)
    planned = set(city.state.incidents)
    city.run_until(city.now_ms + 3 * HOUR_MS + 1)
    tomorrow = {one.id for one in city.state.incidents.values() if one.id not in planned} | {
        label.id for label in city.labels() if label.id not in planned
    }
    assert tomorrow
    assert all("20260519" in name for name in tomorrow)
    assert np.all(
        [one.start_ms < city.now_ms + DAY_MS + 2 * HOUR_MS for one in city.state.incidents.values()]
    )
