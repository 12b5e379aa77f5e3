"""Cars on the links: demand, capacity, speed, illegal stops, parking bays, parked e-bikes."""

import math
from dataclasses import dataclass

import numpy as np

from twin.arrays import Bools, Floats, Index
from twin.calendar import day_kind
from twin.clock import local_date
from twin.config import Table
from twin.geography import Geography
from twin.kinds import ByRoadClass
from twin.profiles import Hourly, NotNegative, Positive, Share, hourly, keep
from twin.relations import attribute, column, through, worst
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.systems.weather import relax
from twin.tick import Tick


class TrafficParams(Table):
    """Section [traffic] of city.toml."""

    hour_share: Hourly
    day_off_factor: Positive
    lane_capacity_veh_h: Positive
    peak_share: ByRoadClass
    friction_alpha: Positive
    friction_beta: Positive
    demand_noise: NotNegative
    stops_per_km_h: NotNegative
    stop_median_s: Positive
    stop_sigma: Positive
    bay_turnover_s: Positive
    bay_occupancy_day: Share
    bay_occupancy_night: Share
    ebikes_per_m: NotNegative
    cycle_s: Positive
    vehicle_green_s: Positive
    walk_s: Positive
    vehicle_length_m: Positive


QUANTITIES = (
    Quantity("link.veh_flow_veh_h"),
    Quantity("link.veh_speed_m_s", 7.5),
    Quantity("link.illegal_veh"),
    Quantity("link.illegal_dwell_s"),
    Quantity("link.ebikes"),
    Quantity("bay.occupied"),
    Quantity("link.veh_mean_veh_h", truth=False),
    Quantity("link.demand_z", truth=False),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts about the carriageways."""

    length_m: Floats
    lanes: Floats
    free_speed_m_s: Floats
    peak_veh_h: Floats
    zone: Index
    sights: Floats
    plaza_link: Index
    drain_link: Index
    bay_link: Index
    narrow: Bools


def prepare(geography: Geography, params: TrafficParams) -> Layout:
    """Peak demand is a share of capacity that depends on the road class (design choice)."""
    links = geography["link"]
    peak_share = params.peak_share.rows(attribute(links, "road_class"))
    lanes = np.maximum(1.0, column(links, "lanes"))
    return Layout(
        length_m=column(links, "length_m"),
        lanes=lanes,
        free_speed_m_s=column(links, "free_speed_m_s"),
        peak_veh_h=peak_share * lanes * params.lane_capacity_veh_h,
        zone=links.zone,
        sights=column(links, "visit_share"),
        plaza_link=geography["plaza"].link,
        drain_link=geography["drain"].link,
        bay_link=geography["bay"].link,
        narrow=lanes <= 2,
    )


def begin(state: CityState, tick: Tick, layout: Layout, params: TrafficParams) -> None:
    """Bays and e-bikes start at the hour's occupancy."""
    rng = stream(tick.seed, "traffic/start")
    taken = rng.random(len(state["bay.occupied"])) < _bay_share(state, tick, params)
    state["bay.occupied"] = taken.astype(np.float64)
    state["link.ebikes"] = _bikes(tick, layout, params)
    state["link.demand_z"] = rng.standard_normal(len(layout.lanes))
    step(state, tick, layout, params)


def step(state: CityState, tick: Tick, layout: Layout, params: TrafficParams) -> None:
    """Demand against capacity gives speed; counts are Poisson."""
    rng = tick.rng("traffic")
    _stop_illegally(state, tick, layout, params, rng)
    demand = _demand(state, tick, layout, params, rng)
    capacity = _capacity(state, layout, params)
    flow = np.minimum(demand, 1.1 * capacity)
    load = np.minimum(demand / capacity, 2.5)
    delay = 1 + params.friction_alpha * load**params.friction_beta
    state["link.veh_speed_m_s"] = layout.free_speed_m_s * _wet_speed(state, layout) / delay
    state["link.veh_mean_veh_h"] = flow
    state["link.veh_flow_veh_h"] = rng.poisson(flow * tick.dt_s / 3600) * 3600 / tick.dt_s
    _park(state, tick, layout, params, rng)


def rush(tick: Tick, params: TrafficParams) -> float:
    """Demand now as a share of the peak hour's."""
    free = day_kind(local_date(tick.t_ms)).free
    level = hourly(params.hour_share, tick.hour) / max(params.hour_share)
    return level * (params.day_off_factor if free else 1.0)


def _demand(
    state: CityState,
    tick: Tick,
    layout: Layout,
    params: TrafficParams,
    rng: np.random.Generator,
) -> Floats:
    """veh/h, with a lognormal swing per link that forgets itself in an hour."""
    swing = state["link.demand_z"]
    phi = keep(tick.dt_s, 3600)
    swing *= phi
    swing += math.sqrt(1 - phi * phi) * rng.standard_normal(len(swing))
    usual = layout.peak_veh_h * rush(tick, params) * np.exp(params.demand_noise * swing)
    return np.asarray(usual * state.lever("link.demand_factor"))


def _capacity(state: CityState, layout: Layout, params: TrafficParams) -> Floats:
    """veh/h: lanes less illegal stops, people on the carriageway, rain, and what is closed."""
    taken = np.where(layout.narrow, 0.5, 0.3) * state["link.illegal_veh"]
    lanes = np.maximum(0.35 * layout.lanes, layout.lanes - taken)
    spill = worst(state["plaza.spill_frac"], layout.plaza_link, len(lanes))
    rain = through(state["zone.rain_mm_h"], layout.zone, 0.0)
    wet = np.where(rain > 10, 0.85, np.where(rain > 0.5, 0.93, 1.0))
    open_share = np.maximum(0.02, state.lever("link.capacity_factor"))
    return np.asarray(lanes * params.lane_capacity_veh_h * (1 - 0.6 * spill) * wet * open_share)


def _wet_speed(state: CityState, layout: Layout) -> Floats:
    """Rain takes up to a quarter of the speed; 15 cm of water lets cars crawl (design choice)."""
    rain = through(state["zone.rain_mm_h"], layout.zone, 0.0)
    pond = worst(state["drain.pond_m"], layout.drain_link, len(rain))
    by_rain = np.interp(rain, (0, 0.5, 10, 50), (1.0, 0.95, 0.88, 0.75))
    return by_rain * np.interp(pond, (0, 0.03, 0.10, 0.15, 0.27), (1.0, 0.9, 0.6, 0.3, 0.05))


def _stop_illegally(
    state: CityState,
    tick: Tick,
    layout: Layout,
    params: TrafficParams,
    rng: np.random.Generator,
) -> None:
    """Poisson stops by day, twice as many near sights on days off; stays as M/M/infinity."""
    free = day_kind(local_date(tick.t_ms)).free
    near = np.where(layout.sights > 0.2, 2.0 if free else 1.0, 1.0)
    by_hour = 1.0 if 7 <= tick.hour < 22 else 0.15
    rate_s = params.stops_per_km_h * by_hour * near * layout.length_m / 3.6e6
    rate_s = rate_s + state.lever("link.illegal_veh_min") / 60
    cars = state["link.illegal_veh"]
    stay_s = params.stop_median_s * math.exp(params.stop_sigma**2 / 2)
    leaving = rng.binomial(cars.astype(np.int64), -math.expm1(-tick.dt_s / stay_s))
    cars += rng.poisson(rate_s * tick.dt_s) - leaving
    dwell = state["link.illegal_dwell_s"]
    dwell += tick.dt_s
    dwell *= cars > 0


def _park(
    state: CityState,
    tick: Tick,
    layout: Layout,
    params: TrafficParams,
    rng: np.random.Generator,
) -> None:
    """Bays as two-state chains around the hour's occupancy; e-bikes fill up with the day."""
    share = _bay_share(state, tick, params)
    occupied = state["bay.occupied"]
    chance = share + (occupied - share) * keep(tick.dt_s, params.bay_turnover_s)
    occupied[:] = rng.random(len(occupied)) < chance
    noise = 1 + 0.05 * rng.standard_normal(len(layout.lanes))
    relax(state["link.ebikes"], _bikes(tick, layout, params) * noise, tick.dt_s, 1800)


def _day_wave(tick: Tick) -> float:
    """0 at 2 h, 1 at 14 h."""
    return 0.5 - 0.5 * math.cos(2 * math.pi * (tick.hour - 2) / 24)


def _bay_share(state: CityState, tick: Tick, params: TrafficParams) -> Floats:
    span = params.bay_occupancy_day - params.bay_occupancy_night
    usual = params.bay_occupancy_night + span * _day_wave(tick)
    return np.clip(usual + state.lever("bay.demand_add"), 0, 1)


def _bikes(tick: Tick, layout: Layout, params: TrafficParams) -> Floats:
    return np.asarray(params.ebikes_per_m * layout.length_m * (0.35 + 0.65 * _day_wave(tick)))
