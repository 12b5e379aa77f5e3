"""The laws one after the other: from the past and eight chances to the next hour."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from twin.arrays import Floats
from twin.climate import laws, network, sight
from twin.climate.days import DayLaws, Days
from twin.climate.hazeterms import haze_past
from twin.climate.laws import ValueLaw
from twin.climate.memory import Memory
from twin.climate.network import Network, NetworkLaw
from twin.climate.row import CALM, HAZE_OFFSET, Past, Row
from twin.climate.stages import STAGES
from twin.climate.terms import Part, Terms, base, fill, names, season
from twin.config import Table

PRESSURE_HPA, TRACE_MM = 1016.0, 0.1
REPORTED = 0.499  # of a unit: what lies nearer than this is reported as the unit
RAIN_POWER = 0.25  # the law of the amount speaks of its fourth root
Bounds = tuple[float, float]


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
        draw = _Draw.begin(self, memory, day, hour)
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
    seen: Floats
    terms: Floats
    known_terms: int
    row: Row
    exact: Exact

    @classmethod
    def begin(cls, chain: Chain, memory: Memory, day: float, hour: float) -> "_Draw":
        known, terms = memory.past(), np.empty(chain.terms)
        end = fill(terms, 0, base(known, day, hour))
        one = known.ago[1]
        seen = memory.seen(day, hour)
        return cls(chain, known, season(day, hour), seen, terms, end, one, Exact(*one))

    def outputs(self, law: str) -> Floats:
        """What the law's network says of this hour."""
        now = sight.now(law, self.row, self.known.ago[1])
        return self.chain.networks[law].outputs(np.concatenate([self.seen, now]))

    def learns(self, parts: list[Part]) -> None:
        """These terms are known now."""
        self.known_terms = fill(self.terms, self.known_terms, parts)

    def knows(self, stage: str, **values_now: tuple[float, float]) -> None:
        """Each value exact and as reported; the terms of the stage join the others."""
        self.exact = self.exact._replace(**{name: pair[0] for name, pair in values_now.items()})
        self.row = self.row._replace(**{name: pair[1] for name, pair in values_now.items()})
        if stage in STAGES:
            self.learns(STAGES[stage](self.row, self.known, self.at))


def _within(value: float, bounds: Bounds) -> float:
    return min(max(value, bounds[0]), bounds[1])


def _direction(draw: _Draw, chance: float) -> None:
    chances = network.chances(draw.outputs("direction"))
    drawn = min(int(np.searchsorted(np.cumsum(chances), chance)), len(chances) - 1)
    draw.knows("direction", direction=(float(drawn), float(drawn)))


def _wind(draw: _Draw, chance: float) -> None:
    """Only calm or variable air may be reported as still."""
    low = -math.inf if draw.row.direction == CALM else 1 - REPORTED
    drawn = network.value(draw.outputs("wind"), chance, low)
    wind = _within(drawn, (0.0, draw.chain.weather.wind_max_m_s))
    draw.knows("wind", wind=(wind, round(wind)))


def _wet(draw: _Draw, chance: float) -> None:
    """Wet stands as the least amount until the amount is drawn."""
    wet = TRACE_MM if chance < network.chances(draw.outputs("wet"))[0] else 0.0
    draw.knows("wet", rain=(wet, wet))


def _rain(draw: _Draw, chance: float) -> None:
    rain = draw.row.rain
    if rain > 0:
        root = network.value(draw.outputs("rain"), chance, (TRACE_MM / 2) ** RAIN_POWER)
        drawn = round(root ** (1 / RAIN_POWER), 1)
        rain = _within(drawn, (TRACE_MM, draw.chain.weather.rain_max_mm))
    draw.knows("rain", rain=(rain, rain))


def _pressure(draw: _Draw, chance: float) -> None:
    low, high = draw.chain.weather.pressure_bounds_hpa
    drawn = draw.known.ago[1].pressure + network.value(draw.outputs("pressure"), chance)
    pressure = _within(drawn, (low - PRESSURE_HPA, high - PRESSURE_HPA))
    draw.knows("pressure", pressure=(pressure, round(pressure)))


def _temp(draw: _Draw, chance: float) -> None:
    drawn = draw.known.ago[1].temp + network.value(draw.outputs("temp"), chance)
    temp = _within(drawn, draw.chain.weather.temp_bounds_c)
    draw.knows("temp", temp=(temp, round(temp)))


def _dew(draw: _Draw, chance: float) -> None:
    """Drawn from the values that the station could report beside the temperature."""
    before = draw.known.ago[1].dew
    room = draw.row.temp + REPORTED - before
    drawn = before + network.value(draw.outputs("dew"), chance, high=room)
    dew = min(_within(drawn, draw.chain.weather.dew_bounds_c), draw.exact.temp)
    draw.knows("dew", dew=(dew, min(round(dew), draw.row.temp)))


def _haze(draw: _Draw, chance: float) -> None:
    """The monitor reports whole micrograms."""
    draw.learns(haze_past(draw.known, draw.at))
    bounds = (math.log(HAZE_OFFSET), math.log(draw.chain.air.haze_max_ug_m3 + HAZE_OFFSET))
    change = draw.chain.haze.at(draw.terms, chance)
    haze = _within(draw.known.ago[1].haze + change, bounds)
    reported = math.log(round(math.exp(haze) - HAZE_OFFSET) + HAZE_OFFSET)
    draw.knows("haze", haze=(haze, reported))


_ORDER = (_direction, _wind, _wet, _rain, _pressure, _temp, _dew, _haze)
CHANCES = len(_ORDER)
