"""The kerb: illegal stops, parking bays, parked e-bikes."""

import math
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, clamp
from twin.calendar import day_kind
from twin.clock import local_date
from twin.config import Table
from twin.counts import binomial, poisson
from twin.geography import Geography
from twin.profiles import NotNegative, Positive, Share, keep
from twin.relations import column
from twin.state import CityState
from twin.systems.weather import relax
from twin.tick import Tick

_SIGHT_SHARE = 0.2  # of the visitors: from here on a street is near a sight (design choice)


class KerbParams(Table):
    """Section [traffic.kerb] of city.toml."""

    stops_per_km_h: NotNegative
    stop_median_s: Positive
    stop_sigma: Positive
    bay_turnover_s: Positive
    bay_occupancy_day: Share
    bay_occupancy_night: Share
    ebikes_per_m: NotNegative


@dataclass(frozen=True, slots=True)
class Kerbs:
    """Fixed facts about the kerbs."""

    length_m: Floats
    stops_s: dict[bool, Floats]  # illegal stops per second by day, on days off and others


def kerbs(geography: Geography, params: KerbParams) -> Kerbs:
    """Lengths, and stops by day: twice as many near sights on days off."""
    length = column(geography["link"], "length_m")
    near = np.where(column(geography["link"], "visit_share") > _SIGHT_SHARE, 2.0, 1.0)
    usual = params.stops_per_km_h * length / 3.6e6
    return Kerbs(length, {False: usual, True: usual * near})


def fill(
    state: CityState, tick: Tick, kerb: Kerbs, params: KerbParams, rng: np.random.Generator
) -> None:
    """Bays and e-bikes at the hour's occupancy."""
    taken = rng.random(len(state["bay.occupied"])) < _bay_share(state, tick, params)
    state["bay.occupied"] = taken.astype(np.float64)
    state["link.ebikes"] = _bikes(tick, kerb, params)


def stop_illegally(
    state: CityState, tick: Tick, kerb: Kerbs, params: KerbParams, rng: np.random.Generator
) -> None:
    """Poisson stops, mostly by day; stays as M/M/infinity."""
    by_hour = 1.0 if 7 <= tick.hour < 22 else 0.15
    rate_s = kerb.stops_s[day_kind(local_date(tick.t_ms)).free] * by_hour
    rate_s += state.lever("link.illegal_veh_min") / 60
    cars = state["link.illegal_veh"]
    stay_s = params.stop_median_s * math.exp(params.stop_sigma**2 / 2)
    leaving = binomial(cars, -math.expm1(-tick.dt_s / stay_s), rng)
    cars += poisson(rate_s * tick.dt_s, rng) - leaving
    dwell = state["link.illegal_dwell_s"]
    dwell += tick.dt_s
    dwell *= cars > 0


def park(
    state: CityState, tick: Tick, kerb: Kerbs, params: KerbParams, rng: np.random.Generator
) -> None:
    """Bays as two-state chains around the hour's occupancy; e-bikes fill up with the day."""
    share = _bay_share(state, tick, params)
    occupied = state["bay.occupied"]
    chance = share + (occupied - share) * keep(tick.dt_s, params.bay_turnover_s)
    occupied[:] = rng.random(len(occupied)) < chance
    noise = 1 + 0.05 * rng.standard_normal(len(kerb.length_m))
    relax(state["link.ebikes"], _bikes(tick, kerb, params) * noise, tick.dt_s, 1800)


def _day_wave(tick: Tick) -> float:
    """0 at 2 h, 1 at 14 h."""
    return 0.5 - 0.5 * math.cos(2 * math.pi * (tick.hour - 2) / 24)


def _bay_share(state: CityState, tick: Tick, params: KerbParams) -> Floats:
    span = params.bay_occupancy_day - params.bay_occupancy_night
    usual = params.bay_occupancy_night + span * _day_wave(tick)
    return clamp(usual + state.lever("bay.demand_add"), 0, 1)


def _bikes(tick: Tick, kerb: Kerbs, params: KerbParams) -> Floats:
    return np.asarray(params.ebikes_per_m * kerb.length_m * (0.35 + 0.65 * _day_wave(tick)))
