"""Soil under the street trees: rain wets it, drainage and the trees' thirst dry it."""

from typing import Annotated

import numpy as np
from pydantic import Field

from twin.arrays import Floats, clamp, confine
from twin.clock import MINUTE_MS, local_hour
from twin.config import Table
from twin.geography import Geography
from twin.profiles import NotNegative, Positive, Share, keep
from twin.relations import Relation
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.systems.weather import since_last
from twin.tick import Tick


class SoilParams(Table):
    """Section [soil] of city.toml; water contents are shares of the volume."""

    porosity: Share
    field_capacity: Share
    wilting: Share
    root_depth_m: Positive
    inflow_share: Share
    drain_days: Positive
    thirst_mm_h_per_w_m2: NotNegative
    water_below: Share
    water_to: Share
    water_hour: Annotated[float, Field(ge=0, lt=24)]


QUANTITIES = (
    Quantity("tree.soil_moisture", 0.26),
    Quantity("zone.rain_on_soil_mm", truth=False),
)


def begin(state: CityState, params: SoilParams, seed: int) -> None:
    """Every pit starts between its watering mark and what it can hold."""
    pits = len(state["tree.soil_moisture"])
    share = stream(seed, "soil/start").random(pits)
    span = params.field_capacity - params.water_below
    state["tree.soil_moisture"] = params.water_below + share * span


def prepare(geography: Geography) -> Relation:
    """The zone whose rain falls on each tree."""
    return Relation.of(geography["tree"].zone, len(geography["zone"]))


def step(state: CityState, tick: Tick, zone: Relation, params: SoilParams) -> None:
    """A bucket of the root zone: in by rain and hose, out by drainage and by the tree."""
    wet = state["tree.soil_moisture"]
    rain_mm = zone.through(since_last(state, "zone.rain_on_soil_mm"), 0.0)
    wet += params.inflow_share * rain_mm / (params.root_depth_m * 1000)
    above = np.maximum(wet - params.field_capacity, 0.0)
    wet -= above * (1 - keep(tick.dt_s, params.drain_days * 86_400))
    room = (wet - params.wilting) / (params.field_capacity - params.wilting)
    sun_w_m2 = float(state["quarter.solar_w_m2"][0])
    thirst_mm_h = params.thirst_mm_h_per_w_m2 * sun_w_m2 * clamp(room, 0.0, 1.0)
    wet -= _share(thirst_mm_h, tick, params)
    if _watering_due(tick, params):
        wet[wet < params.water_below] = params.water_to
    confine(wet, params.wilting, params.porosity)


def _share(depth_mm_h: Floats, tick: Tick, params: SoilParams) -> Floats:
    """A depth of water per hour as a share of the root zone in this step."""
    return depth_mm_h * tick.dt_s / 3600 / (params.root_depth_m * 1000)


def _watering_due(tick: Tick, params: SoilParams) -> bool:
    """Whether the gardeners' hour lies in (t - dt, t]."""
    end = local_hour(tick.t_ms)
    return end - tick.dt_s * 1000 / (60 * MINUTE_MS) < params.water_hour <= end
