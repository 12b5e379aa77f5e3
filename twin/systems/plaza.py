"""Standing crowds at the sights: arrivals, dwell, density, spill on to the carriageway.

What comes and goes in the next six steps, a minute, is drawn at once: those who walk stop once a
minute, and who stands here does not see who else does.
"""

import math
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Ints
from twin.clock import SECOND_MS
from twin.counts import within
from twin.geography import Geography
from twin.profiles import keep
from twin.relations import column
from twin.state import CityState, Quantity
from twin.systems import ahead, trains
from twin.systems.crowd import AT_JUNCTION_M, CrowdParams, away_m, in_groups
from twin.systems.trains import TrainParams
from twin.systems.walking import walking_speed
from twin.tick import Tick

QUANTITIES = (
    Quantity("plaza.persons"),
    Quantity("plaza.density_ped_m2"),
    Quantity("plaza.spill_frac"),
    Quantity("plaza.speed_m_s", 1.34),
    Quantity("plaza.arriving_ped", truth=False, count=ahead.size("plaza")),
    Quantity("plaza.leaving_ped", truth=False, count=ahead.size("plaza")),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts about the crowd cells.

    place and since: of those who stand here at first, and of those who come in each step, the
    cell and the first step in which they may leave.
    """

    area_m2: Floats
    visit_share: Floats
    stay_s: Floats
    place: Ints
    since: Ints


def prepare(geography: Geography, params: CrowdParams) -> Layout:
    """Areas, shares of the visitors, and their mean stay: long at the junction for the photo."""
    cells, arms = geography["plaza"], geography["arm"]
    at_junction = away_m(cells, arms) < AT_JUNCTION_M
    stay = dwell_s(params) * np.where(at_junction, 1.0, params.other_dwell_factor)
    place, since = np.arange(len(cells)), np.arange(ahead.STEPS + 1)
    return Layout(
        area_m2=column(cells, "area_m2"),
        visit_share=column(cells, "visit_share"),
        stay_s=stay,
        place=np.tile(place, ahead.STEPS + 1),
        since=np.repeat(since, len(cells)),
    )


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
    """Those who stopped walking arrive in groups; the stay is exponential but for guided groups."""
    row = ahead.row_of(tick)
    if row == 0:
        _draw(state, tick, layout, params, timetable)
    arriving = ahead.rows(state["plaza.arriving_ped"])[row]
    leaving = ahead.rows(state["plaza.leaving_ped"])[row]
    state["plaza.coming_ped"] -= arriving
    state["plaza.going_ped"] += leaving
    persons = state["plaza.persons"]
    persons += arriving
    persons -= leaving
    _measure(state, persons, layout, params)


def _draw(
    state: CityState, tick: Tick, layout: Layout, params: CrowdParams, timetable: TrainParams
) -> None:
    """Who comes, and who goes, in each of the next steps."""
    coming, rng = state["plaza.coming_ped"], tick.rng("plaza")
    parts = np.array(_parts(tick, params, timetable))[:, None]
    drawn = in_groups((parts * coming).ravel(), params.group_share, rng)
    arriving = within(ahead.rows(drawn), np.floor(coming))
    state["plaza.arriving_ped"] = arriving.ravel()
    alone = state["plaza.persons"] - state["plaza.guided_ped"]
    there = np.concatenate((alone, arriving.ravel()))
    state["plaza.leaving_ped"] = _leaving(state, there, tick.dt_s, layout, rng)


def _parts(tick: Tick, params: CrowdParams, timetable: TrainParams) -> list[float]:
    """Of those who are to come, the part that does in each step, in the pulses of the trains."""
    share, left, parts = 1 - keep(tick.dt_s, params.approach_s), 1.0, []
    for number in range(ahead.STEPS):
        t_ms = tick.t_ms + round(number * tick.dt_s * SECOND_MS)
        parts.append(left * share * trains.pulse(t_ms, params.metro_pulse, timetable))
        left -= parts[-1]
    return parts


def _leaving(
    state: CityState, there: Floats, dt_s: float, layout: Layout, rng: np.random.Generator
) -> Ints:
    """When each of those who are there, or will come, leaves: per step and cell, flat.

    Mean occupancy depends only on the mean stay; rain halves the stay (design choice).
    """
    stay = layout.stay_s / dt_s * (0.5 if state["quarter.rain_mm_h"][0] > 2 else 1.0)
    who = np.repeat(np.arange(len(there)), there.astype(np.int64))
    place = layout.place.take(who)
    leaves = (rng.standard_exponential(len(who)) * stay.take(place)).astype(np.int64)
    leaves += layout.since.take(who)
    soon = leaves < ahead.STEPS
    cells = len(layout.area_m2)
    return np.bincount(leaves[soon] * cells + place[soon], minlength=ahead.STEPS * cells)


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
