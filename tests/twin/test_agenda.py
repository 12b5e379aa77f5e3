"""Background incidents."""

from datetime import date, timedelta

import numpy as np
import pytest

from twin.agenda import daily_rate, plan_day
from twin.clock import DAY_MS, HOUR_MS, local_hour, parse_time

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
