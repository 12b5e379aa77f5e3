"""The climate in the running city: three hours in the state, and the moment between them.

The state keeps the hour before, this hour and the next one; a moment is interpolated, and what
the station cannot see of a minute is added so that it vanishes at full hours.
"""

import math
from dataclasses import dataclass

from twin.climate.chain import Chain, Exact
from twin.climate.memory import COLUMNS, SIZES, Memory
from twin.climate.row import CALM, PRESSURE_HPA
from twin.climate.spin import hour_of, next_hour, settle
from twin.climate.storm import MINUTES, pattern, share
from twin.clock import HOUR_MS
from twin.state import CityState, Quantity
from twin.tick import Tick

QUANTITIES = (
    *(Quantity(f"climate.{name}", truth=False, size=size) for name, size in SIZES.items()),
    Quantity("climate.hours", truth=False, size=3 * COLUMNS),
    Quantity("climate.storm", truth=False, size=MINUTES),
    Quantity("climate.clock", truth=False, size=1),
)
_LONGEST_LEAP_H = 48


@dataclass(frozen=True, slots=True)
class Moment:
    """The climate at one moment; haze is ln(PM2.5 + 5), rain the rate of the step to come."""

    temp_c: float
    dew_c: float
    pressure_hpa: float
    wind_m_s: float
    rain_mm_h: float
    haze: float
    bridge: float  # 0 at full hours, 1 halfway: how much a minute may differ


def advance(state: CityState, tick: Tick, chain: Chain) -> None:
    """Bring the three hours up to the tick; a leap of days begins anew."""
    clock, hour = state["climate.clock"], hour_of(tick.t_ms)
    behind = hour - int(clock[0])
    if behind == 0:
        return
    memory = Memory.over({name: state[f"climate.{name}"] for name in SIZES})
    if not 0 < behind <= _LONGEST_LEAP_H:
        settle(chain, memory, tick.seed, hour - 1)
        behind = 3
    hours = state["climate.hours"].reshape(3, COLUMNS)
    for number in range(hour + 2 - behind, hour + 2):
        hours[:2] = hours[1:]
        hours[2] = next_hour(chain, memory, tick.seed, number)
    rain = hours[:, Exact._fields.index("rain")] > 0
    state["climate.storm"] = pattern(tick.seed, hour, bool(rain[0]), bool(rain[2]))
    clock[:] = hour


def moment(state: CityState, tick: Tick) -> Moment:
    """The climate at the tick."""
    before, after = between(state)
    part = tick.t_ms % HOUR_MS / HOUR_MS
    now = [one + part * (other - one) for one, other in zip(before, after, strict=True)]
    mixed = Exact(*now)
    return Moment(
        temp_c=mixed.temp,
        dew_c=mixed.dew,
        pressure_hpa=mixed.pressure + PRESSURE_HPA,
        wind_m_s=mixed.wind,
        rain_mm_h=before.rain * share(state["climate.storm"], tick.t_ms, tick.dt_s),
        haze=mixed.haze,
        bridge=2 * math.sqrt(part * (1 - part)),
    )


def between(state: CityState) -> tuple[Exact, Exact]:
    """This hour and the next."""
    hours = state["climate.hours"].reshape(3, COLUMNS)
    return Exact(*hours[1].tolist()), Exact(*hours[2].tolist())


def direction_deg(state: CityState, tick: Tick, wander: float) -> float:
    """Where the wind comes from: within its quadrant as a slow wanderer says, anywhere if calm."""
    before, after = between(state)
    part = tick.t_ms % HOUR_MS / HOUR_MS
    one, other = (math.radians(_angle(hour.direction, wander)) for hour in (before, after))
    east = (1 - part) * math.sin(one) + part * math.sin(other)
    north = (1 - part) * math.cos(one) + part * math.cos(other)
    return math.degrees(math.atan2(east, north)) % 360


def _angle(direction: float, drift: float) -> float:
    if direction == CALM:
        return (180 + 90 * drift) % 360
    return 90 * (direction - 1) + 45 + 43 * math.tanh(drift)
