"""Cars on the streets: who wants to drive, what the carriageway takes, how fast it goes.

week shape x levels -> targets per direction -> driving (stores, corners) -> flow and speed
"""

import math
from dataclasses import dataclass

import numpy as np

from twin.arrays import Bools, Floats, Index, twice
from twin.calendar import day_kind, school_holiday
from twin.clock import local_date
from twin.config import Table
from twin.geography import Geography
from twin.kinds import ByRoadClass
from twin.profiles import NotNegative, Positive, Share
from twin.relations import attribute, column, through, worst
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.systems.driving import (
    STEP_S,
    Drive,
    Roads,
    Step,
    advance,
    at_arms_apart,
    crowding,
    roads,
)
from twin.systems.kerb import KerbParams, Kerbs, fill, kerbs, park, stop_illegally
from twin.systems.network import corners
from twin.systems.shapes import WeekShape, day_factor
from twin.tick import Tick

_WET_MM_H = 0.5
_JAM_M_S = 1.2  # a full lane still empties at 650 veh/h


class TrafficParams(Table):
    """Section [traffic] of city.toml; the week comes from config/calibrated."""

    week: WeekShape
    wet_demand: Positive
    kerb: KerbParams
    school_holiday_factor: Positive
    lane_capacity_veh_h: Positive
    peak_share: ByRoadClass
    friction_alpha: Positive
    friction_beta: Positive
    trip_s: Positive
    cycle_s: Positive
    vehicle_green_s: Positive
    lost_s: NotNegative
    walk_s: Positive
    vehicle_length_m: Positive
    police_density_ped_m2: Positive
    police_green: Share


def _directions(geography: Geography) -> int:
    return 2 * len(geography["link"])


QUANTITIES = (
    Quantity("link.veh_flow_veh_h"),
    Quantity("link.veh_speed_m_s", 7.5),
    Quantity("link.illegal_veh"),
    Quantity("link.illegal_dwell_s"),
    Quantity("link.ebikes"),
    Quantity("bay.occupied"),
    Quantity("link.veh_mean_veh_h", truth=False),
    Quantity("link.vehicles_veh", truth=False),
    Quantity("link.demand_z", truth=False),
    Quantity("traffic.vehicles_veh", truth=False, count=_directions),
    Quantity("traffic.entered_veh", truth=False, size=1),
    Quantity("traffic.left_veh", truth=False, size=1),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts about the carriageways."""

    road: Roads
    kerb: Kerbs
    peak_veh_h: Floats
    arm_peak_veh_h: Floats
    arm_room_veh: Floats
    lanes: Floats
    zone: Index
    plaza_link: Index
    drain_link: Index
    narrow: Bools


def prepare(geography: Geography, params: TrafficParams) -> Layout:
    """Peak demand is a share of capacity that depends on the road class (design choice)."""
    links, arms = geography["link"], geography["arm"]
    peak_share = params.peak_share.rows(attribute(links, "road_class"))
    road = roads(geography, params.vehicle_length_m)
    lanes = np.maximum(1.0, column(links, "lanes"))
    arm_m = column(links, "length_m")[arms.link] * np.maximum(1.0, column(arms, "lanes"))
    return Layout(
        road=road,
        kerb=kerbs(geography),
        peak_veh_h=np.tile(peak_share, 2) * road.lanes * params.lane_capacity_veh_h,
        arm_peak_veh_h=column(arms, "peak_pcu_h"),
        arm_room_veh=arm_m / params.vehicle_length_m,
        lanes=lanes,
        zone=links.zone,
        plaza_link=geography["plaza"].link,
        drain_link=geography["drain"].link,
        narrow=lanes <= 2,
    )


def begin(state: CityState, tick: Tick, layout: Layout, params: TrafficParams) -> None:
    """Kerbs at the hour's occupancy, streets with the vehicles that their flow needs."""
    rng = stream(tick.seed, "traffic/start")
    fill(state, tick, layout.kerb, params.kerb, rng)
    state["link.demand_z"] = rng.standard_normal(len(layout.lanes))
    target_s = targets_s(state, tick, layout, params, rng)
    state["traffic.vehicles_veh"] = target_s * layout.road.length_m / layout.road.free_m_s
    state["traffic.entered_veh"] = state["traffic.vehicles_veh"].sum()
    step(state, tick, layout, params)


def step(state: CityState, tick: Tick, layout: Layout, params: TrafficParams) -> None:
    """Targets of the minute, everybody's steps, counts and speeds."""
    rng = tick.rng("traffic")
    stop_illegally(state, tick, layout.kerb, params.kerb, rng)
    target_s = targets_s(state, tick, layout, params, rng)
    capacity_s = _capacity_s(state, layout, params)
    drive = Drive(
        vehicles=state["traffic.vehicles_veh"],
        coming=state["arm.coming_veh"],
        leaving=state["arm.leaving_veh"],
        passed=np.zeros(len(target_s)),
        out=np.zeros(len(target_s)),
    )
    speed = _free_flow_m_s(state, layout, params, target_s, capacity_s)
    _drive(state, drive, tick, layout, params, target_s, capacity_s, speed)
    _from_nowhere(state, drive, tick, layout, target_s)
    state["traffic.entered_veh"] += drive.entered
    state["traffic.left_veh"] += drive.left
    _count(state, drive, tick, layout, speed, rng)
    park(state, tick, layout.kerb, params.kerb, rng)


def rush(state: CityState, tick: Tick, params: TrafficParams) -> float:
    """Demand now as a share of the usual peak hour's, with the day's luck and the weather."""
    day = local_date(tick.t_ms)
    kind, week = day_kind(day), params.week
    level = week.at(kind, tick.hour)
    level *= day_factor(tick.seed, "traffic", day, week.day_sd, week.day_keep)
    if school_holiday(day) and not kind.free:
        level *= params.school_holiday_factor
    return level * (params.wet_demand if state["quarter.rain_mm_h"][0] > _WET_MM_H else 1.0)


def targets_s(
    state: CityState,
    tick: Tick,
    layout: Layout,
    params: TrafficParams,
    rng: np.random.Generator,
) -> Floats:
    """veh/s wanted per direction, with a lognormal swing per street that fades in hours."""
    swing, week = state["link.demand_z"], params.week
    phi = week.hour_keep ** (tick.dt_s / 3600)
    swing *= phi
    swing += math.sqrt(1 - phi * phi) * rng.standard_normal(len(swing))
    factor = rush(state, tick, params) * np.exp(week.hour_sd * swing - week.hour_sd**2 / 2)
    usual = layout.peak_veh_h * twice(factor * state.lever("link.demand_factor")) / 3600
    return _through_junction(usual, rush(state, tick, params), layout)


def _through_junction(usual_s: Floats, level: float, layout: Layout) -> Floats:
    """The arms carry their own peaks inwards, and as much outwards, by the size of the street."""
    road = layout.road
    into, away = road.arm_in[road.arm_in >= 0], road.arm_out[road.arm_out >= 0]
    if len(away):
        total = layout.arm_peak_veh_h.sum() * level / 3600
        usual_s[into] = layout.arm_peak_veh_h[road.arm_in >= 0] * level / 3600
        usual_s[away] *= total / max(1e-12, float(usual_s[away].sum()))
    return usual_s


def _drive(
    state: CityState,
    drive: Drive,
    tick: Tick,
    layout: Layout,
    params: TrafficParams,
    target_s: Floats,
    capacity_s: Floats,
    speed: Floats,
) -> None:
    road = layout.road
    standing = np.zeros(len(target_s))
    known = road.arm_in >= 0
    standing[road.arm_in[known]] = state["arm.queue_veh"][known]
    pace = np.maximum(_JAM_M_S, speed * crowding(_with_queues(state, drive, layout), road))
    fixed = Step(
        moving=np.minimum(1.0, pace * STEP_S / road.length_m),
        most=capacity_s * STEP_S,
        standing=standing,
        source=target_s * road.length_m * STEP_S / (road.free_m_s * params.trip_s),
        end=STEP_S / params.trip_s,
        corners=at_arms_apart(corners(road.net, target_s), road),
    )
    for _ in range(max(1, round(tick.dt_s / STEP_S))):
        advance(drive, fixed, road)


def _with_queues(state: CityState, drive: Drive, layout: Layout) -> Floats:
    """Vehicles per direction with those that queue at the arms."""
    there, known = drive.vehicles.copy(), layout.road.arm_in >= 0
    there[layout.road.arm_in[known]] += (state["arm.queue_veh"] + drive.coming)[known]
    return there


def _from_nowhere(
    state: CityState, drive: Drive, tick: Tick, layout: Layout, target_s: Floats
) -> None:
    """Arms without a carriageway towards the junction on the map: their flow begins there."""
    blind = layout.road.arm_in < 0
    if not blind.any():
        return
    known = layout.road.arm_in[~blind]
    level = target_s[known].sum() / max(1e-9, float(layout.arm_peak_veh_h[~blind].sum()))
    born = np.where(blind, layout.arm_peak_veh_h * level * tick.dt_s, 0.0)
    spare = layout.arm_room_veh - state["arm.queue_veh"] - drive.coming
    born = np.maximum(np.minimum(born, spare), 0.0)
    drive.coming += born
    drive.entered += float(born.sum())


def _capacity_s(state: CityState, layout: Layout, params: TrafficParams) -> Floats:
    """veh/s per direction: lanes less illegal stops, people on the carriageway, rain, closures."""
    taken = np.where(layout.narrow, 0.5, 0.3) * state["link.illegal_veh"]
    lanes = np.maximum(0.35, 1 - taken / layout.lanes)
    spill = worst(state["plaza.spill_frac"], layout.plaza_link, len(lanes))
    rain = through(state["zone.rain_mm_h"], layout.zone, 0.0)
    wet = np.where(rain > 10, 0.85, np.where(rain > _WET_MM_H, 0.93, 1.0))
    open_share = np.maximum(0.02, state.lever("link.capacity_factor"))
    share = twice(lanes * (1 - 0.6 * spill) * wet * open_share)
    return np.asarray(layout.road.lanes * params.lane_capacity_veh_h * share / 3600)


def _free_flow_m_s(
    state: CityState,
    layout: Layout,
    params: TrafficParams,
    target_s: Floats,
    capacity_s: Floats,
) -> Floats:
    """t = t0 (1 + alpha x^beta) without queues, x = demand / capacity up to 2.5."""
    load = np.minimum(target_s / np.maximum(1e-9, capacity_s), 2.5)
    delay = 1 + params.friction_alpha * load**params.friction_beta
    return np.asarray(layout.road.free_m_s * twice(_wet_speed(state, layout)) / delay)


def _wet_speed(state: CityState, layout: Layout) -> Floats:
    """Rain takes up to a quarter of the speed; 15 cm of water lets cars crawl (design choice)."""
    rain = through(state["zone.rain_mm_h"], layout.zone, 0.0)
    pond = worst(state["drain.pond_m"], layout.drain_link, len(rain))
    by_rain = np.interp(rain, (0, 0.5, 10, 50), (1.0, 0.95, 0.88, 0.75))
    return by_rain * np.interp(pond, (0, 0.03, 0.10, 0.15, 0.27), (1.0, 0.9, 0.6, 0.3, 0.05))


def _count(
    state: CityState,
    drive: Drive,
    tick: Tick,
    layout: Layout,
    speed: Floats,
    rng: np.random.Generator,
) -> None:
    """Counts are Poisson; where a street fills up its speed is outflow x length / vehicles."""
    road, streets = layout.road, layout.road.net.streets
    flow = drive.passed[:streets] + drive.passed[streets:]
    there = _with_queues(state, drive, layout)
    full = there / np.maximum(1e-9, road.room_veh)
    by_queue = drive.out * road.length_m / np.maximum(1e-9, there * tick.dt_s)
    seen = np.where(full > 0.2, np.minimum(speed, by_queue), speed)
    seen = np.where(road.lanes > 0, np.maximum(0.2, seen), np.inf)
    state["link.vehicles_veh"] = drive.vehicles[:streets] + drive.vehicles[streets:]
    state["link.veh_speed_m_s"] = np.minimum(seen[:streets], seen[streets:])
    state["link.veh_mean_veh_h"] = flow * 3600 / tick.dt_s
    state["link.veh_flow_veh_h"] = rng.poisson(flow) * 3600 / tick.dt_s
