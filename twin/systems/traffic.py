"""Cars on the streets: who wants to drive, what the carriageway takes, how fast it goes.

week shape x levels -> targets per direction -> driving (stores, corners) -> flow and speed
"""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, twice
from twin.calendar import day_kind, school_holiday
from twin.clock import local_date
from twin.config import Table
from twin.counts import poisson
from twin.geography import Geography
from twin.kinds import ByRoadClass
from twin.profiles import NotNegative, Positive, Share
from twin.relations import Relation, attribute, column
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.systems.driving import (
    STEP_S,
    Drive,
    Roads,
    advance,
    crowding,
    plan,
    roads,
)
from twin.systems.kerb import KerbParams, Kerbs, fill, kerbs, park, stop_illegally
from twin.systems.network import corners
from twin.systems.shapes import WeekShape, day_factor
from twin.tick import Tick
from twin.wander import wander

_WET_MM_H = 0.5  # from here on roads are wet (design choice)
_JAM_M_S = 1.2  # a full lane still empties at 650 veh/h (design choice)


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
    """Fixed facts about the carriageways.

    known and blind: arms with and without a carriageway towards the junction on the map; full_s:
    capacity in veh/s per direction; blocked: share of a street that an illegal stop takes.
    """

    road: Roads
    kerb: Kerbs
    peak_veh_h: Floats
    arm_peak_veh_h: Floats
    arm_room_veh: Floats
    known_peak_veh_h: Floats
    blind_peak_veh_h: Floats
    lanes: Floats
    full_s: Floats
    blocked: Floats
    zone: Relation
    plaza_link: Relation
    drain_link: Relation


def prepare(geography: Geography, params: TrafficParams) -> Layout:
    """Peak demand is a share of capacity that depends on the road class (design choice)."""
    links, arms = geography["link"], geography["arm"]
    peak_share = params.peak_share.rows(attribute(links, "road_class"))
    road = roads(geography, params.vehicle_length_m)
    lanes = np.maximum(1.0, column(links, "lanes"))
    arm_m = column(links, "length_m")[arms.link] * np.maximum(1.0, column(arms, "lanes"))
    arm_peak = column(arms, "peak_pcu_h")
    return Layout(
        road=road,
        kerb=kerbs(geography, params.kerb),
        peak_veh_h=np.tile(peak_share, 2) * road.lanes * params.lane_capacity_veh_h,
        arm_peak_veh_h=arm_peak,
        known_peak_veh_h=arm_peak[road.has_in],
        blind_peak_veh_h=np.where(road.arm_in < 0, arm_peak, 0.0),
        arm_room_veh=arm_m / params.vehicle_length_m,
        lanes=lanes,
        full_s=road.lanes * params.lane_capacity_veh_h / 3600,
        blocked=np.where(lanes <= 2, 0.5, 0.3) / lanes,
        zone=Relation.of(links.zone, len(geography["zone"])),
        plaza_link=Relation.of(geography["plaza"].link, len(links)),
        drain_link=Relation.of(geography["drain"].link, len(links)),
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
    capacity_s = _capacity_s(state, layout)
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
    wander(swing, week.hour_keep ** (tick.dt_s / 3600), rng)
    level = rush(state, tick, params) / 3600
    factor = level * np.exp(week.hour_sd * swing - week.hour_sd**2 / 2)
    usual = layout.peak_veh_h * twice(factor * state.lever("link.demand_factor"))
    return _through_junction(usual, level, layout)


def _through_junction(usual_s: Floats, level: float, layout: Layout) -> Floats:
    """The arms carry their own peaks inwards, and as much outwards, by the size of the street."""
    road = layout.road
    if len(road.away):
        total = layout.arm_peak_veh_h.sum() * level
        usual_s[road.into] = layout.known_peak_veh_h * level
        usual_s[road.away] *= total / max(1e-12, float(usual_s[road.away].sum()))
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
    road, turning = layout.road, corners(layout.road.net, target_s)
    pace = np.maximum(_JAM_M_S, speed * crowding(_with_queues(state, drive, layout), road))
    queue = state["arm.queue_veh"]
    fixed = plan(drive, road, turning, target_s, capacity_s, pace, queue, params.trip_s)
    for _ in range(max(1, round(tick.dt_s / STEP_S))):
        advance(drive, fixed, road)


def _with_queues(state: CityState, drive: Drive, layout: Layout) -> Floats:
    """Vehicles per direction with those that queue at the arms."""
    there, road = drive.vehicles.copy(), layout.road
    there[road.into] += (state["arm.queue_veh"] + drive.coming)[road.has_in]
    return there


def _from_nowhere(
    state: CityState, drive: Drive, tick: Tick, layout: Layout, target_s: Floats
) -> None:
    """Arms without a carriageway towards the junction on the map: their flow begins there."""
    if len(layout.road.into) == len(layout.arm_peak_veh_h):
        return
    level = target_s[layout.road.into].sum() / max(1e-9, float(layout.known_peak_veh_h.sum()))
    born = layout.blind_peak_veh_h * level * tick.dt_s
    spare = layout.arm_room_veh - state["arm.queue_veh"] - drive.coming
    born = np.maximum(np.minimum(born, spare), 0.0)
    drive.coming += born
    drive.entered += float(born.sum())


def _capacity_s(state: CityState, layout: Layout) -> Floats:
    """veh/s per direction: lanes less illegal stops, people on the carriageway, rain, closures."""
    share = np.maximum(0.35, 1 - layout.blocked * state["link.illegal_veh"])
    share *= np.maximum(0.02, state.lever("link.capacity_factor"))
    if np.count_nonzero(state["plaza.spill_frac"]):
        share *= 1 - 0.6 * layout.plaza_link.worst(state["plaza.spill_frac"])
    if np.count_nonzero(state["zone.rain_mm_h"]):
        rain = layout.zone.through(state["zone.rain_mm_h"], 0.0)
        share *= np.where(rain > 10, 0.85, np.where(rain > _WET_MM_H, 0.93, 1.0))
    return layout.full_s * twice(share)


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
    free = layout.road.free_m_s / delay
    return np.asarray(free * twice(_wet_speed(state, layout)) if _wet(state) else free)


def _wet(state: CityState) -> bool:
    return bool(
        np.count_nonzero(state["zone.rain_mm_h"]) or np.count_nonzero(state["drain.pond_m"])
    )


def _wet_speed(state: CityState, layout: Layout) -> Floats:
    """Rain takes up to a quarter of the speed; 15 cm of water lets cars crawl (design choice)."""
    rain = layout.zone.through(state["zone.rain_mm_h"], 0.0)
    pond = layout.drain_link.worst(state["drain.pond_m"])
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
    flow = (drive.passed[:streets] + drive.passed[streets:]) / 2
    there = _with_queues(state, drive, layout)
    by_queue = drive.out * road.length_m / np.maximum(1e-9, there * tick.dt_s)
    seen = np.where(there > 0.2 * road.room_veh, np.minimum(speed, by_queue), speed)
    seen = np.where(road.lanes > 0, np.maximum(0.2, seen), np.inf)
    state["link.vehicles_veh"] = drive.vehicles[:streets] + drive.vehicles[streets:]
    state["link.veh_speed_m_s"] = np.minimum(seen[:streets], seen[streets:])
    state["link.veh_mean_veh_h"] = flow * (3600 / tick.dt_s)
    state["link.veh_flow_veh_h"] = poisson(flow, rng) * (3600 / tick.dt_s)
