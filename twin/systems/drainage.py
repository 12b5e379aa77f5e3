"""Rain into drains: runoff, inlets, what stays on the road, and the level in the pipe."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, clamp, confine
from twin.clock import local_date
from twin.config import Table
from twin.geography import Geography
from twin.profiles import NotNegative, Positive, Share, keep
from twin.relations import Relation, column, nearest
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.tick import Tick

_MM_H_TO_M_S = 1 / 3.6e6


class DrainageParams(Table):
    """Section [drainage] of city.toml."""

    runoff_share: Share
    reservoir_s: Positive
    inlet_mm_h: Positive
    blockage: Share
    leaf_blockage_per_day: Share
    cleaning_days: Positive
    gully_share: Share
    rim_m: Positive
    dish_log_sd: NotNegative
    dry_level_share: Share


QUANTITIES = (
    Quantity("drain.level_m", 0.1),
    Quantity("drain.fill_frac", 0.1),
    Quantity("drain.pond_m"),
    Quantity("drain.stored_m3", truth=False),
    Quantity("drain.pond_m3", truth=False),
    Quantity("drain.blockage_frac", 0.1, truth=False),
    Quantity("drain.pipe_m3_s", truth=False),
    Quantity("drain.dish_factor", 1.0, truth=False),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts about the drains."""

    zone: Relation
    catchment_m2: Floats
    dish_m2: Floats
    depth_m: Floats
    main_drain: Relation  # where a burst main spills


def prepare(geography: Geography) -> Layout:
    """Look the catchments up once."""
    drains = geography["drain"]
    return Layout(
        zone=Relation.of(drains.zone, len(geography["zone"])),
        catchment_m2=column(drains, "catchment_m2"),
        dish_m2=column(drains, "dish_m2"),
        depth_m=column(drains, "depth_m"),
        main_drain=Relation.of(nearest(geography["main"], drains), len(drains)),
    )


def begin(state: CityState, params: DrainageParams, seed: int) -> None:
    """Ponds differ: some dishes are flatter than the map says; so do inlets."""
    rng = stream(seed, "drainage/start")
    size = len(state["drain.dish_factor"])
    state["drain.dish_factor"] = np.exp(params.dish_log_sd * np.abs(rng.standard_normal(size)))
    state["drain.blockage_frac"] = params.blockage * rng.uniform(0.6, 1.4, size)


def step(state: CityState, tick: Tick, layout: Layout, params: DrainageParams) -> None:
    """Water balance of each catchment over one step.

    Inflow C i A through a linear reservoir; inlets take 36 mm/h less blockage, and gullies on
    the way some of what a main spills; the surplus stays on the road unless a pump takes it
    (0.05 to 0.3 m3/s). Coefficients: expert knowledge, unverified.
    """
    _block(state, tick, params)
    rain = layout.zone.through(state["zone.rain_mm_h"], 0.0)
    arriving = _runoff(state["drain.stored_m3"], rain, tick.dt_s, layout, params)
    spill_m3 = layout.main_drain.total(state["main.burst_l_s"]) * tick.dt_s / 1000
    full = params.inlet_mm_h * _MM_H_TO_M_S * layout.catchment_m2
    blocked = clamp(state["drain.blockage_frac"] + state.lever("drain.blockage_add"), 0, 0.95)
    inlet_m3 = full * (1 - blocked) * tick.dt_s
    pond = state["drain.pond_m3"]
    gullied = np.minimum(spill_m3, params.gully_share * inlet_m3)
    on_road = pond + arriving + spill_m3 - gullied
    into_pipe = np.minimum(on_road, inlet_m3)
    pumped = np.minimum(on_road - into_pipe, state.lever("drain.pump_m3_s") * tick.dt_s)
    pond[:] = on_road - into_pipe - pumped
    state["drain.pipe_m3_s"] = (into_pipe + gullied) / tick.dt_s
    _levels(state, full, layout, params)


def _block(state: CityState, tick: Tick, params: DrainageParams) -> None:
    """Leaves in November and December and gusts above 12 m/s block inlets; cleaning undoes it."""
    blockage = state["drain.blockage_frac"]
    days = tick.dt_s / 86_400
    leaves = params.leaf_blockage_per_day if local_date(tick.t_ms).month >= 11 else 0.0
    gusty = 2.4 if state["quarter.wind_gust_m_s"][0] > 12 else 0.0  # 0.1 per hour
    blockage += (leaves + gusty) * days
    blockage -= (blockage - params.blockage) * (1 - keep(days, params.cleaning_days))
    confine(blockage, 0.02, 0.7)


def _runoff(
    stored: Floats, rain_mm_h: Floats, dt_s: float, layout: Layout, params: DrainageParams
) -> Floats:
    """m3 that reach the inlets in this step; dS/dt = Q - S/K solved exactly."""
    inflow = params.runoff_share * rain_mm_h * _MM_H_TO_M_S * layout.catchment_m2
    left = keep(dt_s, params.reservoir_s)
    before = stored.copy()
    stored *= left
    stored += inflow * params.reservoir_s * (1 - left)
    return np.maximum(0.0, before + inflow * dt_s - stored)


def _levels(state: CityState, full: Floats, layout: Layout, params: DrainageParams) -> None:
    """Pond depth d = 2 V/A_p up to the rim, then over three times the area.

    Pipe level h0 + (Q/Q_full)^0.6 (D - h0); a pipe that takes no more carries the pond on top.
    """
    dish_m2 = layout.dish_m2 * state["drain.dish_factor"]
    depth = _pond_depth(state["drain.pond_m3"], dish_m2, params.rim_m)
    pipe = np.minimum(1.0, state["drain.pipe_m3_s"] / full) ** 0.6
    dry = params.dry_level_share
    level = layout.depth_m * (dry + (1 - dry) * pipe) + depth
    state["drain.pond_m"] = depth
    state["drain.level_m"] = level
    state["drain.fill_frac"] = level / layout.depth_m


def _pond_depth(volume_m3: Floats, dish_m2: Floats, rim_m: float) -> Floats:
    inside = 2 * volume_m3 / dish_m2
    beyond = rim_m + (volume_m3 - rim_m * dish_m2 / 2) / (3 * dish_m2)
    return np.where(inside <= rim_m, inside, beyond)
