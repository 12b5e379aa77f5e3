"""Incidents that the state of the city brings about: gusts fell trees, heat trips transformers.

A scenario names what drives it. Where a driver is beyond its threshold, the scenario comes more
often by exp(beta excess); below all thresholds a hazard is silent and only the agenda plans.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from twin.agenda import target_weights, times_core, zone_of
from twin.arrays import Bools, Floats, Index, clamp
from twin.config import ConfigError
from twin.geography import Entities, Geography
from twin.incidents import Incident, zone_rows
from twin.relations import nearest
from twin.scenarios import Driver, Scenario
from twin.state import CityState
from twin.tick import Tick

_YEAR_S = 365 * 86_400.0
_NOBODY = np.empty(0, np.int32)
_CEILING = 8.0  # of the exponent: about three thousand times as often (design choice)


@dataclass(frozen=True, slots=True)
class Push:
    """A driver and, per row of the scenario's target, the row of its own table (-1: none)."""

    driver: Driver
    row: Index


@dataclass(frozen=True, slots=True)
class Hazard:
    """`rate_s`: events per second and row of the target at the thresholds."""

    scenario: Scenario
    rate_s: Floats
    pushes: tuple[Push, ...]


def prepare(
    scenarios: Mapping[str, Scenario], geography: Geography, known: Iterable[str], rate: float
) -> list[Hazard]:
    """Hazards of the scenarios that have drivers, `rate` times the usual; none at rate 0.

    `known` are the names of the city's quantities. Raises ConfigError for an unknown one.
    """
    names = set(known)
    for scenario in scenarios.values():
        for driver in scenario.driven:
            if driver.by not in names:
                key = f"{scenario.id}.driven"
                raise ConfigError("config/scenarios", key, driver.by, "expected a city quantity")
    return [
        _hazard(scenario, geography, rate * times_core(scenario, geography))
        for scenario in scenarios.values()
        if scenario.driven and rate > 0 and len(geography[scenario.target])
    ]


def _hazard(scenario: Scenario, geography: Geography, rate: float) -> Hazard:
    target = geography[scenario.target]
    weights = target_weights(scenario, target)
    pushes = tuple(Push(one, _rows(one, target, geography)) for one in scenario.driven)
    yearly = scenario.driven_per_year or scenario.rate_per_year
    return Hazard(scenario, yearly * rate / _YEAR_S * weights / weights.sum(), pushes)


def _rows(driver: Driver, target: Entities, geography: Geography) -> Index:
    """The row of the driver's table that each row of the target feels."""
    table = driver.by.partition(".")[0]
    if table == target.kind:
        return np.arange(len(target), dtype=np.int32)
    if table == "quarter":
        return np.zeros(len(target), np.int32)
    return zone_rows(target) if table == "zone" else nearest(target, geography[table])


def strike(hazard: Hazard, state: CityState, tick: Tick) -> Index:
    """Rows of the target that are hit in this step; pure in state, seed and time."""
    if not any(_anywhere(push.driver, state) for push in hazard.pushes):
        return _NOBODY
    excess = [_excess(push, _beyond(push.driver, state)) for push in hazard.pushes]
    grown = np.expm1(np.minimum(_CEILING, np.sum(excess, axis=0)))
    chance = -np.expm1(-hazard.rate_s * grown * tick.dt_s)
    hit: Bools = tick.rng(f"hazard/{hazard.scenario.id}").random(len(chance)) < chance
    return np.flatnonzero(hit).astype(np.int32)


def _anywhere(driver: Driver, state: CityState) -> bool:
    """Whether any row of the driver's table is over the threshold."""
    value = state[driver.by]
    if driver.above is not None:
        return bool(np.maximum.reduce(value, initial=-np.inf) > driver.above)
    return bool(np.minimum.reduce(value, initial=np.inf) < (driver.below or 0.0))


def _beyond(driver: Driver, state: CityState) -> Floats:
    """How far each row of the driver's table is over the threshold, from 0 to `at_most`."""
    value = state[driver.by]
    over = value - driver.above if driver.above is not None else (driver.below or 0.0) - value
    return clamp(over, 0.0, driver.at_most)


def _excess(push: Push, beyond: Floats) -> Floats:
    """beta times that for each row of the target."""
    return np.where(push.row >= 0, push.driver.beta * beyond[push.row], 0.0)


def incident_of(hazard: Hazard, row: int, geography: Geography, t_ms: int) -> Incident:
    """What happens to this row of the target now."""
    scenario = hazard.scenario
    table = geography[scenario.target]
    return Incident(
        id=f"{scenario.id}-{t_ms // 1000}-{row}",
        scenario=scenario.id,
        kind=scenario.target,
        target=table.ids[row],
        zone=zone_of(table, row, geography),
        start_ms=t_ms,
        end_ms=t_ms + round(scenario.duration_s * 1000),
        magnitude=scenario.magnitude,
        cause="driven",
    )
