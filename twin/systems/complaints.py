"""Complaints to 12345: what goes wrong makes people call, and calls bring more calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from twin.arrays import Floats, clamp
from twin.config import Table
from twin.counts import poisson
from twin.geography import Geography
from twin.profiles import Hourly, NotNegative, Positive, Share, hourly, keep
from twin.relations import Relation, column
from twin.state import CityState, Quantity
from twin.tick import Tick

CAUSES = (
    "noise", "parking", "crowd", "water", "heat", "power", "housing", "sanitation", "trees",
    "lighting", "elder", "other",
)  # fmt: skip
_CALLS = tuple(f"zone.calls_{cause}" for cause in CAUSES)
_ROW = {cause: row for row, cause in enumerate(CAUSES)}
_MOST = 4.0  # of an exponent (design choice)


class Weights(Table):
    """One number per cause."""

    noise: NotNegative
    parking: NotNegative
    crowd: NotNegative
    water: NotNegative
    heat: NotNegative
    power: NotNegative
    housing: NotNegative
    sanitation: NotNegative
    trees: NotNegative
    lighting: NotNegative
    elder: NotNegative
    other: NotNegative

    @cached_property
    def rows(self) -> Floats:
        """One row per cause, in the order of CAUSES."""
        return np.array([[getattr(self, cause)] for cause in CAUSES])


class ComplaintsParams(Table):
    """Section [complaints] of city.toml; rates per 10 000 residents and day."""

    per_day: Weights
    beta: Weights
    night_factor: Positive
    water_loss: NotNegative
    hour_share: Hourly
    echo_share: Share
    echo_s: Positive


QUANTITIES = (
    Quantity("zone.complaints_h"),
    *(Quantity(name) for name in _CALLS),
    Quantity("zone.echo_h", truth=False),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts: who lives where, what lies in which zone."""

    residents: Floats
    zone: Mapping[str, Relation]  # by table
    limit_day_db: Floats
    limit_night_db: Floats


def prepare(geography: Geography) -> Layout:
    """Look the zones up once."""
    links, zones = geography["link"], len(geography["zone"])
    tables = ("link", "plaza", "drain", "feeder", "main", "building", "bin", "lamp")
    return Layout(
        residents=column(geography["zone"], "residents"),
        zone={table: Relation.of(geography[table].zone, zones) for table in tables},
        limit_day_db=column(links, "noise_limit_day_db"),
        limit_night_db=column(links, "noise_limit_night_db"),
    )


def step(state: CityState, tick: Tick, layout: Layout, params: ComplaintsParams) -> None:
    """Calls per cause and zone: pop/10^4 s(h) r_k exp(beta_k x_k), and echoes of calls (Hawkes)."""
    worse = params.beta.rows * _what_is_wrong(state, tick, layout, params)
    rate_h = params.per_day.rows * np.exp(clamp(worse, 0.0, _MOST))
    share = hourly(params.hour_share, tick.hour) / 1e4
    rate_h *= layout.residents * np.maximum(0, state.lever("zone.complaint_factor")) * share
    all_h, echo_h = np.add.reduce(rate_h), state["zone.echo_h"]
    felt = rate_h * (1 + echo_h / np.maximum(all_h, 1e-9))
    drawn = poisson((felt * (tick.dt_s / 3600)).ravel(), tick.rng("complaints"))
    calls = drawn.reshape(felt.shape)
    for name, called in zip(_CALLS, calls, strict=True):
        state[name] = called
    echo_h *= keep(tick.dt_s, params.echo_s)
    echo_h += np.add.reduce(calls) * (params.echo_share * 3600 / params.echo_s)
    state["zone.complaints_h"] = all_h + echo_h


def _what_is_wrong(
    state: CityState, tick: Tick, layout: Layout, params: ComplaintsParams
) -> Floats:
    """x of each cause (rows, in the order of CAUSES) in each zone, in the unit of its beta."""
    zones, zone = len(layout.residents), layout.zone
    parked = state["link.illegal_veh"] * np.minimum(state["link.illegal_dwell_s"], 3600) / 600
    night = state["quarter.solar_w_m2"][0] < 1.0
    found = {
        "noise": _excess_db(state, tick, layout, params),
        "parking": zone["link"].total(parked),
        "crowd": _density(state, layout) - 1,
        "water": _water(state, layout, params),
        "heat": state["zone.air_temp_c"] - 33,
        "power": zone["feeder"].worst(state["feeder.outage"]),
        "housing": (zone["building"].mean(state["building.moisture_pct"]) - 75) / 10,
        "sanitation": zone["bin"].mean(state["bin.fill_frac"] >= 0.9),
        "trees": state["zone.wind_gust_m_s"] - 10,
        "lighting": zone["lamp"].mean(state["lamp.power_w"] < 1.0) if night else 0.0,
    }
    wrong = np.zeros((len(CAUSES), zones))
    for cause, amount in found.items():
        wrong[_ROW[cause]] = amount
    return wrong


def _density(state: CityState, layout: Layout) -> Floats:
    """ped/m2 at the fullest place of each zone."""
    return np.maximum(
        layout.zone["link"].worst(state["link.ped_density_ped_m2"]),
        layout.zone["plaza"].worst(state["plaza.density_ped_m2"]),
    )


def _water(state: CityState, layout: Layout, params: ComplaintsParams) -> Floats:
    """Ponding in units of 5 cm; a zone that loses its pressure counts as `water_loss` of them."""
    pond = layout.zone["drain"].worst(state["drain.pond_m"]) / 0.05
    loss = layout.zone["main"].worst(1 - state["main.pressure_kpa"] / 300) > 0.3
    return pond + params.water_loss * loss


def _excess_db(state: CityState, tick: Tick, layout: Layout, params: ComplaintsParams) -> Floats:
    """dB over the limit on the zone's loudest link; at night it counts more."""
    night = tick.hour < 6 or tick.hour >= 22
    limit = layout.limit_night_db if night else layout.limit_day_db
    over = state["link.noise_laeq_db"] - limit
    return layout.zone["link"].worst(over) * (params.night_factor if night else 1.0)
