"""People on the pavements: visitors of the Wukang walk, residents and commuters."""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from twin.arrays import Floats
from twin.calendar import day_kind
from twin.clock import local_date
from twin.config import Table
from twin.geography import Geography
from twin.kinds import ByDayKind, ByRoadClass
from twin.profiles import Hourly, NotNegative, Positive, Share, hourly, stairs
from twin.relations import attribute, column
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.systems.weather import relax
from twin.tick import Tick


class CrowdParams(Table):
    """Section [crowd] of city.toml."""

    visitors_day: Positive
    day_factor: ByDayKind
    hour_share: Hourly
    rain_edges_mm_h: tuple[float, float, float]
    rain_factors: tuple[float, float, float, float]
    rain_lag_s: Positive
    heat_edges_c: tuple[float, float, float]
    heat_factors: tuple[float, float, float, float]
    leaf_season_factor: Positive
    day_noise: NotNegative
    fano: Annotated[float, Field(gt=1)]
    morning_ped_h: Positive
    evening_ped_h: Positive
    class_share: ByRoadClass
    free_speed_m_s: Positive
    speed_gamma: Positive
    jam_ped_m2: Positive
    pavement_edge_m: NotNegative
    dwell_median_s: Positive
    dwell_sigma: Positive
    other_dwell_factor: Positive
    metro_period_s: Positive
    metro_pulse: Share
    balk_from_ped_m2: Positive
    balk_rate: Positive
    spill_from_ped_m2: Positive
    spill_span_ped_m2: Positive
    spill_max: Share


QUANTITIES = (
    Quantity("link.ped_in_ped_min"),
    Quantity("link.ped_out_ped_min"),
    Quantity("link.persons"),
    Quantity("link.ped_density_ped_m2"),
    Quantity("link.ped_speed_m_s", 1.34),
    Quantity("crowd.visitors_ped_h", truth=False, size=1),
    Quantity("crowd.rain_factor", 1.0, truth=False, size=1),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts about the pavements."""

    length_m: Floats
    pavement_m2: Floats
    visit_share: Floats
    class_share: Floats


def prepare(geography: Geography, params: CrowdParams) -> Layout:
    """Both pavements less their edges."""
    links = geography["link"]
    width = np.maximum(1.0, column(links, "pavement_width_m") - params.pavement_edge_m)
    length = column(links, "length_m")
    share = column(links, "visit_share")
    commuters = params.class_share.rows(attribute(links, "road_class"))
    return Layout(length, 2 * length * width, share, commuters)


def step(state: CityState, tick: Tick, layout: Layout, params: CrowdParams) -> None:
    """Arrivals, their stay on each link, density, speed."""
    visitors = visitors_ped_h(state, tick, params)
    state["crowd.visitors_ped_h"] = visitors
    local = layout.class_share * _commuters_ped_h(tick, params)
    rate = (visitors * layout.visit_share + local) * state.lever("link.crowd_factor") / 3600
    inward = 0.5 + 0.15 * math.sin(2 * math.pi * (tick.hour - 7) / 24)
    rng = tick.rng("crowd")
    coming = clustered(rate * inward * tick.dt_s, params.fano, rng)
    going = clustered(rate * (1 - inward) * tick.dt_s, params.fano, rng)
    state["link.ped_in_ped_min"] = coming * 60 / tick.dt_s
    state["link.ped_out_ped_min"] = going * 60 / tick.dt_s
    _occupy(state, (coming + going) / tick.dt_s, tick.dt_s, layout, params)


def visitors_ped_h(state: CityState, tick: Tick, params: CrowdParams) -> float:
    """Visitors of the walk per hour now: base x day kind x hour x weather x season x noise.

    Base 40 000 a day is a published figure; the multipliers are design choices.
    """
    day = local_date(tick.t_ms)
    lucky = stream(tick.seed, f"crowd/day/{day}").standard_normal()
    noise = math.exp(params.day_noise * lucky - params.day_noise**2 / 2)
    season = params.leaf_season_factor if 318 <= tick.day < 344 else 1.0
    base = params.visitors_day * params.day_factor.of(day_kind(day)) * season * noise
    return base * hourly(params.hour_share, tick.hour) * _weather_factor(state, tick, params)


def _weather_factor(state: CityState, tick: Tick, params: CrowdParams) -> float:
    """Rain thins the crowd within minutes; heat and cold at once."""
    rain = float(state["quarter.rain_mm_h"][0])
    factor = state["crowd.rain_factor"]
    target = stairs(rain, params.rain_edges_mm_h, params.rain_factors)
    relax(factor, target, tick.dt_s, params.rain_lag_s)
    temp = float(state["quarter.air_temp_c"][0])
    return float(factor[0]) * stairs(temp, params.heat_edges_c, params.heat_factors)


def _commuters_ped_h(tick: Tick, params: CrowdParams) -> float:
    """Residents and commuters on a main street: peaks at 8 and 18, a quarter between them."""
    hour, free = tick.hour, day_kind(local_date(tick.t_ms)).free
    morning = params.morning_ped_h * math.exp(-(((hour - 8) / 1.0) ** 2))
    evening = params.evening_ped_h * math.exp(-(((hour - 18) / 1.2) ** 2))
    between = 0.25 * params.evening_ped_h if 6.5 <= hour < 22 else 0.02 * params.evening_ped_h
    return max(between, (morning + evening) * (0.4 if free else 1.0))


def clustered(mean: Floats, fano: float, rng: np.random.Generator) -> Floats:
    """Counts with variance fano x mean: people come in groups (negative binomial)."""
    size = np.maximum(mean / (fano - 1), 1e-9)
    return rng.negative_binomial(size, 1 / fano).astype(np.float64)


def _occupy(
    state: CityState, per_s: Floats, dt_s: float, layout: Layout, params: CrowdParams
) -> None:
    """Each pavement as one cell: persons tend to flow x walking time (Little's law)."""
    walk_s = layout.length_m / state["link.ped_speed_m_s"]
    persons = state["link.persons"]
    persons += (per_s * walk_s - persons) * (1 - np.exp(-dt_s / walk_s))
    open_m2 = layout.pavement_m2 * np.maximum(0.1, state.lever("link.pavement_factor"))
    density = np.minimum(persons / open_m2, 0.95 * params.jam_ped_m2)
    state["link.ped_density_ped_m2"] = density
    state["link.ped_speed_m_s"] = walking_speed(density, params)


def walking_speed(density_ped_m2: Floats, params: CrowdParams) -> Floats:
    """Weidmann: v = 1.34 (1 - exp(-1.913 (1/rho - 1/5.4))) m/s, at least 0.05.

    Expert knowledge; the formula is in public use.
    """
    rho = np.clip(density_ped_m2, 1e-3, params.jam_ped_m2)
    factor = -np.expm1(-params.speed_gamma * (1 / rho - 1 / params.jam_ped_m2))
    return np.maximum(0.05, params.free_speed_m_s * factor)
