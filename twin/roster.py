"""The systems of the city in one table: rank, pace, quantities, and how each is bound."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from twin.cityconfig import CityConfig
from twin.climate.chain import Chain
from twin.geography import Geography
from twin.state import CityState, Quantity
from twin.systems import (
    air,
    amenities,
    complaints,
    crowd,
    drainage,
    electrics,
    furniture,
    junction,
    lifelines,
    noise,
    plaza,
    residents,
    soil,
    structure,
    traffic,
    vibration,
    weather,
)
from twin.tick import Tick

Step = Callable[[CityState, Tick], None]


@dataclass(frozen=True, slots=True)
class Bound:
    """A system that knows its map and parameters; begin sets its first state."""

    begin: Step
    step: Step


class Pace(StrEnum):
    """How often a system steps, by the number of city.toml that says it."""

    FAST = "fast_tick_s"
    BASE = "tick_s"
    SLOW = "slow_tick_s"


@dataclass(frozen=True, slots=True)
class System:
    """One row of the table.

    rank orders systems within a moment; those with a history also run through the hours of the
    pre-history.
    """

    name: str
    rank: int
    quantities: tuple[Quantity, ...]
    bind: Callable[[Geography, CityConfig], Bound]
    pace: Pace = Pace.BASE
    history: bool = False


def _nothing(state: CityState, tick: Tick) -> None:
    """A system whose declared first values are its first state."""


def _weather(geography: Geography, config: CityConfig) -> Bound:
    params, chain = config.weather, Chain.of(config.weather_laws, config.haze_laws)

    def begin(state: CityState, tick: Tick) -> None:
        weather.begin(state, geography, params, chain, tick)

    return Bound(begin, partial(weather.step, params=params, chain=chain))


def _drainage(geography: Geography, config: CityConfig) -> Bound:
    def begin(state: CityState, tick: Tick) -> None:
        drainage.begin(state, config.drainage, tick.seed)

    layout = drainage.prepare(geography)
    return Bound(begin, partial(drainage.step, layout=layout, params=config.drainage))


def _crowd(geography: Geography, config: CityConfig) -> Bound:
    layout, params = crowd.prepare(geography, config.crowd), config.crowd
    begin = partial(crowd.begin, layout=layout, params=params, timetable=config.trains)
    step = partial(crowd.step, layout=layout, params=params, timetable=config.trains)
    return Bound(begin, step)


def _plaza(geography: Geography, config: CityConfig) -> Bound:
    layout, params = plaza.prepare(geography, config.crowd), config.crowd

    def begin(state: CityState, tick: Tick) -> None:
        plaza.begin(state, layout, params)

    step = partial(plaza.step, layout=layout, params=params, timetable=config.trains)
    return Bound(begin, step)


def _traffic(geography: Geography, config: CityConfig) -> Bound:
    layout, params = traffic.prepare(geography, config.traffic), config.traffic
    begin = partial(traffic.begin, layout=layout, params=params)
    return Bound(begin, partial(traffic.step, layout=layout, params=params))


def _junction(geography: Geography, config: CityConfig) -> Bound:
    params = config.traffic
    step = partial(junction.step, layout=junction.prepare(geography, params), params=params)
    return Bound(step, step)


def _air(geography: Geography, config: CityConfig) -> Bound:
    def begin(state: CityState, tick: Tick) -> None:
        air.begin(state, tick.seed)

    layout = air.prepare(geography)
    step = partial(air.step, layout=layout, params=config.air, level=config.haze_level)
    return Bound(begin, step)


def _noise(geography: Geography, config: CityConfig) -> Bound:
    layout = noise.prepare(geography, config.noise)
    return Bound(noise.begin, partial(noise.step, layout=layout, params=config.noise))


def _vibration(geography: Geography, config: CityConfig) -> Bound:
    layout = vibration.prepare(geography, config.vibration)
    params, timetable = config.vibration, config.trains
    step = partial(vibration.step, layout=layout, params=params, timetable=timetable)
    return Bound(_nothing, step)


def _structure(geography: Geography, config: CityConfig) -> Bound:
    layout, params = structure.prepare(geography, config.structure), config.structure

    def begin(state: CityState, tick: Tick) -> None:
        structure.begin(state, layout, params, tick.seed)

    return Bound(begin, partial(structure.step, layout=layout, params=params))


def _lifelines(geography: Geography, config: CityConfig) -> Bound:
    layout, params = lifelines.prepare(geography, config.lifelines), config.lifelines

    def begin(state: CityState, tick: Tick) -> None:
        lifelines.begin(state, params, tick.seed)

    return Bound(begin, partial(lifelines.step, layout=layout, params=params))


def _electrics(geography: Geography, config: CityConfig) -> Bound:
    def begin(state: CityState, tick: Tick) -> None:
        electrics.begin(state, config.electrics, tick.seed)

    layout = electrics.prepare(geography)
    return Bound(begin, partial(electrics.step, layout=layout, params=config.electrics))


def _furniture(geography: Geography, config: CityConfig) -> Bound:
    def begin(state: CityState, tick: Tick) -> None:
        furniture.begin(state, config.furniture, tick.seed)

    layout = furniture.prepare(geography)
    return Bound(begin, partial(furniture.step, layout=layout, params=config.furniture))


def _soil(geography: Geography, config: CityConfig) -> Bound:
    params = config.soil

    def begin(state: CityState, tick: Tick) -> None:
        soil.begin(state, params, tick.seed)

    return Bound(begin, partial(soil.step, zone=soil.prepare(geography), params=params))


def _amenities(geography: Geography, config: CityConfig) -> Bound:
    step = partial(amenities.step, layout=amenities.prepare(geography), params=config.amenities)
    return Bound(step, step)


def _complaints(geography: Geography, config: CityConfig) -> Bound:
    layout = complaints.prepare(geography)
    return Bound(_nothing, partial(complaints.step, layout=layout, params=config.complaints))


def _residents(geography: Geography, config: CityConfig) -> Bound:
    return Bound(_nothing, partial(residents.step, params=config.residents))


SYSTEMS: tuple[System, ...] = (
    System("weather", 10, weather.QUANTITIES, _weather, history=True),
    System("drainage", 20, drainage.QUANTITIES, _drainage),
    System("crowd", 30, crowd.QUANTITIES, _crowd),
    System("plaza", 32, plaza.QUANTITIES, _plaza, Pace.FAST),
    System("traffic", 40, traffic.QUANTITIES, _traffic),
    System("junction", 42, junction.QUANTITIES, _junction, Pace.FAST),
    System("air", 50, air.QUANTITIES, _air),
    System("noise", 55, noise.QUANTITIES, _noise),
    System("vibration", 58, vibration.QUANTITIES, _vibration),
    System("structure", 60, structure.QUANTITIES, _structure, Pace.SLOW, history=True),
    System("lifelines", 70, lifelines.QUANTITIES, _lifelines, history=True),
    System("electrics", 74, electrics.QUANTITIES, _electrics),
    System("furniture", 76, furniture.QUANTITIES, _furniture),
    System("soil", 77, soil.QUANTITIES, _soil, Pace.SLOW, history=True),
    System("amenities", 78, amenities.QUANTITIES, _amenities),
    System("residents", 80, residents.QUANTITIES, _residents),
    System("complaints", 82, complaints.QUANTITIES, _complaints),
)
