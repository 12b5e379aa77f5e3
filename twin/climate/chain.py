"""The laws one after the other: from the past and eight chances to the next hour."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from twin.arrays import Floats
from twin.climate import laws
from twin.climate.hazeterms import haze_past
from twin.climate.laws import ChoiceLaw, ValueLaw
from twin.climate.memory import Memory
from twin.climate.row import HAZE_OFFSET, Past, Row
from twin.climate.stages import STAGES
from twin.climate.terms import Part, Terms, base, fill, names, season
from twin.config import Table

PRESSURE_HPA, TRACE_MM = 1016.0, 0.1
SATURATION_C = 0.3  # DES: the air at the station is saturated on half a percent of the hours
RAIN_POWER = 0.25  # the law of the amount speaks of its fourth root
Bounds = tuple[float, float]


class WeatherLaws(Table):
    """config/calibrated/weather.toml; bounds keep the values where the station has been."""

    temp_bounds_c: Bounds
    dew_bounds_c: Bounds
    pressure_bounds_hpa: Bounds
    wind_max_m_s: float
    rain_max_mm: float
    direction: ChoiceLaw
    wind: ValueLaw
    wet: ChoiceLaw
    rain: ValueLaw
    pressure: ValueLaw
    temp: ValueLaw
    dew: ValueLaw


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


def stage_names() -> dict[str, list[str]]:
    """The terms that each law may use: those of the past and of the stages before it."""
    memory = Memory.fresh()
    known, at = memory.past(), season(0.0, 0.0)
    row = Row(*memory.rows[0].tolist())
    found, so_far = {}, names(base(known, 0.0, 0.0))
    for name, stage in STAGES.items():
        found[name] = list(so_far)
        so_far += names(stage(row, known, at))
    found["haze"] = so_far + names(haze_past(known, at))
    return found


@dataclass(frozen=True, slots=True)
class Chain:
    """All laws in arrays."""

    weather: WeatherLaws
    air: HazeLaws
    direction: laws.Choice
    wind: laws.Value
    wet: laws.Choice
    rain: laws.Value
    pressure: laws.Value
    temp: laws.Value
    dew: laws.Value
    haze: laws.Value
    terms: int

    @classmethod
    def of(cls, weather: WeatherLaws, haze: HazeLaws) -> "Chain":
        """Ready to run. KeyError names a term that no law can know."""
        known = stage_names()
        return cls(
            weather,
            haze,
            direction=laws.choice(weather.direction, known["direction"]),
            wind=laws.value(weather.wind, known["wind"]),
            wet=laws.choice(weather.wet, known["wet"]),
            rain=laws.value(weather.rain, known["rain"]),
            pressure=laws.value(weather.pressure, known["pressure"]),
            temp=laws.value(weather.temp, known["temp"]),
            dew=laws.value(weather.dew, known["dew"]),
            haze=laws.value(haze.haze, known["haze"]),
            terms=len(known["haze"]),
        )

    def next_hour(self, memory: Memory, day: float, hour: float, chances: Floats) -> Exact:
        """The hour that begins at this local hour; the memory takes it in, rounded.

        Eight chances between 0 and 1, one per law.
        """
        draw = _Draw.begin(self, memory.past(), day, hour)
        for law, chance in zip(_ORDER, chances.tolist(), strict=True):
            law(draw, chance)
        memory.push(draw.row, day, hour)
        return draw.exact


@dataclass(slots=True)
class _Draw:
    """One hour in the making: the terms and the values so far."""

    chain: Chain
    known: Past
    at: Terms
    terms: Floats
    known_terms: int
    row: Row
    exact: Exact

    @classmethod
    def begin(cls, chain: Chain, known: Past, day: float, hour: float) -> "_Draw":
        terms = np.empty(chain.terms)
        end = fill(terms, 0, base(known, day, hour))
        return cls(chain, known, season(day, hour), terms, end, known.ago[1], Exact(*known.ago[1]))

    @property
    def x(self) -> Floats:
        """The terms that are known."""
        return self.terms[: self.known_terms]

    def learns(self, parts: list[Part]) -> None:
        """These terms are known now."""
        self.known_terms = fill(self.terms, self.known_terms, parts)

    def value(
        self, law: laws.Value, chance: float, bounds: Bounds, change_of: float = 0.0
    ) -> float:
        drawn = change_of + law.at(self.x, chance)
        return min(max(drawn, bounds[0]), bounds[1])

    def knows(self, stage: str, **values_now: tuple[float, float]) -> None:
        """Each value exact and as reported; the terms of the stage join the others."""
        self.exact = self.exact._replace(**{name: pair[0] for name, pair in values_now.items()})
        self.row = self.row._replace(**{name: pair[1] for name, pair in values_now.items()})
        if stage in STAGES:
            self.learns(STAGES[stage](self.row, self.known, self.at))


def _direction(draw: _Draw, chance: float) -> None:
    chances = draw.chain.direction.chances(draw.x)
    drawn = min(int(np.searchsorted(np.cumsum(chances), chance)), len(chances) - 1)
    draw.knows("direction", direction=(float(drawn), float(drawn)))


def _wind(draw: _Draw, chance: float) -> None:
    wind = draw.value(draw.chain.wind, chance, (0.0, draw.chain.weather.wind_max_m_s))
    draw.knows("wind", wind=(wind, round(wind)))


def _wet(draw: _Draw, chance: float) -> None:
    """Wet stands as the least amount until the amount is drawn."""
    wet = TRACE_MM if chance < draw.chain.wet.chances(draw.x)[0] else 0.0
    draw.knows("wet", rain=(wet, wet))


def _rain(draw: _Draw, chance: float) -> None:
    rain = draw.row.rain
    if rain > 0:
        bounds = (TRACE_MM**RAIN_POWER, draw.chain.weather.rain_max_mm**RAIN_POWER)
        rain = round(draw.value(draw.chain.rain, chance, bounds) ** (1 / RAIN_POWER), 1)
    draw.knows("rain", rain=(rain, rain))


def _pressure(draw: _Draw, chance: float) -> None:
    low, high = draw.chain.weather.pressure_bounds_hpa
    bounds = (low - PRESSURE_HPA, high - PRESSURE_HPA)
    pressure = draw.value(draw.chain.pressure, chance, bounds, draw.known.ago[1].pressure)
    draw.knows("pressure", pressure=(pressure, round(pressure)))


def _temp(draw: _Draw, chance: float) -> None:
    bounds = draw.chain.weather.temp_bounds_c
    temp = draw.value(draw.chain.temp, chance, bounds, draw.known.ago[1].temp)
    draw.knows("temp", temp=(temp, round(temp)))


def _dew(draw: _Draw, chance: float) -> None:
    """Drawn from the values that the station could report beside the temperature."""
    before, (low, high) = draw.known.ago[1].dew, draw.chain.weather.dew_bounds_c
    room = min(draw.row.temp - SATURATION_C, high) - before
    dew = max(low, before + draw.chain.dew.at(draw.x, chance, room))
    reported = min(round(dew), draw.row.temp)
    draw.knows("dew", dew=(min(dew, draw.exact.temp), reported))


def _haze(draw: _Draw, chance: float) -> None:
    """The monitor reports whole micrograms."""
    draw.learns(haze_past(draw.known, draw.at))
    bounds = (math.log(HAZE_OFFSET), math.log(draw.chain.air.haze_max_ug_m3 + HAZE_OFFSET))
    haze = draw.value(draw.chain.haze, chance, bounds, draw.known.ago[1].haze)
    reported = math.log(round(math.exp(haze) - HAZE_OFFSET) + HAZE_OFFSET)
    draw.knows("haze", haze=(haze, reported))


_ORDER = (_direction, _wind, _wet, _rain, _pressure, _temp, _dew, _haze)
CHANCES = len(_ORDER)
