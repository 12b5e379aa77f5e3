"""Standing crowds at the sights: arrivals, dwell, density, spill on to the carriageway."""

import math
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats
from twin.geography import Geography
from twin.profiles import keep
from twin.relations import column
from twin.state import CityState, Quantity
from twin.systems import trains
from twin.systems.crowd import AT_JUNCTION_M, CrowdParams, away_m, in_groups
from twin.systems.trains import TrainParams
from twin.systems.walking import walking_speed
from twin.tick import Tick

QUANTITIES = (
    Quantity("plaza.persons"),
    Quantity("plaza.density_ped_m2"),
    Quantity("plaza.spill_frac"),
    Quantity("plaza.speed_m_s", 1.34),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts about the crowd cells."""

    area_m2: Floats
    visit_share: Floats
    stay_s: Floats


def prepare(geography: Geography, params: CrowdParams) -> Layout:
    """Areas, shares of the visitors, and their mean stay: long at the junction for the photo."""
    cells, arms = geography["plaza"], geography["arm"]
    at_junction = away_m(cells, arms) < AT_JUNCTION_M
    stay = dwell_s(params) * np.where(at_junction, 1.0, params.other_dwell_factor)
    return Layout(column(cells, "area_m2"), column(cells, "visit_share"), stay)


def begin(state: CityState, layout: Layout, params: CrowdParams) -> None:
    """Equilibrium occupancy at the first arrival rate, so that no cell starts empty by day."""
    rate = state["crowd.visitors_ped_h"][0] * layout.visit_share / 3600
    persons = np.round(rate * layout.stay_s)
    state["plaza.persons"] = persons
    state["crowd.entered_ped"] += persons.sum()
    _measure(state, persons, layout, params)


def step(
    state: CityState, tick: Tick, layout: Layout, params: CrowdParams, timetable: TrainParams
) -> None:
    """Those who stopped walking arrive in groups; the stay is exponential but for guided groups.

    Mean occupancy depends only on the mean stay; rain halves the stay (design choice).
    """
    persons, coming = state["plaza.persons"], state["plaza.coming_ped"]
    beat = trains.pulse(tick, params.metro_pulse, timetable)
    mean = coming * (1 - keep(tick.dt_s, params.approach_s)) * beat
    rng = tick.rng("plaza")
    arrivals = np.minimum(in_groups(mean, params.group_share, rng), np.floor(coming))
    coming -= arrivals
    stay_s = layout.stay_s * (0.5 if state["quarter.rain_mm_h"][0] > 2 else 1.0)
    alone = persons - state["plaza.guided_ped"]
    leaving = rng.binomial(alone.astype(np.int64), -np.expm1(-tick.dt_s / stay_s))
    persons += arrivals - leaving
    state["plaza.going_ped"] += leaving
    _measure(state, persons, layout, params)


def dwell_s(params: CrowdParams) -> float:
    """Mean of the lognormal stay."""
    return params.dwell_median_s * math.exp(params.dwell_sigma**2 / 2)


def _measure(state: CityState, persons: Floats, layout: Layout, params: CrowdParams) -> None:
    """Density, walking speed, and the share of standing people on the carriageway."""
    density = persons / layout.area_m2
    spill = (density - params.spill_from_ped_m2) / params.spill_span_ped_m2
    spill = np.maximum(spill, 0.0) + state.lever("plaza.spill_add")
    state["plaza.density_ped_m2"] = density
    state["plaza.spill_frac"] = np.minimum(spill, params.spill_max)
    state["plaza.speed_m_s"] = walking_speed(density, params.walking)
