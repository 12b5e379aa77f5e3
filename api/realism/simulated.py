"""Simulated spans: only the systems that the real file is about, on the clock of the real rows.

Local minutes of the real place are taken as Shanghai's: its weekdays and holidays, not theirs.
"""

from collections.abc import Callable

import numpy as np

from api.realism.partcity import PartCity, part_city
from api.realism.readers.shanghai import classes
from api.realism.series import Series
from twin.arrays import Floats
from twin.cityconfig import CityConfig
from twin.clock import HOUR_MS, MINUTE_MS
from twin.geography import Geography
from twin.hourly import hourly_series

Report = Callable[[float], None]  # called with the share done, 0 to 1
_SHANGHAI_MS = 8 * HOUR_MS
_TRAFFIC_STEP_MS = 20 * MINUTE_MS


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


def vehicles(
    config: CityConfig, geography: Geography, first_min: int, hours: int, seed: int, report: Report
) -> Series:
    """Vehicles per hour on the busiest street, with the hour's rain."""
    city = part_city(config, geography, ("weather", "traffic"), seed)
    per_hour = HOUR_MS // _TRAFFIC_STEP_MS
    names = ("link.veh_flow_veh_h", "quarter.rain_mm_h")
    rows = _sampled(city, names, first_min, hours * per_hour, _TRAFFIC_STEP_MS, report)
    flow = rows["link.veh_flow_veh_h"].reshape(hours, per_hour, -1).mean(axis=1)
    rain = rows["quarter.rain_mm_h"].reshape(hours, per_hour).mean(axis=1)
    busiest = int(np.argmax(flow.mean(axis=0)))
    return Series("vehicles", first_min, 60, {"vehicles_h": flow[:, busiest], "rain_mm": rain})


def sound(
    config: CityConfig,
    geography: Geography,
    first_min: int,
    minutes: int,
    seed: int,
    report: Report,
) -> Series:
    """LAeq of each minute on the street with the fewest cars: the real site is quiet."""
    names = ("weather", "crowd", "plaza", "traffic", "noise")
    city = part_city(config, geography, names, seed)
    wanted = ("link.noise_laeq_db", "link.veh_mean_veh_h")
    rows = _sampled(city, wanted, first_min, minutes, MINUTE_MS, report)
    quiet = int(np.argmin(rows["link.veh_mean_veh_h"].mean(axis=0)))
    return Series("sound", first_min, 1, {"laeq_db": rows["link.noise_laeq_db"][:, quiet].copy()})


def _sampled(
    city: PartCity, names: tuple[str, ...], first_min: int, steps: int, step_ms: int, report: Report
) -> dict[str, Floats]:
    """Every named quantity after each step: one row per step."""
    kept = {name: np.empty((steps, len(city.state[name]))) for name in names}
    start_ms = first_min * MINUTE_MS - _SHANGHAI_MS
    for number, _ in enumerate(city.run(start_ms, steps, step_ms)):
        for name, rows in kept.items():
            rows[number] = city.state[name]
        if number % 1000 == 0:
            report(number / steps)
    return kept
