"""The laws one after the other: from the past and eight chances to the next hour."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from twin.arrays import Floats
from twin.climate import laws, sight
from twin.climate.days import DayLaws, Days
from twin.climate.draw import Bounds, draw
from twin.climate.hazeterms import haze_past
from twin.climate.laws import ValueLaw
from twin.climate.memory import Memory
from twin.climate.network import Network, NetworkLaw
from twin.climate.row import HAZE_OFFSET, Past, Row
from twin.climate.stages import STAGES
from twin.climate.terms import base, fill, names, season
from twin.config import Table

CHANCES = 8  # an hour: one per law


class WeatherLaws(Table):
    """config/calibrated/weather.toml; bounds keep the values where the station has been."""

    temp_bounds_c: Bounds
    dew_bounds_c: Bounds
    pressure_bounds_hpa: Bounds
    wind_max_m_s: float
    rain_max_mm: float
    days: DayLaws
    direction: NetworkLaw
    wind: NetworkLaw
    wet: NetworkLaw
    rain: NetworkLaw
    pressure: NetworkLaw
    temp: NetworkLaw
    dew: NetworkLaw


class HazeLaws(Table):
    """config/calibrated/air.toml: hourly change of ln(PM2.5 + 5)."""

    haze_max_ug_m3: float
    haze: ValueLaw


class Exact(NamedTuple):
    """One hour, unrounded: degrees, hPa less 1016, m/s, class, mm, ln(PM2.5 + 5)."""

    temp: float
    dew: float
    pressure: float
    wind: float
    direction: float
    rain: float
    haze: float


def haze_terms() -> list[str]:
    """The terms that the haze's law may use: those of the past, of the hour, and its own."""
    memory = Memory.fresh()
    known, at = memory.past(), season(0.0, 0.0)
    row = Row(*memory.rows[0].tolist())
    found = names(base(known, 0.0, 0.0))
    for stage in STAGES.values():
        found += names(stage(row, known, at))
    return found + names(haze_past(known, at))


def network_terms() -> dict[str, int]:
    """How many terms each law of the weather sees."""
    memory = Memory.fresh()
    one = Row(*memory.rows[0])
    seen = len(memory.seen(0.0, 0.0))
    return {law: seen + len(sight.now(law, one, one)) for law in sight.LAWS}


@dataclass(frozen=True, slots=True)
class Chain:
    """All laws in arrays."""

    weather: WeatherLaws
    air: HazeLaws
    days: Days
    networks: dict[str, Network]
    haze: laws.Value
    terms: int

    @classmethod
    def of(cls, weather: WeatherLaws, haze: HazeLaws) -> "Chain":
        """Ready to run. KeyError names a term that the haze cannot know, ValueError a size."""
        known = haze_terms()
        sizes = network_terms().items()
        networks = {name: Network.of(getattr(weather, name), terms) for name, terms in sizes}
        return cls(
            weather,
            haze,
            Days.of(weather.days),
            networks,
            haze=laws.value(haze.haze, known),
            terms=len(known),
        )

    def next_hour(self, memory: Memory, day: float, hour: float, chances: Floats) -> Exact:
        """The hour that begins at this local hour; the memory takes it in, rounded.

        Eight chances between 0 and 1, one per law.
        """
        seen, one = memory.seen(day, hour), Row(*memory.rows[0])
        row, exact = draw(self.networks, self.weather, seen, one, chances[:-1])
        row, exact = (Row(*(float(part) for part in whole)) for whole in (row, exact))
        haze = self._haze(memory.past(), row, day, hour, float(chances[-1]))
        reported = math.log(round(math.exp(haze) - HAZE_OFFSET) + HAZE_OFFSET)
        memory.push(row._replace(haze=reported), day, hour)
        return Exact(*exact._replace(haze=haze))

    def _haze(self, known: Past, row: Row, day: float, hour: float, chance: float) -> float:
        """ln(PM2.5 + 5); the monitor reports whole micrograms."""
        at, terms = season(day, hour), np.empty(self.terms)
        end = fill(terms, 0, base(known, day, hour))
        for stage in STAGES.values():
            end = fill(terms, end, stage(row, known, at))
        fill(terms, end, haze_past(known, at))
        haze = known.ago[1].haze + self.haze.at(terms, chance)
        most = math.log(self.air.haze_max_ug_m3 + HAZE_OFFSET)
        return float(min(max(haze, math.log(HAZE_OFFSET)), most))
