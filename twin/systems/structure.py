"""Slow life of the houses: wall temperature, moisture, cracks, tilt, settlement."""

import math
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, confine
from twin.config import Table
from twin.geography import Geography
from twin.kinds import ByStructure
from twin.profiles import NotNegative, Positive, Share
from twin.relations import Relation, attribute, column
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.systems.weather import relax, since_last
from twin.tick import Tick

_YEAR_S = 365.25 * 86_400


class StructureParams(Table):
    """Section [structure] of city.toml."""

    wall_tau_s: ByStructure
    facade_tau_s: Positive
    absorption: Positive
    facade_share: Share
    moisture_days: Positive
    rain_pct_per_mm: NotNegative
    crack_mm_per_c: tuple[float, float]
    crack_mm_per_pct: float
    crack_ageing_mm_y: tuple[float, float]
    tilt_deg_per_c: NotNegative
    tilt_deg_per_wind2: NotNegative
    settlement_mm_y: tuple[float, float]
    settlement_tilt: NotNegative


QUANTITIES = (
    Quantity("building.tilt_x_deg"),
    Quantity("building.tilt_y_deg"),
    Quantity("building.crack_mm"),
    Quantity("building.settlement_mm"),
    Quantity("building.wall_temp_c", 18.0),
    Quantity("building.moisture_pct", 66.0),
    Quantity("building.sun_x_c", truth=False),
    Quantity("building.sun_y_c", truth=False),
    Quantity("building.lean_x_deg", truth=False),
    Quantity("building.lean_y_deg", truth=False),
    Quantity("building.crack_base_mm", truth=False),
    Quantity("building.crack_per_c", truth=False),
    Quantity("building.crack_ageing_mm_y", truth=False),
    Quantity("building.settlement_mm_y", truth=False),
    Quantity("zone.rain_on_walls_mm", truth=False),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts about the houses."""

    zone: Relation
    wall_tau_s: Floats
    width_m: Floats


def prepare(geography: Geography, params: StructureParams) -> Layout:
    """Width is the side of a square of the same footprint."""
    buildings = geography["building"]
    tau = params.wall_tau_s.rows(attribute(buildings, "structure"))
    width = np.sqrt(np.maximum(25.0, column(buildings, "footprint_m2")))
    return Layout(Relation.of(buildings.zone, len(geography["zone"])), tau, width)


def begin(state: CityState, layout: Layout, params: StructureParams, seed: int) -> None:
    """Each house has its own coefficients, cracks and lean; walls start in balance."""
    rng = stream(seed, "structure/start")
    size = len(layout.width_m)
    state["building.crack_per_c"] = rng.uniform(*params.crack_mm_per_c, size)
    state["building.crack_ageing_mm_y"] = rng.uniform(*params.crack_ageing_mm_y, size)
    state["building.settlement_mm_y"] = rng.uniform(*params.settlement_mm_y, size)
    state["building.crack_base_mm"] = rng.lognormal(math.log(0.5), 0.4, size)
    state["building.lean_x_deg"] = 0.05 * rng.standard_normal(size)
    state["building.lean_y_deg"] = 0.05 * rng.standard_normal(size)
    state["building.settlement_mm"] = rng.uniform(5, 25, size)
    state["building.wall_temp_c"] = layout.zone.through(state["zone.air_temp_c"], 18.0)
    humidity = layout.zone.through(state["zone.air_rh_pct"], 72.0)
    state["building.moisture_pct"] = balance_pct(0.5 * (humidity + 74))


def step(state: CityState, tick: Tick, layout: Layout, params: StructureParams) -> None:
    """Sun and air warm the walls; warmth and water move cracks; sun, wind and ground move tilt."""
    air = layout.zone.through(state["zone.air_temp_c"], 18.0)
    sun_w_m2 = params.facade_share * layout.zone.through(state["zone.solar_w_m2"], 0.0)
    sun_c = params.absorption * sun_w_m2 / 17
    state["building.wall_temp_c"] += (air + sun_c - state["building.wall_temp_c"]) * -np.expm1(
        -tick.dt_s / layout.wall_tau_s
    )
    _soak(state, tick, layout, params)
    _crack(state, tick, params)
    settled_mm = _settle(state, tick)
    _tilt(state, tick, sun_c, settled_mm, layout, params)


def balance_pct(humidity_pct: Floats) -> Floats:
    """Pore humidity a wall tends to under this air (design choice)."""
    return np.asarray(0.8 * humidity_pct + 10)


def _soak(state: CityState, tick: Tick, layout: Layout, params: StructureParams) -> None:
    """dM/dt = a rain - (M - Meq)/tau, tau 15 d."""
    moisture = state["building.moisture_pct"]
    humidity = layout.zone.through(state["zone.air_rh_pct"], 72.0)
    relax(moisture, balance_pct(humidity), tick.dt_s, params.moisture_days * 86_400)
    rain_mm = layout.zone.through(since_last(state, "zone.rain_on_walls_mm"), 0.0)
    leak_pct = state.lever("building.leak_pct_h") * (tick.dt_s / 3600)
    moisture += (params.rain_pct_per_mm * rain_mm + leak_pct) * (1 - moisture / 100)
    confine(moisture, 5, 100)


def _crack(state: CityState, tick: Tick, params: StructureParams) -> None:
    """w = base + kT (Tw - 20) + kH (M - 70); the base ages and takes damage."""
    base = state["building.crack_base_mm"]
    base += state["building.crack_ageing_mm_y"] * tick.dt_s / _YEAR_S
    base += state.lever("building.crack_mm_h") * tick.dt_s / 3600
    warm = state["building.crack_per_c"] * (state["building.wall_temp_c"] - 20)
    damp = params.crack_mm_per_pct * (state["building.moisture_pct"] - 70)
    state["building.crack_mm"] = np.maximum(0.0, base + warm + damp)


def _settle(state: CityState, tick: Tick) -> Floats:
    """mm in this step that are not the region's even sinking."""
    disturbed = state.lever("building.settlement_mm_d") * tick.dt_s / 86_400
    state["building.settlement_mm"] += (
        state["building.settlement_mm_y"] * tick.dt_s / _YEAR_S + disturbed
    )
    return np.asarray(disturbed)


def _tilt(
    state: CityState,
    tick: Tick,
    sun_c: Floats,
    settled_mm: Floats,
    layout: Layout,
    params: StructureParams,
) -> None:
    """Lean + kS (sunny minus shady side) + kU u^2; uneven settlement and drift stay in the lean."""
    angle = math.pi * (tick.hour - 12) / 12  # the sun from the south, east positive in x
    relax(state["building.sun_x_c"], -math.sin(angle) * sun_c, tick.dt_s, params.facade_tau_s)
    relax(state["building.sun_y_c"], -abs(math.cos(angle)) * sun_c, tick.dt_s, params.facade_tau_s)
    uneven = np.degrees(params.settlement_tilt * settled_mm / 1000 / layout.width_m)
    lean = state["building.lean_x_deg"]
    lean += state.lever("building.tilt_deg_d") * tick.dt_s / 86_400 + uneven
    push = params.tilt_deg_per_wind2 * state["quarter.wind_speed_m_s"][0] ** 2
    state["building.tilt_x_deg"] = lean + params.tilt_deg_per_c * state["building.sun_x_c"] + push
    state["building.tilt_y_deg"] = (
        state["building.lean_y_deg"] + params.tilt_deg_per_c * state["building.sun_y_c"]
    )
