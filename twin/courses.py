"""The courses of the city in one table: rank within a moment, and how each is bound."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from twin.cityconfig import CityConfig
from twin.course import Course
from twin.geography import Geography
from twin.state import Quantity
from twin.systems import rounds, signals, tours


@dataclass(frozen=True, slots=True)
class Running:
    """One row of the table."""

    name: str
    rank: int
    quantities: tuple[Quantity, ...]
    bind: Callable[[Geography, CityConfig], Course]


def _signals(geography: Geography, config: CityConfig) -> Course:
    layout, params = signals.prepare(geography, config.traffic), config.traffic
    begin = partial(signals.begin, layout=layout, params=params)
    return Course(begin, signals.due_ms, partial(signals.act, layout=layout, params=params))


def _tours(geography: Geography, config: CityConfig) -> Course:
    layout, busy = tours.prepare(geography), config.crowd.visits.day_factor
    act = partial(tours.act, layout=layout, params=config.tours, busy=busy)
    return Course(tours.begin, tours.due_ms, act)


def _round(name: str) -> Callable[[Geography, CityConfig], Course]:
    def bind(geography: Geography, config: CityConfig) -> Course:
        params: rounds.RoundParams = getattr(config.rounds, name)
        return Course(
            partial(rounds.begin, name=name, params=params),
            partial(rounds.due_ms, name=name),
            partial(rounds.act, name=name, params=params),
        )

    return bind


COURSES: tuple[Running, ...] = (
    Running("signals", 5, signals.QUANTITIES, _signals),
    Running("tours", 6, tours.QUANTITIES, _tours),
    Running("bins", 7, rounds.quantities("bins"), _round("bins")),
    Running("toilets", 8, rounds.quantities("toilets"), _round("toilets")),
)
