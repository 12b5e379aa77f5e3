"""Guided groups at the junction: planned by the day, kept in the coach by a downpour."""

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from pydantic import NonNegativeInt

from twin.arrays import Floats
from twin.calendar import day_kind
from twin.clock import DAY_MS, HOUR_MS, SECOND_MS, local_date, local_midnight
from twin.config import Table
from twin.geography import Geography
from twin.kinds import ByDayKind
from twin.profiles import NotNegative, Positive
from twin.relations import column
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.systems.crowd import AT_JUNCTION_M, away_m
from twin.tick import Tick
from twin.tour import Tour


class TourParams(Table):
    """Section [tours] of city.toml."""

    per_day: NotNegative
    size: tuple[Positive, Positive]
    hours: tuple[Positive, Positive]
    stay_s: tuple[Positive, Positive]
    rain_mm_h: Positive
    wait_s: Positive
    waits: NonNegativeInt


QUANTITIES = (Quantity("tours.plan_ms", truth=False, size=1),)


@dataclass(frozen=True, slots=True)
class Layout:
    """weight: how likely each sight is; only those at the junction have a guide."""

    weight: Floats


def prepare(geography: Geography) -> Layout:
    """Coaches stop at the junction."""
    plazas = geography["plaza"]
    near = away_m(plazas, geography["arm"]) < AT_JUNCTION_M
    return Layout(column(plazas, "visit_share") * near)


def begin(state: CityState, tick: Tick) -> None:
    """The day is planned at once."""
    state["tours.plan_ms"] = tick.t_ms


def due_ms(state: CityState) -> int:
    """The next arrival, departure or midnight."""
    moments = (tour.due_ms for tour in state.tours.values())
    return min(moments, default=int(state["tours.plan_ms"][0]))


def act(state: CityState, tick: Tick, layout: Layout, params: TourParams, busy: ByDayKind) -> None:
    """Plan the day, or move the tours that are due."""
    if tick.t_ms >= state["tours.plan_ms"][0]:
        day = local_date(tick.t_ms)
        state["tours.plan_ms"] = local_midnight(tick.t_ms) + DAY_MS
        per_day = params.per_day * busy.of(day_kind(day))
        planned = tours_of(tick.seed, day, local_midnight(tick.t_ms), per_day, layout, params)
        state.tours |= {tour.id: tour for tour in planned if tour.end_ms > tick.t_ms}
    for key in sorted(key for key, tour in state.tours.items() if tour.due_ms <= tick.t_ms):
        _move(state, state.tours.pop(key), params)


def tours_of(
    seed: int, day: date, midnight_ms: int, per_day: float, layout: Layout, params: TourParams
) -> list[Tour]:
    """The tours of a local day, from named chance."""
    total = float(layout.weight.sum())
    if total <= 0:
        return []
    edges, rng = np.cumsum(layout.weight) / total, stream(seed, f"tours/{day}")
    found = []
    for number in range(int(rng.poisson(per_day))):
        hour, place, people, stay_s = _drawn(rng, params)
        begin_ms = midnight_ms + round(hour * HOUR_MS)
        tour = Tour(
            id=f"{day:%Y%m%d}-{number}",
            plaza=int(np.searchsorted(edges, place)),
            people=math.floor(people),
            begin_ms=begin_ms,
            end_ms=begin_ms + round(stay_s * SECOND_MS),
        )
        found.append(tour)
    return found


def _drawn(rng: np.random.Generator, params: TourParams) -> tuple[float, float, float, float]:
    """Hour, place on 0..1, people and stay, all even between their bounds."""
    bounds = np.array([params.hours, (0.0, 1.0), params.size, params.stay_s])
    hour, place, people, stay_s = rng.uniform(bounds[:, 0], bounds[:, 1]).tolist()
    return hour, place, people, stay_s


def _move(state: CityState, tour: Tour, params: TourParams) -> None:
    """Off the coach, or on along the street; in a downpour it waits, and at last drives on."""
    if tour.on_site:
        _leave(state, tour)
    elif state["quarter.rain_mm_h"][0] < params.rain_mm_h:
        _arrive(state, tour)
        state.tours[tour.id] = tour.arrived()
    elif tour.waits < params.waits:
        state.tours[tour.id] = tour.waiting(round(params.wait_s * SECOND_MS))


def _arrive(state: CityState, tour: Tour) -> None:
    state["plaza.persons"][tour.plaza] += tour.people
    state["plaza.guided_ped"][tour.plaza] += tour.people
    state["crowd.entered_ped"] += tour.people


def _leave(state: CityState, tour: Tour) -> None:
    state["plaza.persons"][tour.plaza] -= tour.people
    state["plaza.guided_ped"][tour.plaza] -= tour.people
    state["plaza.going_ped"][tour.plaza] += tour.people
