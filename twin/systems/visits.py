"""Why people are on the streets: visitors of the walk, commuters, shoppers; per hour and street."""

from datetime import date
from typing import Annotated

import numpy as np
from pydantic import Field

from twin.arrays import Floats
from twin.calendar import DayKind, day_kind, school_holiday
from twin.clock import local_date
from twin.config import Table
from twin.geography import Geography
from twin.kinds import ByDayKind, ByRoadClass
from twin.profiles import Hourly, NotNegative, Positive, Share, hourly, stairs
from twin.relations import attribute, column
from twin.state import CityState
from twin.systems.shapes import Keep, WeekShape, day_factor
from twin.systems.weather import relax
from twin.tick import Tick

MonthDay = Annotated[str, Field(pattern=r"^\d\d-\d\d$")]
_LEAVES_FALL = (318, 344)  # 15 November to 10 December


class YearlyEvent(Table):
    """Something that draws visitors every year, from first to last (MM-DD), between two hours."""

    name_zh: str
    name_en: str
    first: MonthDay
    last: MonthDay
    hours: tuple[Annotated[float, Field(ge=0, le=24)], Annotated[float, Field(ge=0, le=24)]]
    factor: Positive

    def on(self, day: date, hour: float) -> bool:
        """Whether it takes place at this local hour."""
        low, high = self.hours
        return low <= hour < high and self.first <= day.isoformat()[5:] <= self.last


class VisitParams(Table):
    """Section [crowd.visits] of city.toml; the week shapes come from config/calibrated."""

    visitors_day: Positive
    day_factor: ByDayKind
    hour_share: Hourly
    rain_edges_mm_h: tuple[float, float, float]
    rain_factors: tuple[Positive, Positive, Positive, Positive]
    rain_lag_s: Positive
    heat_edges_c: tuple[float, float, float]
    heat_factors: tuple[Positive, Positive, Positive, Positive]
    leaf_season_factor: Positive
    school_holiday_factor: Positive
    day_noise: NotNegative
    day_keep: Keep
    commuter_ped_h: Positive
    shopping_ped_h: Positive
    class_share: ByRoadClass
    shopping_streets: tuple[str, ...]
    elsewhere_share: Share
    station_reach_m: Positive
    station_factor: NotNegative
    commuter_weather: Share
    shopping_weather: Share
    events: tuple[YearlyEvent, ...] = ()
    commuter: WeekShape
    shopping: WeekShape


def commuter_share(geography: Geography, params: VisitParams) -> Floats:
    """Per street: the class's share, more near a metro station."""
    links, stations = geography["link"], geography["station"]
    away = np.hypot(
        links.x_m[:, None] - stations.x_m[None, :], links.y_m[:, None] - stations.y_m[None, :]
    ).min(axis=1, initial=np.inf)
    near = np.exp(-((away / params.station_reach_m) ** 2))
    shares = params.class_share.rows(attribute(links, "road_class"))
    return np.asarray(shares * (params.elsewhere_share + params.station_factor * near))


def shopping_share(geography: Geography, params: VisitParams) -> Floats:
    """Per street: the class's share on shopping streets, less elsewhere."""
    links = geography["link"]
    shops = np.isin(attribute(links, "street"), params.shopping_streets)
    shares = params.class_share.rows(attribute(links, "road_class"))
    return np.asarray(shares * np.where(shops, 1.0, params.elsewhere_share))


def visitors_ped_h(state: CityState, tick: Tick, params: VisitParams) -> float:
    """Visitors of the walk per hour now: base x day kind x hour x weather x season x chance.

    Base 40 000 a day is a published figure; the multipliers are design choices.
    """
    day = local_date(tick.t_ms)
    kind = day_kind(day)
    season = params.leaf_season_factor if _LEAVES_FALL[0] <= tick.day < _LEAVES_FALL[1] else 1.0
    season *= _school(day, kind, params) * _events(day, tick.hour, params)
    chance = day_factor(tick.seed, "crowd", day, params.day_noise, params.day_keep)
    base = params.visitors_day * params.day_factor.of(kind) * season * chance
    return base * hourly(params.hour_share, tick.hour) * float(state["crowd.weather_factor"][0])


def _school(day: date, kind: DayKind, params: VisitParams) -> float:
    """Pupils on holiday come on working days; on days off they are free anyway."""
    return params.school_holiday_factor if school_holiday(day) and not kind.free else 1.0


def _events(day: date, hour: float, params: VisitParams) -> float:
    factor = 1.0
    for event in params.events:
        factor *= event.factor if event.on(day, hour) else 1.0
    return factor


def commuters_ped_h(state: CityState, tick: Tick, params: VisitParams) -> float:
    """Commuters on a main street with share 1."""
    return _local(state, tick, "commuter", params.commuter, params.commuter_weather) * (
        params.commuter_ped_h
    )


def shoppers_ped_h(state: CityState, tick: Tick, params: VisitParams) -> float:
    """Shoppers and residents on a main street with share 1."""
    return _local(state, tick, "shopping", params.shopping, params.shopping_weather) * (
        params.shopping_ped_h
    )


def _local(state: CityState, tick: Tick, name: str, shape: WeekShape, exposed: float) -> float:
    """Weather moves these people less than visitors: its factor to the power `exposed`."""
    day = local_date(tick.t_ms)
    chance = day_factor(tick.seed, name, day, shape.day_sd, shape.day_keep)
    weather = float(state["crowd.weather_factor"][0]) ** exposed
    return float(shape.at(day_kind(day), tick.hour) * chance * weather)


def feel_weather(state: CityState, tick: Tick, params: VisitParams) -> None:
    """Rain thins the crowd within minutes; heat and cold at once."""
    rain = float(state["quarter.rain_mm_h"][0])
    target = stairs(rain, params.rain_edges_mm_h, params.rain_factors)
    relax(state["crowd.rain_factor"], target, tick.dt_s, params.rain_lag_s)
    temp = float(state["quarter.air_temp_c"][0])
    heat = stairs(temp, params.heat_edges_c, params.heat_factors)
    state["crowd.weather_factor"] = float(state["crowd.rain_factor"][0]) * heat


def visit_share(geography: Geography) -> Floats:
    """Per street: the part of the walk's visitors that passes."""
    return column(geography["link"], "visit_share")
