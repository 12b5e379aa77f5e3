"""People on the pavements: who wants to walk where, and how they get through.

visits (who, when) ─► targets per street ─► corners (turning) ─► walking (cells) ─► counters
                                                         sights take from the street, give back
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from twin.arrays import Bools, Floats
from twin.config import Table
from twin.counts import falling
from twin.geography import Entities, Geography
from twin.profiles import Positive, Share
from twin.relations import Relation, column
from twin.state import CityState, Quantity
from twin.systems import trains
from twin.systems.network import corners, inward, network
from twin.systems.trains import TrainParams
from twin.systems.visits import (
    VisitParams,
    commuter_share,
    commuters_ped_h,
    feel_weather,
    shoppers_ped_h,
    shopping_share,
    visit_share,
    visitors_ped_h,
)
from twin.systems.walking import (
    Pavements,
    Step,
    Walk,
    WalkingParams,
    advance,
    cell_total,
    pavements,
    plan,
    steps_in,
    walking_speed,
)
from twin.tick import Tick
from twin.wander import wander


class CrowdParams(Table):
    """Section [crowd] of city.toml."""

    visits: VisitParams
    walking: WalkingParams
    group_share: tuple[Share, Share, Share, Share]
    dwell_median_s: Positive
    dwell_sigma: Positive
    other_dwell_factor: Positive
    approach_s: Positive
    metro_pulse: Share
    balk_from_ped_m2: Positive
    balk_rate: Positive
    spill_from_ped_m2: Positive
    spill_span_ped_m2: Positive
    spill_max: Share


def _cells(geography: Geography) -> int:
    return 2 * cell_total(geography)


AT_JUNCTION_M = 80.0  # sights this close to an arm are the junction's  (design choice)

QUANTITIES = (
    Quantity("link.ped_in_ped_min"),
    Quantity("link.ped_out_ped_min"),
    Quantity("link.persons"),
    Quantity("link.ped_density_ped_m2"),
    Quantity("link.ped_speed_m_s", 1.34),
    Quantity("link.ped_z", truth=False),
    Quantity("crowd.cells_ped", truth=False, count=_cells),
    Quantity("crowd.visitors_ped_h", truth=False, size=1),
    Quantity("crowd.rain_factor", 1.0, truth=False, size=1),
    Quantity("crowd.weather_factor", 1.0, truth=False, size=1),
    Quantity("crowd.entered_ped", truth=False, size=1),
    Quantity("crowd.left_ped", truth=False, size=1),
    Quantity("plaza.coming_ped", truth=False),
    Quantity("plaza.going_ped", truth=False),
    Quantity("plaza.guided_ped", truth=False),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts about the pavements and the sights on them."""

    pavement: Pavements
    forward: Bools
    inwards: Floats  # 1 where the street's own direction leads to the sights, -1 where it does not
    visit_share: Floats
    commuter_share: Floats
    shopping_share: Floats
    near_station: Floats
    plaza_link: Relation
    plaza_share: Floats
    plaza_m2: Floats


def prepare(geography: Geography, params: CrowdParams) -> Layout:
    """Streets near a station get their people in the pulses of the trains."""
    net = network(geography)
    visits, plazas = visit_share(geography), geography["plaza"]
    commuters = commuter_share(geography, params.visits)
    pavement = pavements(geography, net, params.walking)
    station = np.zeros(net.streets)
    station[geography["station"].link] = 1.0
    forward = inward(net, visits)
    return Layout(
        pavement=pavement,
        forward=forward,
        inwards=np.where(forward, 1.0, -1.0),
        visit_share=visits,
        commuter_share=commuters,
        shopping_share=shopping_share(geography, params.visits),
        near_station=station[pavement.link],
        plaza_link=Relation.of(plazas.link, net.streets),
        plaza_share=column(plazas, "visit_share"),
        plaza_m2=column(plazas, "area_m2"),
    )


def away_m(rows: Entities, places: Entities) -> Floats:
    """Distance of each row to the nearest place, inf where there is none."""
    east, north = rows.x_m[:, None] - places.x_m[None, :], rows.y_m[:, None] - places.y_m[None, :]
    nearest: Floats = np.hypot(east, north).min(axis=1, initial=np.inf)
    return nearest


def begin(
    state: CityState, tick: Tick, layout: Layout, params: CrowdParams, timetable: TrainParams
) -> None:
    """Streets start with the people that their target flow needs at free speed."""
    state["link.ped_z"] = tick.rng("crowd/start").standard_normal(len(layout.visit_share))
    target_s = targets_s(state, tick, layout, params)
    streets, pavement = layout.pavement.net.streets, layout.pavement
    per_m = np.stack([target_s[:streets], target_s[streets:]]) / params.walking.free_speed_m_s
    state["crowd.cells_ped"] = (per_m[:, pavement.link] * pavement.cell_m).ravel()
    state["crowd.entered_ped"] = state["crowd.cells_ped"].sum()
    step(state, tick, layout, params, timetable)


def step(
    state: CityState, tick: Tick, layout: Layout, params: CrowdParams, timetable: TrainParams
) -> None:
    """Targets of the minute, everybody's steps, the counters, and what the sights exchange."""
    target_s = targets_s(state, tick, layout, params)
    walk = Walk(state["crowd.cells_ped"].reshape(2, -1), np.zeros(len(target_s)))
    open_m = layout.pavement.width_m * np.maximum(0.1, state.lever("link.pavement_factor"))
    _walk(walk, tick, layout, params, timetable, target_s, open_m)
    _count(state, walk, tick, layout, params)
    persons = _exchange(state, walk, tick, layout, params, target_s)
    state["crowd.entered_ped"] += walk.entered
    state["crowd.left_ped"] += walk.left
    _measure(state, persons, layout, params, open_m)


def targets_s(state: CityState, tick: Tick, layout: Layout, params: CrowdParams) -> Floats:
    """Persons per second wanted on each directed street, more of them inwards in the morning."""
    feel_weather(state, tick, params.visits)
    visitors = visitors_ped_h(state, tick, params.visits)
    state["crowd.visitors_ped_h"] = visitors
    per_h = visitors * layout.visit_share
    per_h += commuters_ped_h(state, tick, params.visits) * layout.commuter_share
    per_h += shoppers_ped_h(state, tick, params.visits) * layout.shopping_share
    per_h *= _hour_factor(state, tick, params)
    per_h *= state.lever("link.crowd_factor")
    forth = per_h * (0.5 + (inward_share(tick) - 0.5) * layout.inwards)
    per_s = np.concatenate((forth, per_h - forth))
    per_s /= 3600
    return per_s


def inward_share(tick: Tick) -> float:
    """Share of walkers that head for the sights: 0.65 at 13 h, 0.35 at 1 h (design choice)."""
    return 0.5 + 0.15 * math.sin(2 * math.pi * (tick.hour - 7) / 24)


def _hour_factor(state: CityState, tick: Tick, params: CrowdParams) -> Floats:
    """Lognormal swing of each street with mean 1 that fades within the hours."""
    shape = params.visits.shopping
    swing = state["link.ped_z"]
    wander(swing, shape.hour_keep ** (tick.dt_s / 3600), tick.rng("crowd/pull"))
    return np.asarray(np.exp(shape.hour_sd * swing - shape.hour_sd**2 / 2))


def _walk(
    walk: Walk,
    tick: Tick,
    layout: Layout,
    params: CrowdParams,
    timetable: TrainParams,
    target_s: Floats,
    open_m: Floats,
) -> None:
    """The tick in steps that nobody crosses a whole cell in."""
    number = steps_in(tick.dt_s, params.walking)
    dt_s = tick.dt_s / number
    turning = corners(layout.pavement.net, target_s, inward_share(tick))
    fixed: Step = plan(layout.pavement, params.walking, turning, target_s, open_m, dt_s)
    sources: dict[float, Floats] = {}
    for past in range(number):
        moment_ms = tick.t_ms - round((number - 1 - past) * dt_s * 1000)
        beat = trains.pulse(moment_ms, params.metro_pulse, timetable)
        if beat not in sources:
            sources[beat] = fixed.source * (1 + layout.near_station * (beat - 1))
        advance(walk, fixed, layout.pavement, sources[beat])


def _count(state: CityState, walk: Walk, tick: Tick, layout: Layout, params: CrowdParams) -> None:
    """Counters see groups, not a fluid."""
    streets = layout.pavement.net.streets
    seen = in_groups(walk.crossed, params.group_share, tick.rng("crowd")) * 60 / tick.dt_s
    forth, back = seen[:streets], seen[streets:]
    state["link.ped_in_ped_min"] = np.where(layout.forward, forth, back)
    state["link.ped_out_ped_min"] = np.where(layout.forward, back, forth)


def in_groups(mean: Floats, group_share: tuple[float, ...], rng: np.random.Generator) -> Floats:
    """Counts with this mean of people who come in groups of 1, 2, 3 ... (compound Poisson).

    With .32 .45 .13 .10 the variance is 2.4 times the mean.
    """
    edges, per_person = _groups(group_share)
    where = falling(mean * per_person, rng)
    size = edges.searchsorted(rng.random(len(where)), side="right") + 1
    return np.bincount(where, size, len(mean)).astype(np.float64, copy=False)


@lru_cache(maxsize=8)  # a pure function, asked at every step
def _groups(group_share: tuple[float, ...]) -> tuple[Floats, float]:
    """Where one size ends and the next begins on 0..1, and how many groups come per person."""
    share = np.asarray(group_share)
    size = np.arange(1, len(share) + 1)
    return np.cumsum(share / share.sum())[:-1], float(share.sum() / (share @ size))


def _exchange(
    state: CityState,
    walk: Walk,
    tick: Tick,
    layout: Layout,
    params: CrowdParams,
    target_s: Floats,
) -> Floats:
    """Passers-by stop at the sights on their street, those who have seen enough walk on.

    Gives the persons on each street then.
    """
    streets, pavement, place = layout.pavement.net.streets, layout.pavement, layout.plaza_link
    present = np.bincount(pavement.link, walk.people[0] + walk.people[1], streets)
    passing = place.through(walk.crossed[:streets] + walk.crossed[streets:], 0.0)
    usual = place.through(target_s[:streets] + target_s[streets:], 0.0) * tick.dt_s
    fed = np.minimum(1.0, passing / np.maximum(1e-9, usual))  # a jammed street brings fewer
    willing = fed * _wanted(state, tick, layout, params)
    stopping = np.maximum(1e-9, place.total(willing))
    stopped = np.minimum(stopping, 0.5 * present)
    back = place.total(state["plaza.going_ped"])
    _change(walk.people, stopped / np.maximum(1e-9, present), back, pavement)
    drawn = state.lever("plaza.arrival_ped_m2_min") * layout.plaza_m2 * (tick.dt_s / 60)
    walk.entered += float(np.add.reduce(drawn))
    state["plaza.going_ped"] = 0.0
    state["plaza.coming_ped"] += willing * place.through(stopped / stopping, 0.0) + drawn
    return np.asarray(present - stopped + back)


def _change(people: Floats, less: Floats, more: Floats, pavement: Pavements) -> None:
    """Take this share from every cell of a street, and spread others along it, in place."""
    people *= (1 - less).take(pavement.link)
    people += (more / (2 * pavement.cells)).take(pavement.link)


def _wanted(state: CityState, tick: Tick, layout: Layout, params: CrowdParams) -> Floats:
    """Persons who would stop at each sight in this tick, fewer where it is already full."""
    usual = state["crowd.visitors_ped_h"][0] * layout.plaza_share
    usual = usual * state.lever("plaza.arrival_factor") * tick.dt_s / 3600
    over = np.maximum(0.0, state["plaza.density_ped_m2"] - params.balk_from_ped_m2)
    return np.asarray(usual * np.exp(-params.balk_rate * over))


def _measure(
    state: CityState, persons: Floats, layout: Layout, params: CrowdParams, open_m: Floats
) -> None:
    """Persons, mean density and speed of each street."""
    room_m2 = layout.pavement.length_m * open_m
    density = np.minimum(persons / room_m2, params.walking.jam_ped_m2)
    state["link.persons"] = persons
    state["link.ped_density_ped_m2"] = density
    state["link.ped_speed_m_s"] = walking_speed(density, params.walking)
