"""Elders who live alone: doors, taps and the one-touch button."""

import numpy as np

from twin.config import Table
from twin.counts import poisson
from twin.profiles import NotNegative, Positive, Share
from twin.state import CityState, Quantity
from twin.tick import Tick

NOTHING, CHAT, SERVICE, EMERGENCY = 0.0, 1.0, 2.0, 3.0


class ResidentsParams(Table):
    """Section [residents] of city.toml."""

    door_per_day: Positive
    water_m3_day: Positive
    calls_per_day: NotNegative
    chat_share: Share


QUANTITIES = (
    Quantity("home.door_open"),
    Quantity("home.water_m3"),
    Quantity("home.button"),
)


def step(state: CityState, tick: Tick, params: ResidentsParams) -> None:
    """Doors 6 to 21 h, taps mostly by day, calls for chat or service by day.

    Emergencies come only from incidents, so that each has its label.
    """
    rng = tick.rng("residents")
    awake = 1.0 if 6 <= tick.hour < 21 else 0.03
    well = state.lever("home.inactive") < 0.5
    chance = rng.random((3, len(well)))
    per_step = awake * tick.dt_s / (15 * 3600)
    state["home.door_open"] = (chance[0] < params.door_per_day * per_step) & well
    taps = poisson(np.full(len(well), params.water_m3_day / 0.004 * per_step), rng)
    state["home.water_m3"] += 0.004 * taps * well
    calls = (chance[1] < params.calls_per_day * per_step) & well
    asked = np.where(chance[2] < params.chat_share, CHAT, SERVICE)
    emergency = state.lever("home.button") >= 0.5
    state["home.button"] = np.where(emergency, EMERGENCY, np.where(calls, asked, NOTHING))
