"""The six-arm junction: signal, queues, delay, and waiting people."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats
from twin.geography import Geography
from twin.relations import column
from twin.state import CityState, Quantity
from twin.systems.traffic import TrafficParams, rush
from twin.tick import Tick

QUANTITIES = (
    Quantity("arm.queue_m"),
    Quantity("arm.delay_s"),
    Quantity("arm.flow_veh_h"),
    Quantity("arm.ped_wait_s"),
    Quantity("arm.queue_veh", truth=False),
)
_NEAR_M = 60.0  # crowd cells this close to an arm's mouth press on it


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts about the arms; near: arms x cells, 1 where the cell presses on the arm."""

    peak_veh_h: Floats
    lanes: Floats
    capacity_veh_h: Floats
    green_share: Floats
    room_m: Floats
    near: Floats


def prepare(geography: Geography, params: TrafficParams) -> Layout:
    """Greens are shared by the highest flow ratio of each phase (Webster's rule)."""
    arms, links, cells = geography["arm"], geography["link"], geography["plaza"]
    peak, lanes = column(arms, "peak_pcu_h"), np.maximum(1.0, column(arms, "lanes"))
    saturation = lanes * column(arms, "saturation_pcu_h")
    green = _green_share(column(arms, "bearing_deg"), peak / saturation, params)
    room = np.where(arms.link >= 0, column(links, "length_m")[arms.link], 100.0)
    distance = np.hypot(
        arms.x_m[:, None] - cells.x_m[None, :], arms.y_m[:, None] - cells.y_m[None, :]
    )
    near = (distance < _NEAR_M).astype(np.float64)
    return Layout(peak, lanes, saturation * green, green, room, near)


def _green_share(bearing_deg: Floats, ratio: Floats, params: TrafficParams) -> Floats:
    """Arms that face each other share a phase: three street pairs, the fourth is for walkers."""
    phase = ((bearing_deg - 35) % 180 // 65).astype(np.int64)
    need = np.zeros(3)
    np.maximum.at(need, phase, ratio)
    return np.asarray(params.vehicle_green_s / params.cycle_s * (need / need.sum())[phase])


def step(state: CityState, tick: Tick, layout: Layout, params: TrafficParams) -> None:
    """Overflow Q += (arrivals - capacity) dt; delay = uniform + random + overflow.

    The overflow queue is the mean flow's; what chance adds to it is the random delay d2.
    """
    arrivals_veh_h = layout.peak_veh_h * rush(tick, params)
    capacity = _capacity(state, layout)
    queue = state["arm.queue_veh"]
    present = queue + arrivals_veh_h * tick.dt_s / 3600
    served = np.minimum(present, capacity * tick.dt_s / 3600)
    room = layout.room_m * layout.lanes / params.vehicle_length_m
    queue[:] = np.minimum(present - served, room)
    counted = tick.rng("junction").poisson(served)
    state["arm.flow_veh_h"] = counted * 3600 / tick.dt_s
    red_s = params.cycle_s * (1 - layout.green_share)
    waiting = queue + np.minimum(arrivals_veh_h, capacity) * red_s / 7200
    length = waiting * params.vehicle_length_m / layout.lanes
    state["arm.queue_m"] = np.minimum(length, layout.room_m)
    delay = _delay_s(arrivals_veh_h, capacity, layout, params)
    state["arm.delay_s"] = delay + queue / capacity * 3600
    state["arm.ped_wait_s"] = _walkers_wait_s(state, layout, params)


def _capacity(state: CityState, layout: Layout) -> Floats:
    """pcu/h after people on the carriageway (1 - 0.6 phi), rain and closures."""
    spill = (layout.near * state["plaza.spill_frac"]).max(axis=1, initial=0.0)
    wet = 0.9 if state["quarter.rain_mm_h"][0] > 2 else 1.0
    open_share = np.maximum(0.03, state.lever("arm.capacity_factor"))
    return np.asarray(layout.capacity_veh_h * (1 - 0.6 * spill) * wet * open_share)


def _delay_s(
    arrivals_veh_h: Floats, capacity: Floats, layout: Layout, params: TrafficParams
) -> Floats:
    """d1 uniform and d2 random delay with T = 0.25 h, k = 0.5 (expert knowledge, unverified)."""
    load, green = arrivals_veh_h / capacity, layout.green_share
    uniform = 0.5 * params.cycle_s * (1 - green) ** 2 / (1 - np.minimum(1.0, load) * green)
    load = np.minimum(load, 1.0)  # beyond it arm.queue_veh grows
    random = 225 * (load - 1 + np.sqrt((load - 1) ** 2 + 4 * load / (capacity * 0.25)))
    return np.asarray(uniform + random)


def _walkers_wait_s(state: CityState, layout: Layout, params: TrafficParams) -> Floats:
    """Mean wait R^2/(2C); a crowd above 0.72 ped/m2 needs more than one green."""
    red_s = params.cycle_s - params.walk_s
    density = (layout.near * state["plaza.density_ped_m2"]).max(axis=1, initial=0.0)
    return np.asarray(red_s**2 / (2 * params.cycle_s) * (1 + 0.8 * np.maximum(0, density - 0.72)))
