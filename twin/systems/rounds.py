"""Crews on their rounds: from place to place within their shifts; what is left goes on later."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Annotated

import numpy as np
from pydantic import Field, PositiveInt, model_validator

from twin.clock import DAY_MS, HOUR_MS, SECOND_MS, local_midnight
from twin.config import Table
from twin.profiles import NotNegative, Positive
from twin.state import CityState, Quantity
from twin.tick import Tick

Hour = Annotated[float, Field(ge=0, le=24)]


class RoundParams(Table):
    """A section [rounds.*] of city.toml; `leaves` is what a crew leaves behind at a place."""

    hours: Annotated[tuple[Hour, ...], Field(min_length=1)]
    shifts: Annotated[tuple[tuple[Hour, Hour], ...], Field(min_length=1)]
    places_each: PositiveInt
    stop_s: Positive
    leaves: NotNegative

    @model_validator(mode="after")
    def _within_shifts(self) -> "RoundParams":
        for hour in self.hours:
            if not any(begin <= hour < end for begin, end in self.shifts):
                raise ValueError(f"a round begins at {hour} h, which is in no shift")
        return self


class RoundsParams(Table):
    """Section [rounds] of city.toml."""

    bins: RoundParams
    toilets: RoundParams


# What the crews of a round bring down at every place.
BROUGHT_DOWN: Mapping[str, str] = MappingProxyType(
    {"bins": "bin.fill_frac", "toilets": "toilet.nh3_ppm"}
)


def quantities(name: str) -> tuple[Quantity, ...]:
    """How far the round of this name has come."""
    names = (f"rounds.{name}_stop", f"rounds.{name}_due_ms")
    return tuple(Quantity(one, truth=False, size=1) for one in names)


def begin(state: CityState, tick: Tick, name: str, params: RoundParams) -> None:
    """Crews wait for the next round."""
    state[f"rounds.{name}_due_ms"] = _next_ms(tick.t_ms - 1, params.hours)


def due_ms(state: CityState, name: str) -> int:
    """The next stop."""
    return int(state[f"rounds.{name}_due_ms"][0])


def act(state: CityState, tick: Tick, name: str, params: RoundParams) -> None:
    """Every crew does its work at one place and goes on; crew k has its own run of the rows."""
    stop, due = state[f"rounds.{name}_stop"], state[f"rounds.{name}_due_ms"]
    places = state[BROUGHT_DOWN[name]]
    stops = _stops(len(places), params)
    here = places[int(stop[0]) :: stops]
    np.minimum(here, params.leaves, out=here)
    stop += 1
    if stop[0] >= stops:
        stop[:] = 0
        due[:] = _next_ms(tick.t_ms, params.hours)
    else:
        due[:] = _on_shift_ms(tick.t_ms + round(params.stop_s * SECOND_MS), params)


def _stops(places: int, params: RoundParams) -> int:
    """Places of the busiest crew, when all are shared out."""
    crews = max(1, -(-places // params.places_each))
    return max(1, -(-places // crews))


def _on_shift_ms(t_ms: int, params: RoundParams) -> int:
    """t_ms itself within a shift, otherwise the begin of the next one."""
    hour = (t_ms - local_midnight(t_ms)) / HOUR_MS
    if any(begin <= hour < end for begin, end in params.shifts):
        return t_ms
    return _next_ms(t_ms, [begin for begin, _ in params.shifts])


def _next_ms(t_ms: int, hours: Iterable[float]) -> int:
    """The first of these local hours after t_ms."""
    midnight_ms = local_midnight(t_ms)
    days = (midnight_ms, midnight_ms + DAY_MS)
    moments = (day_ms + round(hour * HOUR_MS) for day_ms in days for hour in hours)
    return min(moment for moment in moments if moment > t_ms)
