"""A simulated series as the real file would have recorded it: the same rounding and gaps."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from api.realism.series import Series
from twin.arrays import Floats, Ints

STEPS: Mapping[str, float] = MappingProxyType(
    {
        "temp_c": 1.0,
        "dew_point_c": 1.0,
        "pressure_hpa": 1.0,
        "wind_m_s": 1.0,
        "rain_mm": 0.1,
        "pm25_ug_m3": 1.0,
        "vehicles_h": 1.0,
    }
)
_CALM = 4.0  # number of the class cv


def as_recorded(simulated: Series, like: Series) -> Series:
    """The columns that the real series has, rounded as it is and missing where it is missing.

    Humidity is computed from the rounded temperature and dew point, as in the file. Both must
    have the same number of rows; ValueError otherwise.
    """
    if len(simulated) != len(like):
        raise ValueError(f"{len(simulated)} simulated rows against {len(like)} real ones")
    columns = {name: _rounded(name, simulated[name]) for name in like.columns if name in simulated}
    if {"temp_c", "dew_point_c", "rh_pct"} <= columns.keys():
        columns["dew_point_c"] = np.minimum(columns["dew_point_c"], columns["temp_c"])
        columns["rh_pct"] = humidity_pct(columns["temp_c"], columns["dew_point_c"])
    if {"wind_m_s", "wind_class"} <= columns.keys():
        columns["wind_class"] = np.where(columns["wind_m_s"] == 0, _CALM, columns["wind_class"])
    gaps = {name: np.where(np.isnan(like[name]), np.nan, v) for name, v in columns.items()}
    return like.having(gaps)


def share_gaps(series: Series, other: Series) -> Series:
    """The series without the hours of the year that the other one (a year or less) misses.

    So a month that one year lacks weighs as little in the others.
    """
    place = _hour_of_year(other)
    here = _hour_of_year(series)
    columns = dict(series.columns)
    for name in columns.keys() & other.columns.keys():
        seen = np.zeros(366 * 24, dtype=np.bool_)
        seen[place[~np.isnan(other[name])]] = True
        columns[name] = np.where(seen[here], series[name], np.nan)
    return series.having(columns)


def _hour_of_year(series: Series) -> Ints:
    """Hours since 1 January as if every year were a leap year."""
    month_days = np.array([0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335])
    days = series.times.astype("datetime64[D]") - series.times.astype("datetime64[M]")
    day = month_days[series.month] + days.astype(np.int64)
    return np.asarray(day * 24 + series.hour)


def humidity_pct(temp_c: Floats, dew_point_c: Floats) -> Floats:
    """Magnus formula with 17.27 and 237.7 °C, to two decimals; it repeats the file's column."""

    def pressure(degrees: Floats) -> Floats:
        return np.exp(17.27 * degrees / (237.7 + degrees))

    return np.asarray(np.round(100 * pressure(dew_point_c) / pressure(temp_c), 2))


def _rounded(name: str, values: Floats) -> Floats:
    step = STEPS.get(name)
    if step is None:
        return values
    least = 0.0 if name in ("rain_mm", "wind_m_s", "pm25_ug_m3") else -np.inf
    return np.maximum(np.round(np.round(values / step) * step, 6), least)
