"""Hour by hour: weather and background air alone, for long spans that take seconds a year.

The streets, people and sensors do not run; levers are neutral. At full hours the running city
has the same weather.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twin.arrays import Array, Floats, Ints
from twin.cityconfig import CityConfig
from twin.climate.chain import Chain, Exact
from twin.climate.humidity import rh_pct
from twin.climate.memory import Memory
from twin.climate.row import CLASSES, HAZE_OFFSET, PRESSURE_HPA
from twin.climate.spin import hour_of, next_hour, settle
from twin.clock import HOUR_MS

Report = Callable[[float], None]  # called with the share done, 0 to 1


@dataclass(frozen=True, slots=True)
class HourlySeries:
    """One row per hour, named by the start of the hour in ms UTC; nothing is rounded.

    wind_class is NE, SE, SW, NW or cv (calm or variable); rain falls within the hour, the rest
    is as at its start. pm25_ug_m3 has the level of the years that the haze was fitted on.
    """

    t_ms: Ints
    temp_c: Floats
    dew_point_c: Floats
    rh_pct: Floats
    pressure_hpa: Floats
    wind_m_s: Floats
    wind_class: Array
    rain_mm: Floats
    pm25_ug_m3: Floats


def hourly_series(
    config: CityConfig, seed: int, start_ms: int, hours: int, report: Report | None = None
) -> HourlySeries:
    """Weather and background PM2.5 of so many hours from start_ms; the same seed, the same rows."""
    chain, memory = Chain.of(config.weather_laws, config.haze_laws), Memory.fresh()
    first = hour_of(start_ms)
    settle(chain, memory, seed, first)
    rows = np.empty((hours, len(Exact._fields)))
    for number in range(hours):
        rows[number] = next_hour(chain, memory, seed, first + number)
        if report is not None and number % 500 == 0:
            report(number / hours)
    temp, dew, pressure, wind, direction, rain, haze = rows.T
    return HourlySeries(
        start_ms + np.arange(hours, dtype=np.int64) * HOUR_MS,
        temp,
        dew,
        rh_pct(temp, dew),
        pressure + PRESSURE_HPA,
        wind,
        np.array(CLASSES)[direction.astype(int)],
        rain,
        np.maximum(0.0, np.exp(haze) - HAZE_OFFSET),
    )
