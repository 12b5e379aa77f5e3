"""The signal of the six-arm junction: a cycle by the clock, greens that police may shorten."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Ints
from twin.clock import SECOND_MS
from twin.geography import Geography
from twin.relations import column
from twin.state import CityState, Quantity
from twin.systems.crowd import away_m
from twin.systems.traffic import TrafficParams
from twin.tick import Tick

QUANTITIES = (
    Quantity("arm.green", truth=False),
    Quantity("arm.green_s", truth=False),
    Quantity("arm.cycle_green_s", truth=False),
    Quantity("signal.cycle_ms", truth=False, size=1),
    Quantity("signal.due_ms", truth=False, size=1),
    Quantity("signal.told_ms", truth=False, size=1),
)
NEAR_M = 60.0  # crowd cells this close to an arm's mouth press on it (design choice)


@dataclass(frozen=True, slots=True)
class Layout:
    """Begin and length of each arm's green in the cycle, whole ms; mouths: cells that press."""

    green_from_ms: Ints
    green_ms: Ints
    mouths: Ints


def prepare(geography: Geography, params: TrafficParams) -> Layout:
    """Greens are shared by the highest flow ratio of each phase (Webster's rule)."""
    arms = geography["arm"]
    saturation = np.maximum(1.0, column(arms, "lanes")) * column(arms, "saturation_pcu_h")
    ratio = column(arms, "peak_pcu_h") / saturation
    start_s, green_s = _greens(column(arms, "bearing_deg"), ratio, params)
    near = away_m(geography["plaza"], arms) < NEAR_M
    return Layout(_whole_ms(start_s), _whole_ms(green_s), np.flatnonzero(near))


def _whole_ms(seconds: Floats) -> Ints:
    return np.rint(seconds * SECOND_MS).astype(np.int64)


def _greens(bearing_deg: Floats, ratio: Floats, params: TrafficParams) -> tuple[Floats, Floats]:
    """Start and length of each arm's green in the cycle.

    Arms that face each other share a phase: three street pairs, the fourth is for walkers.
    """
    phase = ((bearing_deg - 35) % 180 // 65).astype(np.int64)
    need = np.zeros(3)
    np.maximum.at(need, phase, ratio)
    length = params.vehicle_green_s * need / max(1e-9, float(need.sum()))
    start = np.concatenate(([0.0], np.cumsum(length + params.lost_s)[:2]))
    return start[phase], length[phase]


def begin(state: CityState, tick: Tick, layout: Layout, params: TrafficParams) -> None:
    """A run begins within the cycle that the clock is in."""
    cycle_ms = round(params.cycle_s * SECOND_MS)
    state["signal.told_ms"] = state["signal.due_ms"] = tick.t_ms
    _begin_cycle(state, tick.t_ms // cycle_ms * cycle_ms, layout, params)


def due_ms(state: CityState) -> int:
    """The next change of a light."""
    return int(state["signal.due_ms"][0])


def act(state: CityState, tick: Tick, layout: Layout, params: TrafficParams) -> None:
    """The lights that change now, and when the next ones do."""
    settle(state, tick.t_ms)
    cycle_ms, begun_ms = round(params.cycle_s * SECOND_MS), int(state["signal.cycle_ms"][0])
    if tick.t_ms >= begun_ms + cycle_ms:
        begun_ms += cycle_ms
        _begin_cycle(state, begun_ms, layout, params)
    past_ms, start_ms = tick.t_ms - begun_ms, layout.green_from_ms
    end_ms = start_ms + _whole_ms(state["arm.cycle_green_s"])
    green = (start_ms <= past_ms) & (past_ms < end_ms)
    state["arm.green"] = green.astype(np.float64)
    edges_ms = np.concatenate((start_ms, end_ms, [cycle_ms]))
    state["signal.due_ms"] = begun_ms + edges_ms[edges_ms > past_ms].min()


def _begin_cycle(state: CityState, begun_ms: int, layout: Layout, params: TrafficParams) -> None:
    """Police take from the cars' green of a whole cycle when a crowd stands at the mouths."""
    density = state["plaza.density_ped_m2"][layout.mouths]
    crowded = np.maximum.reduce(density, initial=0.0) >= params.police_density_ped_m2
    left = params.police_green if crowded else 1.0
    state["signal.cycle_ms"] = begun_ms
    state["arm.cycle_green_s"] = layout.green_ms * left / SECOND_MS


def settle(state: CityState, t_ms: int) -> None:
    """Add the green since the last time to what each arm has had."""
    told = state["signal.told_ms"]
    state["arm.green_s"] += state["arm.green"] * ((t_ms - told[0]) / SECOND_MS)
    told[:] = t_ms


def taken_s(state: CityState, t_ms: int) -> Floats:
    """Seconds of green of each arm since they were taken last; they are the caller's now."""
    settle(state, t_ms)
    green_s = state["arm.green_s"].copy()
    state["arm.green_s"] = 0.0
    return green_s
