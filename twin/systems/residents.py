"""Residents: complaints to 12345, and elders who live alone."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Index
from twin.config import Table
from twin.geography import Geography
from twin.profiles import Hourly, NotNegative, Positive, Share, hourly, keep
from twin.relations import column, total, worst
from twin.state import CityState, Quantity
from twin.tick import Tick

NOTHING, CHAT, SERVICE, EMERGENCY = 0.0, 1.0, 2.0, 3.0


class ResidentsParams(Table):
    """Section [residents] of city.toml; rates per 10 000 residents and day."""

    noise_per_day: NotNegative
    parking_per_day: NotNegative
    crowd_per_day: NotNegative
    water_per_day: NotNegative
    heat_per_day: NotNegative
    power_per_day: NotNegative
    other_per_day: NotNegative
    beta_noise_per_db: NotNegative
    night_factor: Positive
    beta_parking_per_10min: NotNegative
    beta_crowd_per_ped_m2: NotNegative
    beta_ponding_per_5cm: NotNegative
    beta_heat_per_c: NotNegative
    beta_outage: NotNegative
    beta_water_loss: NotNegative
    hour_share: Hourly
    echo_share: Share
    echo_s: Positive
    door_per_day: Positive
    water_m3_day: Positive
    calls_per_day: NotNegative
    chat_share: Share


QUANTITIES = (
    Quantity("zone.complaints_h"),
    Quantity("home.door_open"),
    Quantity("home.water_m3"),
    Quantity("home.button"),
    Quantity("zone.echo_h", truth=False),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts: who lives where, what lies in which zone."""

    residents: Floats
    link_zone: Index
    plaza_zone: Index
    drain_zone: Index
    feeder_zone: Index
    main_zone: Index
    limit_day_db: Floats
    limit_night_db: Floats


def prepare(geography: Geography) -> Layout:
    """Look the zones up once."""
    links, zones = geography["link"], geography["zone"]
    return Layout(
        residents=column(zones, "residents"),
        link_zone=links.zone,
        plaza_zone=geography["plaza"].zone,
        drain_zone=geography["drain"].zone,
        feeder_zone=geography["feeder"].zone,
        main_zone=geography["main"].zone,
        limit_day_db=column(links, "noise_limit_day_db"),
        limit_night_db=column(links, "noise_limit_night_db"),
    )


def step(state: CityState, tick: Tick, layout: Layout, params: ResidentsParams) -> None:
    """Calls by cause, then the elders' doors, taps and buttons."""
    rng = tick.rng("residents")
    _complain(state, tick, layout, params, rng)
    _live(state, tick, params, rng)


def _complain(
    state: CityState,
    tick: Tick,
    layout: Layout,
    params: ResidentsParams,
    rng: np.random.Generator,
) -> None:
    """1/h per zone: pop/10^4 s(h) sum r_k exp(beta_k x_k), plus echoes of calls (Hawkes)."""
    share = hourly(params.hour_share, tick.hour)
    rate = layout.residents / 1e4 * share * _weight(state, tick, layout, params)
    rate = rate * np.maximum(0.0, state.lever("zone.complaint_factor"))
    echo = state["zone.echo_h"]
    calls = rng.poisson((rate + echo) * tick.dt_s / 3600)
    echo *= keep(tick.dt_s, params.echo_s)
    echo += params.echo_share * calls * 3600 / params.echo_s
    state["zone.complaints_h"] = rate + echo


def _weight(state: CityState, tick: Tick, layout: Layout, params: ResidentsParams) -> Floats:
    """Sum over causes of rate x exp(beta x), each exponent at most 4 (design choice)."""
    zones = len(layout.residents)
    parked = state["link.illegal_veh"] * np.minimum(state["link.illegal_dwell_s"], 3600) / 600
    density = np.maximum(
        worst(state["link.ped_density_ped_m2"], layout.link_zone, zones),
        worst(state["plaza.density_ped_m2"], layout.plaza_zone, zones),
    )
    loss = 1 - state["main.pressure_kpa"] / 300
    air = state["zone.air_temp_c"]
    causes = (
        (params.noise_per_day, params.beta_noise_per_db * _excess(state, tick, layout, params)),
        (
            params.parking_per_day,
            params.beta_parking_per_10min * total(parked, layout.link_zone, zones),
        ),
        (params.crowd_per_day, params.beta_crowd_per_ped_m2 * (density - 1)),
        (
            params.water_per_day,
            params.beta_ponding_per_5cm
            * worst(state["drain.pond_m"], layout.drain_zone, zones)
            / 0.05
            + params.beta_water_loss * (worst(loss, layout.main_zone, zones) > 0.3),
        ),
        (params.heat_per_day, params.beta_heat_per_c * (air - 33)),
        (
            params.power_per_day,
            params.beta_outage * worst(state["feeder.outage"], layout.feeder_zone, zones),
        ),
    )
    push = sum((rate * np.exp(np.clip(x, 0, 4)) for rate, x in causes), np.zeros(zones))
    return np.asarray(push + params.other_per_day)


def _excess(state: CityState, tick: Tick, layout: Layout, params: ResidentsParams) -> Floats:
    """dB over the limit on the zone's loudest link; at night it counts more."""
    night = tick.hour < 6 or tick.hour >= 22
    limit = layout.limit_night_db if night else layout.limit_day_db
    over = worst(state["link.noise_laeq_db"] - limit, layout.link_zone, len(layout.residents))
    return over * (params.night_factor if night else 1.0)


def _live(state: CityState, tick: Tick, params: ResidentsParams, rng: np.random.Generator) -> None:
    """Doors 6 to 21 h, taps mostly by day, calls for chat or service by day.

    Emergencies come only from incidents, so that each has its label.
    """
    awake = 1.0 if 6 <= tick.hour < 21 else 0.03
    well = state.lever("home.inactive") < 0.5
    chance = rng.random((3, len(well)))
    per_step = awake * tick.dt_s / (15 * 3600)
    state["home.door_open"] = (chance[0] < params.door_per_day * per_step) & well
    draws = rng.poisson(params.water_m3_day / 0.004 * per_step, len(well))
    state["home.water_m3"] += 0.004 * draws * well
    calls = (chance[1] < params.calls_per_day * per_step) & well
    asked = np.where(chance[2] < params.chat_share, CHAT, SERVICE)
    emergency = state.lever("home.button") >= 0.5
    state["home.button"] = np.where(emergency, EMERGENCY, np.where(calls, asked, NOTHING))
