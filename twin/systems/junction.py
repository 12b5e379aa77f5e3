"""The six-arm junction: queues, who drives where, delay, and waiting people.

Who reaches the queues in the next six steps, a minute, is drawn at once: streets bring vehicles
once a minute. Means and delays are told at its end.
"""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Ints
from twin.counts import poisson, within
from twin.geography import Geography
from twin.profiles import keep
from twin.relations import column
from twin.state import CityState, Quantity
from twin.systems import ahead, signals
from twin.systems.driving import roads
from twin.systems.traffic import TrafficParams
from twin.systems.weather import relax
from twin.tick import Tick

QUANTITIES = (
    Quantity("arm.queue_m"),
    Quantity("arm.delay_s"),
    Quantity("arm.flow_veh_h"),
    Quantity("arm.ped_wait_s"),
    Quantity("arm.queue_veh", truth=False),
    Quantity("arm.coming_veh", truth=False),
    Quantity("arm.leaving_veh", truth=False),
    Quantity("arm.queue_mean_veh", truth=False),
    Quantity("arm.arrival_veh_h", truth=False),
    Quantity("arm.arriving_veh", truth=False, count=ahead.size("arm")),
    Quantity("arm.queue_sum_veh", truth=False),
)
_APPROACH_S = 30.0  # from the end of the link to the tail of the queue (design choice)
_MEAN_S = 420.0  # three cycles (design choice)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts about the arms; near: arms x cells, 1 where the cell presses on the arm.

    turn: share of each arm's vehicles that leaves by each other arm; turned: all these together.
    """

    queue_m_per_veh: Floats
    saturation_veh_h: Floats
    room_m: Floats
    away: Ints
    away_room_veh: Floats
    turn: Floats
    turned: Floats
    near: Floats


def prepare(geography: Geography, params: TrafficParams) -> Layout:
    """Lanes, room, and who turns where."""
    arms, links, cells = geography["arm"], geography["link"], geography["plaza"]
    lanes = np.maximum(1.0, column(arms, "lanes"))
    road = roads(geography, params.vehicle_length_m)
    away = np.maximum(0, road.arm_out).astype(np.int64)
    known = road.arm_out >= 0
    distance = np.hypot(
        arms.x_m[:, None] - cells.x_m[None, :], arms.y_m[:, None] - cells.y_m[None, :]
    )
    turn = _turns(np.where(known, road.lanes[away], 0.0))
    return Layout(
        queue_m_per_veh=params.vehicle_length_m / lanes,
        saturation_veh_h=lanes * column(arms, "saturation_pcu_h"),
        room_m=np.where(arms.link >= 0, column(links, "length_m")[arms.link], 100.0),
        away=away,
        away_room_veh=np.where(known, road.room_veh[away], 0.0),
        turn=turn,
        turned=turn.sum(axis=1),
        near=(distance < signals.NEAR_M).astype(np.float64),
    )


def _turns(weight: Floats) -> Floats:
    """Nobody turns back; the others are chosen by their lanes."""
    share = np.tile(weight, (len(weight), 1))
    np.fill_diagonal(share, 0.0)
    return np.asarray(share / np.maximum(1e-9, share.sum(axis=1, keepdims=True)))


def step(state: CityState, tick: Tick, layout: Layout, params: TrafficParams) -> None:
    """Arrivals join the queue, green lets them go as far as the exits have room."""
    row = ahead.row_of(tick)
    if row == 0:
        _remember(state, tick)
        _draw(state, tick)
    queue, arrivals = state["arm.queue_veh"], ahead.rows(state["arm.arriving_veh"])[row]
    state["arm.coming_veh"] -= arrivals
    queue += arrivals
    factor = _factor(state, layout)
    limit = layout.saturation_veh_h * factor
    limit *= signals.taken_s(state, tick.t_ms)
    limit /= 3600
    served = np.minimum(_leave(state, np.minimum(queue, limit), layout), queue)  # not a hair more
    queue -= served
    state["arm.queue_sum_veh"] += queue
    state["arm.flow_veh_h"] = served * (3600 / tick.dt_s)
    state["arm.queue_m"] = np.minimum(queue * layout.queue_m_per_veh, layout.room_m)
    if row == 0:
        state["arm.delay_s"] = _delay_s(state, factor, layout, params)
        state["arm.ped_wait_s"] = _walkers_wait_s(state, layout, params)


def _draw(state: CityState, tick: Tick) -> None:
    """How many of those who come reach each queue in each of the next steps."""
    coming, left = state["arm.coming_veh"], keep(tick.dt_s, _APPROACH_S)
    parts = (1 - left) * left ** np.arange(ahead.STEPS)[:, None]
    drawn = ahead.rows(poisson((parts * coming).ravel(), tick.rng("junction")))
    state["arm.arriving_veh"] = within(drawn, np.floor(coming)).ravel()


def _remember(state: CityState, tick: Tick) -> None:
    """Means over about three cycles, with those of the last steps."""
    past_s = ahead.STEPS * tick.dt_s
    arrived = ahead.rows(state["arm.arriving_veh"]).sum(axis=0)
    relax(state["arm.arrival_veh_h"], arrived * (3600 / past_s), past_s, _MEAN_S)
    relax(state["arm.queue_mean_veh"], state["arm.queue_sum_veh"] / ahead.STEPS, past_s, _MEAN_S)
    state["arm.queue_sum_veh"] = 0.0


def _leave(state: CityState, ready: Floats, layout: Layout) -> Floats:
    """Vehicles that get out of the junction; a full exit holds back those who want to take it."""
    wanted, leaving = ready @ layout.turn, state["arm.leaving_veh"]
    spare = layout.away_room_veh - state["traffic.vehicles_veh"].take(layout.away)
    spare -= leaving
    np.maximum(spare, 0.0, out=spare)
    if not np.count_nonzero(wanted > spare):
        leaving += wanted
        return ready * layout.turned
    accepted = np.minimum(1.0, spare / np.maximum(1e-9, wanted))
    leaving += wanted * accepted
    return np.asarray(ready * (layout.turn @ accepted))


def _pressing(state: CityState, layout: Layout) -> Floats:
    """Density of the crowd at each arm's mouth."""
    near = layout.near * state["plaza.density_ped_m2"]
    return np.asarray(np.maximum.reduce(near, axis=1, initial=0.0))


def _factor(state: CityState, layout: Layout) -> Floats:
    """Share of the saturation flow after people on the carriageway, rain and closures."""
    wet = 0.9 if state["quarter.rain_mm_h"][0] > 2 else 1.0
    open_share = np.maximum(0.03, state.lever("arm.capacity_factor"))
    spill = state["plaza.spill_frac"]
    if not np.count_nonzero(spill):
        return np.asarray(wet * open_share)
    worst = np.maximum.reduce(layout.near * spill, axis=1, initial=0.0)
    return np.asarray((1 - 0.6 * worst) * wet * open_share)


def _delay_s(state: CityState, factor: Floats, layout: Layout, params: TrafficParams) -> Floats:
    """d1 uniform and d2 random delay with T = 0.25 h, k = 0.5 (expert knowledge, unverified),
    and the time it takes to serve a mean queue longer than these explain."""
    green = state["arm.cycle_green_s"] / params.cycle_s
    rate = state["arm.arrival_veh_h"]
    capacity = layout.saturation_veh_h * factor * green
    load = np.minimum(rate / capacity, 1.0)
    uniform = 0.5 * params.cycle_s * (1 - green) ** 2 / (1 - load * green)
    random = 225 * (load - 1 + np.sqrt((load - 1) ** 2 + 4 * load / (capacity * 0.25)))
    usual = rate * (uniform + random) / 3600
    over = np.maximum(0.0, state["arm.queue_mean_veh"] - usual)
    return np.asarray(uniform + random + over / capacity * 3600)


def _walkers_wait_s(state: CityState, layout: Layout, params: TrafficParams) -> Floats:
    """Mean wait R^2/(2C); a crowd above 0.72 ped/m2 needs more than one green."""
    red_s = params.cycle_s - params.walk_s
    over = np.maximum(0.0, _pressing(state, layout) - 0.72)
    return np.asarray(red_s**2 / (2 * params.cycle_s) * (1 + 0.8 * over))
