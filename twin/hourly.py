"""Hour by hour: weather and background air alone, for long spans that take seconds a year.

The streets, people and sensors do not run; levers are neutral.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twin.arrays import Array, Floats, Ints
from twin.cityconfig import CityConfig
from twin.clock import HOUR_MS
from twin.levers import LEVERS, lever_key
from twin.state import CityState
from twin.systems import air, weather
from twin.tick import Tick

Report = Callable[[float], None]  # called with the share done, 0 to 1


@dataclass(frozen=True, slots=True)
class HourlySeries:
    """One row per hour, named by the start of the hour in ms UTC; nothing is rounded.

    wind_class is NE, SE, SW, NW or cv (calm or variable).
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
    state = _small_state()
    rows = np.empty((hours, 7))
    weather_params, air_params = config.weather, config.air
    state["weather.latent"] = np.random.default_rng(seed).standard_normal(len(weather.LATENTS))
    for number in range(hours):
        tick = Tick(start_ms + number * HOUR_MS, 3600.0, seed)
        weather.step(state, tick, weather_params)
        rows[number] = _row(state, tick, air_params)
        if report is not None and number % 1000 == 0:
            report(number / hours)
    t_ms = start_ms + np.arange(hours, dtype=np.int64) * HOUR_MS
    temp, rh, pressure, wind, direction, rain, pm25 = rows.T
    return HourlySeries(
        t_ms, temp, _dew(temp, rh), rh, pressure, wind, _classes(direction, wind), rain, pm25
    )


def _small_state() -> CityState:
    arrays = {q.name: np.full(q.size or 1, q.initial) for q in weather.QUANTITIES + air.QUANTITIES}
    arrays |= {lever_key(lever): np.full(1, neutral) for lever, neutral in LEVERS.items()}
    return CityState(arrays)


def _row(state: CityState, tick: Tick, params: air.AirParams) -> tuple[float, ...]:
    air._drift(state["air.latent"], tick, params)
    rain, wind = (float(state[f"quarter.{name}"][0]) for name in ("rain_mm_h", "wind_speed_m_s"))
    air._wash(state["air.wash"], rain, tick.dt_s, params)
    names = ("air_temp_c", "air_rh_pct", "pressure_hpa", "wind_speed_m_s", "wind_dir_deg")
    values = [float(state[f"quarter.{name}"][0]) for name in names]
    return (*values, rain, float(air.background(state, tick, wind, params)[0]))


def _dew(temp_c: Floats, rh_pct: Floats) -> Floats:
    """Magnus formula."""
    gamma = np.log(rh_pct / 100) + 17.625 * temp_c / (243.04 + temp_c)
    return np.asarray(243.04 * gamma / (17.625 - gamma))


def _classes(direction_deg: Floats, wind_m_s: Floats) -> Array:
    names = np.array(["NE", "SE", "SW", "NW"])[(direction_deg // 90).astype(int) % 4]
    return np.where(wind_m_s < 0.5, "cv", names)
