"""Sound on the streets: cars, people, events; minute levels at the kerb side."""

import math
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, clamp
from twin.config import Table
from twin.geography import Geography
from twin.kinds import ByRoadClass
from twin.profiles import NotNegative, Positive, Share
from twin.relations import Relation, attribute, column
from twin.state import CityState, Quantity
from twin.systems.soundscape import (
    Places,
    SoundscapeParams,
    bars_db,
    cicadas_db,
    places,
    works_db,
)
from twin.systems.texture import (
    TextureParams,
    awake,
    balanced_db,
    happen,
    moves_db,
    offsets_db,
    widths,
)
from twin.tick import Tick
from twin.wander import wander


class NoiseParams(Table):
    """Section [noise] of city.toml."""

    heavy_share: ByRoadClass
    night_heavy_factor: Share
    fleet_correction_db: float
    floor_day_db: float
    floor_night_db: float
    horns_per_h: NotNegative
    talk_distance_m: Positive
    talking_share: Share
    l10_db: NotNegative
    l10_limits_db: tuple[NotNegative, NotNegative]
    sources: SoundscapeParams
    texture: TextureParams


QUANTITIES = (
    Quantity("link.noise_laeq_db", 50.0),
    Quantity("link.noise_lamax_db", 60.0),
    Quantity("link.noise_l10_db", 53.0),
    Quantity("link.noise_z", truth=False),
    Quantity("link.noise_slow_z", truth=False),
    Quantity("link.noise_stir_z", truth=False),
    Quantity("link.noise_event_db", truth=False),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts; crowd_share: how much of a link's people stand near its microphone."""

    distance_m: Floats
    heavy_share: Floats
    crowd_share: Floats
    plaza_link: Relation
    place: Places
    offsets_db: Floats


def prepare(geography: Geography, params: NoiseParams) -> Layout:
    """Microphones hang on facades, half a street width from the middle of the road."""
    links = geography["link"]
    return Layout(
        distance_m=np.maximum(4.0, column(links, "street_width_m") / 2),
        heavy_share=params.heavy_share.rows(attribute(links, "road_class")),
        crowd_share=np.minimum(1.0, 40 / np.maximum(1.0, column(links, "length_m"))),
        plaza_link=Relation.of(geography["plaza"].link, len(geography["link"])),
        place=places(geography, params.sources),
        offsets_db=offsets_db(params.texture),
    )


def begin(state: CityState, tick: Tick) -> None:
    """Minutes start anywhere in their usual swing."""
    rng = tick.rng("noise/start")
    for name in ("link.noise_z", "link.noise_slow_z", "link.noise_stir_z"):
        state[name] = rng.standard_normal(len(state[name]))


def step(state: CityState, tick: Tick, layout: Layout, params: NoiseParams) -> None:
    """Energy sum of all that sounds, with the texture of real minutes around it."""
    rng = tick.rng("noise")
    streets = layout.place.streets
    steady = energy_sum(
        _traffic_level(state, tick, layout, params),
        _talk(state, layout, params),
        state.lever("link.noise_source_db"),
        bars_db(tick, layout.place, params.sources),
        works_db(tick, layout.place, params.sources),
        np.full(streets, cicadas_db(state, tick, params.sources)),
        np.full(streets, _floor(tick, params)),
    )
    moved, width = _moved(state, tick, layout, params.texture, rng)
    _write(state, steady + moved, width, tick, params, rng)


def _moved(
    state: CityState,
    tick: Tick,
    layout: Layout,
    texture: TextureParams,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """What the minute is over or under its hour, which keeps its energy; how wide it moves."""
    names = ("z", "slow_z", "event_db", "stir_z")
    fast, slow, event, stir = (state[f"link.noise_{name}"] for name in names)
    minutes = tick.dt_s / 60
    wander(fast, texture.fast_keep**minutes, rng)
    wander(slow, texture.slow_keep**minutes, rng)
    wander(stir, texture.stir_keep**minutes, rng)
    happen(event, texture, tick.dt_s, rng)
    width = widths(stir, tick.hour, texture)
    moves = moves_db(fast, slow, event, width, texture)
    return balanced_db(moves, width, layout.offsets_db), width


def _write(
    state: CityState,
    level: Floats,
    width: Floats,
    tick: Tick,
    params: NoiseParams,
    rng: np.random.Generator,
) -> None:
    """A horn lasts 2 s at 8 to 15 dB over the minute's level; wide minutes have a high L10."""
    per_h = params.horns_per_h * (params.night_heavy_factor if _night(tick) else 1.0)
    rate = per_h * np.minimum(1.0, state["link.veh_mean_veh_h"] / 400)
    horns = rng.poisson(rate * tick.dt_s / 3600)
    over = rng.uniform(8, 15, len(level))
    laeq = level + 10 * np.log10(1 + horns * 2 / tick.dt_s * 10 ** (over / 10))
    state["link.noise_laeq_db"] = laeq
    state["link.noise_lamax_db"] = level + np.where(horns > 0, np.maximum(over, 7), 0.6 * over) + 2
    state["link.noise_l10_db"] = laeq + l10_over_db(width, over, params)


def l10_over_db(width: Floats, over_db: Floats, params: NoiseParams) -> Floats:
    """L10 over LAeq in dB: as wide as the hour moves, as high as the minute's loudest moment."""
    return clamp(params.l10_db / 11.5 * width * over_db, *params.l10_limits_db)


def _night(tick: Tick) -> bool:
    return tick.hour < 6 or tick.hour >= 22


def _traffic_level(state: CityState, tick: Tick, layout: Layout, params: NoiseParams) -> Floats:
    heavy = layout.heavy_share * (params.night_heavy_factor if _night(tick) else 1.0)
    speed_km_h = np.maximum(8.0, 3.6 * state["link.veh_speed_m_s"])
    level = traffic_laeq(state["link.veh_mean_veh_h"], speed_km_h, heavy, layout.distance_m)
    return level + params.fleet_correction_db


def traffic_laeq(
    flow_veh_h: Floats, speed_km_h: Floats, heavy_share: Floats, distance_m: Floats
) -> Floats:
    """LAeq in dB at this distance from the kerb (British road traffic method of 1988).

    L10(1 h) = 42.2 + 10 lg q, corrections for speed, heavy vehicles, distance and, below
    200 veh/h, low flow; LAeq = 0.94 L10 + 0.77 (expert knowledge, unverified).
    """
    flow = np.maximum(1.0, flow_veh_h)
    pace = 33 * np.log10(speed_km_h + 40 + 500 / speed_km_h) - 68.8
    pace += 10 * np.log10(1 + 500 * heavy_share / speed_km_h)
    path_m = np.hypot(distance_m + 3.5, 0.5)
    few = np.log10(clamp(flow / 200, 0.25, 1.0))
    low = -16.6 * np.log10(np.maximum(1.0, 30 / path_m)) * few**2
    l10 = 42.2 + 10 * np.log10(flow) + pace + low - 10 * np.log10(path_m / 13.5)
    return np.asarray(0.94 * l10 + 0.77)


def _talk(state: CityState, layout: Layout, params: NoiseParams) -> Floats:
    """A talking crowd: Lw = 64 + 15 lg N, Lp = Lw - 20 lg r - 8 (expert knowledge)."""
    there = layout.plaza_link.total(state["plaza.persons"])
    near = there + layout.crowd_share * state["link.persons"]
    talking = np.maximum(1.0, params.talking_share * near)
    level = 64 + 15 * np.log10(talking) - 20 * math.log10(params.talk_distance_m) - 8
    return np.where(near * params.talking_share >= 1, level, 0.0)


def _floor(tick: Tick, params: NoiseParams) -> float:
    """The hum of the city, lowest at 3:30."""
    span = params.floor_day_db - params.floor_night_db
    return params.floor_night_db + span * awake(tick.hour)


def energy_sum(*levels_db: Floats) -> Floats:
    """10 lg sum 10^(L/10) of levels in dB."""
    power = sum((10 ** (level / 10) for level in levels_db), np.zeros(len(levels_db[0])))
    return np.asarray(10 * np.log10(power))
