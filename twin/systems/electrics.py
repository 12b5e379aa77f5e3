"""Electrical fire signs in the houses, and their lifts."""

import math
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats
from twin.config import Table
from twin.geography import Geography
from twin.profiles import NotNegative, Positive
from twin.relations import Relation, nearest
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.tick import Tick

IDLE, MOVING, DOOR_OPEN, STOPPED = 0.0, 1.0, 2.0, 3.0


class ElectricsParams(Table):
    """Section [electrics] of city.toml."""

    leakage_ma: Positive
    leakage_log_sd: NotNegative
    leakage_per_moisture: NotNegative
    joint_rise_c: NotNegative
    indoor_share: NotNegative
    trips_per_h: Positive
    trip_s: Positive


QUANTITIES = (
    Quantity("building.residual_ma", 40.0),
    Quantity("building.joint_temp_c", 25.0),
    Quantity("building.arc_per_s"),
    Quantity("building.smoke_pct_m"),
    Quantity("building.ebike_indoor"),
    Quantity("lift.state"),
    Quantity("lift.trapped"),
    Quantity("building.leakage_base_ma", 40.0, truth=False),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts: who feeds whom."""

    zone: Relation
    feeder: Relation
    lift_feeder: Relation


def prepare(geography: Geography) -> Layout:
    """Houses and lifts hang on the nearest transformer."""
    buildings, feeders = geography["building"], geography["feeder"]
    return Layout(
        zone=Relation.of(buildings.zone, len(geography["zone"])),
        feeder=Relation.of(nearest(buildings, feeders), len(feeders)),
        lift_feeder=Relation.of(nearest(geography["lift"], feeders), len(feeders)),
    )


def begin(state: CityState, params: ElectricsParams, seed: int) -> None:
    """Old wiring differs from house to house."""
    rng = stream(seed, "electrics/start")
    size = len(state["building.leakage_base_ma"])
    spread = rng.lognormal(math.log(params.leakage_ma), params.leakage_log_sd, size)
    state["building.leakage_base_ma"] = np.minimum(spread, 3 * params.leakage_ma)


def step(state: CityState, tick: Tick, layout: Layout, params: ElectricsParams) -> None:
    """Leakage grows with damp walls, joints warm with the square of load (design choices)."""
    rng = tick.rng("electrics")
    ratio = layout.feeder.through(state["feeder.load_ratio"], 0.5)
    _leak(state, ratio, params, rng)
    _heat_joints(state, ratio, layout, params, rng)
    state["building.arc_per_s"] = np.maximum(0.0, state.lever("building.arc_add_per_s"))
    haze = 0.1 * np.abs(rng.standard_normal(len(ratio)))
    state["building.smoke_pct_m"] = haze + state.lever("building.smoke_add_pct_m")
    present = state.lever("building.ebike_indoor") >= 0.5
    state["building.ebike_indoor"] = present.astype(np.float64)
    _run_lifts(state, tick, layout, params, rng)


def _leak(
    state: CityState, ratio: Floats, params: ElectricsParams, rng: np.random.Generator
) -> None:
    damp = 1 + params.leakage_per_moisture * np.maximum(0, state["building.moisture_pct"] - 70)
    leak = state["building.leakage_base_ma"] * damp * (0.6 + 0.4 * np.minimum(1.5, ratio))
    leak = leak * (1 + 0.03 * rng.standard_normal(len(ratio)))
    state["building.residual_ma"] = np.maximum(
        0.0, leak + state.lever("building.residual_add_ma")
    ) * (ratio > 0)


def _heat_joints(
    state: CityState,
    ratio: Floats,
    layout: Layout,
    params: ElectricsParams,
    rng: np.random.Generator,
) -> None:
    """Meter boxes stand between 20 C and the air, plus the joint's own heat."""
    air = layout.zone.through(state["zone.air_temp_c"], 18.0)
    room = params.indoor_share * 20 + (1 - params.indoor_share) * air
    rise = params.joint_rise_c * ratio**2 + state.lever("building.joint_add_c")
    state["building.joint_temp_c"] = room + rise + 0.2 * rng.standard_normal(len(ratio))


def _run_lifts(
    state: CityState,
    tick: Tick,
    layout: Layout,
    params: ElectricsParams,
    rng: np.random.Generator,
) -> None:
    """idle, moving, door open, stopped; without power a moving lift traps its riders."""
    lift, trapped = state["lift.state"], state["lift.trapped"]
    busy = params.trips_per_h * (1.0 if 7 <= tick.hour < 22 else 0.1) * params.trip_s / 3600
    chance = rng.random(len(lift))
    running = np.where(chance < 0.7 * busy, MOVING, np.where(chance < busy, DOOR_OPEN, IDLE))
    dark = layout.lift_feeder.through(state["feeder.outage"], 0.0) >= 0.5
    broken = state.lever("lift.stop") >= 0.5
    caught = broken | (dark & ((lift == MOVING) | (trapped > 0)))
    trapped[:] = caught
    lift[:] = np.where(dark | broken, STOPPED, running)
