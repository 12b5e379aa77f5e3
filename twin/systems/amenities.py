"""Rooms and toilets that everybody may use: who is in them, and how the air in toilets is."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats
from twin.config import Table
from twin.counts import binomial, poisson
from twin.geography import Geography
from twin.profiles import Hourly, NotNegative, Positive, hourly, keep
from twin.relations import Relation, attribute
from twin.state import CityState, Quantity
from twin.tick import Tick


class AmenitiesParams(Table):
    """Section [amenities] of city.toml."""

    canteen_persons: NotNegative
    room_persons: NotNegative
    canteen_share: Hourly
    room_share: Hourly
    room_stay_s: Positive
    toilet_stalls: Positive
    toilet_visits_per_person_h: NotNegative
    toilet_visits_least_h: NotNegative
    toilet_stay_s: Positive
    nh3_ppm_per_user_h: NotNegative
    nh3_air_s: Positive


QUANTITIES = (
    Quantity("service.persons"),
    Quantity("toilet.stalls_used"),
    Quantity("toilet.nh3_ppm", 1.0),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts: which rooms are canteens, which pavement a toilet opens on."""

    canteen: Floats
    toilet_link: Relation


def prepare(geography: Geography) -> Layout:
    """What a room is used for is an attribute of the map."""
    canteen = attribute(geography["service"], "service_kind") == "canteen"
    links = Relation.of(geography["toilet"].link, len(geography["link"]))
    return Layout(canteen.astype(np.float64), links)


def step(state: CityState, tick: Tick, layout: Layout, params: AmenitiesParams) -> None:
    """People come at random and stay for a while; where all stalls are taken they go on."""
    rng = tick.rng("amenities")
    canteen = params.canteen_persons * hourly(params.canteen_share, tick.hour)
    room = params.room_persons * hourly(params.room_share, tick.hour)
    due = layout.canteen * canteen + (1 - layout.canteen) * room
    _visit(state["service.persons"], due, params.room_stay_s, tick, rng)
    persons = layout.toilet_link.through(state["link.persons"], 0.0)
    visits_h = params.toilet_visits_least_h + params.toilet_visits_per_person_h * persons
    used = state["toilet.stalls_used"]
    _visit(used, visits_h * params.toilet_stay_s / 3600, params.toilet_stay_s, tick, rng)
    np.minimum(used, params.toilet_stalls, out=used)
    _foul(state["toilet.nh3_ppm"], used, tick, params)


def _visit(
    present: Floats, due: Floats, stay_s: float, tick: Tick, rng: np.random.Generator
) -> None:
    """M/M/∞ with so many due on average: who is there leaves by chance, others come."""
    left = keep(tick.dt_s, stay_s)
    present -= binomial(present, 1 - left, rng)
    present += poisson(due * (1 - left), rng)


def _foul(nh3_ppm: Floats, used: Floats, tick: Tick, params: AmenitiesParams) -> None:
    """Use fouls the air, ventilation clears it; cleaners come round."""
    nh3_ppm += params.nh3_ppm_per_user_h * used * tick.dt_s / 3600
    nh3_ppm *= keep(tick.dt_s, params.nh3_air_s)
