"""Incidents that nobody ordered: planned one local day at a time from named chance."""

import math
from collections.abc import Mapping
from datetime import date

import numpy as np

from twin.arrays import Floats
from twin.calendar import day_kind
from twin.clock import HOUR_MS
from twin.geography import Entities, Geography
from twin.incidents import Incident, zone_rows
from twin.scenarios import Scenario, Season
from twin.streams import stream

CORE_M2 = 1.3e6  # the rates of the scenarios are for a core of this size
_DURATION_LOG_SD = 0.35  # design choice


def plan_day(
    day: date,
    midnight_ms: int,
    seed: int,
    scenarios: Mapping[str, Scenario],
    geography: Geography,
    rate: float,
) -> list[Incident]:
    """The background incidents that start on this local day, `rate` times the usual number.

    Each scenario has its own stream per day, so a new scenario moves no other's incidents.
    """
    planned: list[Incident] = []
    for scenario in scenarios.values():
        table = geography[scenario.target]
        expected = daily_rate(scenario, day) * rate * times_core(scenario, geography)
        rng = stream(seed, f"incidents/{day}/{scenario.id}")
        count = int(rng.poisson(expected)) if len(table) else 0
        planned += [
            _incident(scenario, table, geography, f"{day:%Y%m%d}-{number}", midnight_ms, rng)
            for number in range(count)
        ]
    return planned


def times_core(scenario: Scenario, geography: Geography) -> float:
    """How many times the core's rate this area has; the weather of all is one, however large."""
    if scenario.everywhere:
        return 1.0
    return float(geography["quarter"].attrs["area_m2"].sum()) / CORE_M2


def daily_rate(scenario: Scenario, day: date) -> float:
    """Expected number on this day; months and days off share out the year's number."""
    season = scenario.season
    if day.month not in season.months:
        return 0.0
    factor = season.day_off_factor
    weight = factor if day_kind(day).free else 1.0
    return scenario.rate_per_year / 365 * 12 / len(season.months) * weight * 7 / (5 + 2 * factor)


def target_weights(scenario: Scenario, table: Entities) -> Floats:
    """How likely each row is; equal without `target_by`."""
    if scenario.target_by is None:
        return np.ones(len(table))
    return np.asarray(table.attrs[scenario.target_by], np.float64)


def _incident(
    scenario: Scenario,
    table: Entities,
    geography: Geography,
    number: str,
    midnight_ms: int,
    rng: np.random.Generator,
) -> Incident:
    weights = target_weights(scenario, table)
    row = int(rng.choice(len(table), p=weights / weights.sum()))
    start_ms = midnight_ms + round(_start_hour(scenario.season, rng) * HOUR_MS)
    length = math.exp(float(np.clip(_DURATION_LOG_SD * rng.standard_normal(), -1.2, 1.2)))
    low, high = scenario.magnitude_range
    magnitude = round(scenario.magnitude * scenario.luck.of(float(rng.random())), 2)
    return Incident(
        id=f"{scenario.id}-{number}",
        scenario=scenario.id,
        kind=scenario.target,
        target=table.ids[row],
        zone=zone_of(table, row, geography),
        start_ms=start_ms,
        end_ms=start_ms + round(scenario.duration_s * length) * 1000,
        magnitude=min(high, max(low, magnitude)),
        cause="background",
    )


def _start_hour(season: Season, rng: np.random.Generator) -> float:
    first, last = season.hours
    return first + ((last - first) % 24 or 24) * float(rng.random())


def zone_of(table: Entities, row: int, geography: Geography) -> str:
    """Id of the row's zone, empty where it has none."""
    zone = int(zone_rows(table)[row])
    return geography["zone"].ids[zone] if zone >= 0 else ""
