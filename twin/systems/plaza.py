"""Standing crowds at the sights: arrivals, dwell, density, spill on to the carriageway."""

import math
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats
from twin.geography import Geography
from twin.relations import column
from twin.state import CityState, Quantity
from twin.systems.crowd import CrowdParams, clustered, walking_speed
from twin.tick import Tick

QUANTITIES = (
    Quantity("plaza.persons"),
    Quantity("plaza.density_ped_m2"),
    Quantity("plaza.spill_frac"),
    Quantity("plaza.speed_m_s", 1.34),
)


_JUNCTION_M = 80.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts about the crowd cells."""

    area_m2: Floats
    visit_share: Floats
    stay_s: Floats


def prepare(geography: Geography, params: CrowdParams) -> Layout:
    """Areas, shares of the visitors, and their mean stay: long at the junction for the photo."""
    cells, arms = geography["plaza"], geography["arm"]
    distance = np.hypot(
        cells.x_m[:, None] - arms.x_m[None, :], cells.y_m[:, None] - arms.y_m[None, :]
    )
    at_junction = distance.min(axis=1, initial=np.inf) < _JUNCTION_M
    stay = dwell_s(params) * np.where(at_junction, 1.0, params.other_dwell_factor)
    return Layout(column(cells, "area_m2"), column(cells, "visit_share"), stay)


def begin(state: CityState, layout: Layout, params: CrowdParams) -> None:
    """Equilibrium occupancy at the first arrival rate, so that no cell starts empty by day."""
    rate = state["crowd.visitors_ped_h"][0] * layout.visit_share / 3600
    persons = np.round(rate * layout.stay_s)
    state["plaza.persons"] = persons
    _measure(state, persons, layout, params)


def step(state: CityState, tick: Tick, layout: Layout, params: CrowdParams) -> None:
    """M/G/infinity with balking; the stay is exponential with the mean of the lognormal.

    Mean occupancy depends only on the mean stay; rain halves the stay (design choice).
    """
    persons = state["plaza.persons"]
    rng = tick.rng("plaza")
    arrivals = clustered(_expected(state, tick, layout, params), params.fano, rng)
    stay_s = layout.stay_s * (0.5 if state["quarter.rain_mm_h"][0] > 2 else 1.0)
    leaving = rng.binomial(persons.astype(np.int64), -np.expm1(-tick.dt_s / stay_s))
    persons += arrivals - leaving
    _measure(state, persons, layout, params)


def dwell_s(params: CrowdParams) -> float:
    """Mean of the lognormal stay."""
    return params.dwell_median_s * math.exp(params.dwell_sigma**2 / 2)


def _expected(state: CityState, tick: Tick, layout: Layout, params: CrowdParams) -> Floats:
    """Arrivals expected in this step, fewer where it is already full."""
    usual = state["crowd.visitors_ped_h"][0] * layout.visit_share * metro_pulse(tick, params)
    drawn = state.lever("plaza.arrival_ped_m2_min") * layout.area_m2 * 60
    rate = (usual * state.lever("plaza.arrival_factor") + drawn) / 3600
    over = np.maximum(0.0, state["plaza.density_ped_m2"] - params.balk_from_ped_m2)
    return np.asarray(rate * np.exp(-params.balk_rate * over) * tick.dt_s)


def metro_pulse(tick: Tick, params: CrowdParams) -> float:
    """A train every period empties on to the streets for a seventh of it; mean 1."""
    on = (tick.t_ms / 1000) % params.metro_period_s < params.metro_period_s / 7
    return 1 + params.metro_pulse if on else 1 - params.metro_pulse / 6


def _measure(state: CityState, persons: Floats, layout: Layout, params: CrowdParams) -> None:
    """Density, walking speed, and the share of standing people on the carriageway."""
    density = persons / layout.area_m2
    spill = (density - params.spill_from_ped_m2) / params.spill_span_ped_m2
    spill = np.maximum(spill, 0.0) + state.lever("plaza.spill_add")
    state["plaza.density_ped_m2"] = density
    state["plaza.spill_frac"] = np.minimum(spill, params.spill_max)
    state["plaza.speed_m_s"] = walking_speed(density, params)
