"""What sounds besides cars and passers-by: bars, works, cicadas; level at the facade per street."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import numpy as np
from pydantic import Field

from twin.arrays import Bools, Floats
from twin.calendar import day_kind
from twin.clock import DAY_MS, local_date
from twin.config import Table
from twin.geography import Geography
from twin.profiles import Positive, Share
from twin.relations import attribute, column
from twin.state import CityState
from twin.streams import stream
from twin.tick import Tick

_QUIET_DB = 0.0  # far below every other sound
Hours = tuple[Annotated[float, Field(ge=0, le=24)], Annotated[float, Field(ge=0, le=24)]]


class SoundscapeParams(Table):
    """Section [noise.sources] of city.toml."""

    bar_streets: tuple[str, ...]
    bar_db: Positive
    bar_hours: Hours
    bar_weekend_hours: Hours
    works_share: Share
    works_db: Positive
    works_hours: Hours
    works_duty: Share
    cicada_db: Positive
    cicada_days: tuple[int, int]
    cicada_from_c: float
    cicada_full_c: float
    cicada_hours: Hours


@dataclass(frozen=True, slots=True)
class Places:
    """Which streets have bars, and how far their terraces are from the microphone."""

    bars: Bools
    bar_distance_m: Floats
    streets: int


def places(geography: Geography, params: SoundscapeParams) -> Places:
    """Terraces stand at the facade across; every street of the quarter has plane trees."""
    links = geography["link"]
    return Places(
        bars=np.isin(attribute(links, "street"), params.bar_streets),
        bar_distance_m=np.maximum(5.0, column(links, "street_width_m") / 2),
        streets=len(links),
    )


def bars_db(tick: Tick, place: Places, params: SoundscapeParams) -> Floats:
    """Terraces in the evening, an hour longer before a day off; `bar_db` is the level at 10 m."""
    late = day_kind(local_date(tick.t_ms + DAY_MS)).free
    low, high = params.bar_weekend_hours if late else params.bar_hours
    if not low <= tick.hour < high:
        return np.full(place.streets, _QUIET_DB)
    swell = math.sin(math.pi * (tick.hour - low) / (high - low)) ** 0.5
    level = params.bar_db + 10 * math.log10(max(0.05, swell))
    return np.where(place.bars, level - 20 * np.log10(place.bar_distance_m / 10), _QUIET_DB)


def works_db(tick: Tick, place: Places, params: SoundscapeParams) -> Floats:
    """Works of this week on a share of the streets: machines run part of the working hours."""
    low, high = params.works_hours
    if not low <= tick.hour < high or day_kind(local_date(tick.t_ms)).free:
        return np.full(place.streets, _QUIET_DB)
    minute = tick.t_ms // (15 * 60_000)
    sites, phase = _sites(tick.seed, local_date(tick.t_ms).toordinal() // 7, place.streets)
    running = (sites < params.works_share) & ((phase + 0.618 * minute) % 1 < params.works_duty)
    return np.where(running, params.works_db, _QUIET_DB)


@lru_cache(maxsize=8)  # a pure function, asked at every step
def _sites(seed: int, week: int, streets: int) -> tuple[Floats, Floats]:
    rng = stream(seed, f"works/{week}")
    return rng.random(streets), rng.random(streets)


def cicadas_db(state: CityState, tick: Tick, params: SoundscapeParams) -> float:
    """Summer days above 25 degrees, loudest in full heat; rain and night silence them."""
    first, last = params.cicada_days
    low, high = params.cicada_hours
    wet = float(state["quarter.rain_mm_h"][0]) > 0.2
    if not (first <= tick.day < last and low <= tick.hour < high) or wet:
        return _QUIET_DB
    span = params.cicada_full_c - params.cicada_from_c
    warm = (float(state["quarter.air_temp_c"][0]) - params.cicada_from_c) / span
    return params.cicada_db + 10 * math.log10(min(1.0, warm)) if warm > 0.01 else _QUIET_DB
