"""Simulated spans: only the systems that the real file is about, on the clock of the real rows."""

from collections.abc import Callable

import numpy as np

from api.realism.readers.shanghai import classes
from api.realism.series import Series
from twin.cityconfig import CityConfig
from twin.clock import HOUR_MS, MINUTE_MS
from twin.hourly import hourly_series

Report = Callable[[float], None]  # called with the share done, 0 to 1
_SHANGHAI_MS = 8 * HOUR_MS


def weather_air(
    config: CityConfig, first_min: int, hours: int, seed: int, report: Report | None = None
) -> Series:
    """Weather and background PM2.5 hour by hour from a local minute on; nothing is rounded."""
    made = hourly_series(config, seed, first_min * MINUTE_MS - _SHANGHAI_MS, hours, report)
    columns = {
        "temp_c": made.temp_c,
        "dew_point_c": made.dew_point_c,
        "rh_pct": made.rh_pct,
        "pressure_hpa": made.pressure_hpa,
        "wind_m_s": made.wind_m_s,
        "wind_class": classes(made.wind_class.tolist()),
        "rain_mm": made.rain_mm,
        "pm25_ug_m3": made.pm25_ug_m3,
    }
    return Series("weather_air", first_min, 60, {k: np.asarray(v) for k, v in columns.items()})
