"""Hourly weather and PM2.5 as in the UCI set of five Chinese cities, Shanghai's file.

PM2.5 is that of the US post, inside the quarter; the municipal stations are left aside.
Wind is given cumulated while its direction class stays the same; here it is per hour.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from api.realism.readers.defects import dropped, masked, slipped, stuck
from api.realism.readers.table import TextTable
from twin.arrays import Array, Floats, Ints

CALENDAR = {"year": (1900, 2200), "month": (1, 12), "day": (1, 31), "hour": (0, 23)}
COLUMNS = {
    "TEMP": "temp_c",
    "DEWP": "dew_point_c",
    "PRES": "pressure_hpa",
    "precipitation": "rain_mm",
    "PM_US Post": "pm25_ug_m3",
}
NEEDS = (*CALENDAR, *COLUMNS, "HUMI", "cbwd", "Iws")
CLASSES = ("NE", "SE", "SW", "NW", "cv")
STUCK_H = 6  # a real hour of nearly clean air is not repeated for so long


def read(table: TextTable) -> tuple[Ints, dict[str, Array]]:
    """Start of each row and its columns, defects masked; wind is still cumulated."""
    columns = {name: table.numbers(column) for column, name in COLUMNS.items()}
    columns["rh_pct"] = table.numbers("HUMI")
    columns["wind_class"] = classes(table.columns["cbwd"])
    columns["wind_m_s"] = table.numbers("Iws")
    columns["pm25_ug_m3"] = clean_pm25(columns["pm25_ug_m3"])
    columns["pressure_hpa"] = np.round(columns["pressure_hpa"])  # until 2012 converted from inHg
    columns["rain_mm"] = masked(columns["rain_mm"], columns["rain_mm"] < 0)
    return _minutes(table), columns


def clean_pm25(values: Floats) -> Floats:
    """Without no-value codes, decimal slips, one-hour drop-outs and zeros that stick.

    A little below zero, as real monitors say at clean hours, counts as zero.
    """
    bad = (values < -15) | (values >= 985)
    values = masked(values, bad)
    values = masked(values, slipped(values, 400, 4), dropped(values, 0.2, 30))
    values = masked(values, stuck(values, STUCK_H, high=2.0))
    return np.maximum(values, 0.0)


def per_hour(columns: Mapping[str, Array]) -> dict[str, Array]:
    """The columns, one row per hour of the clock, with the wind of the hour."""
    return {**columns, "wind_m_s": hourly_wind(columns["wind_m_s"], columns["wind_class"])}


def hourly_wind(cumulated_m_s: Floats, wind_class: Floats) -> Floats:
    """The hour's wind from the sum that starts anew with every change of direction.

    One row per hour. NaN where the hour before is missing: the sum may then hold more than one.
    """
    wind = np.where(np.isnan(wind_class), np.nan, cumulated_m_s)
    before, direction = wind[:-1], wind_class[:-1]
    goes_on = (wind_class[1:] == direction) & (wind[1:] >= before)
    hour = np.where(goes_on, wind[1:] - before, wind[1:])
    return np.concatenate([[np.nan], np.where(np.isnan(before), np.nan, hour)])


def classes(texts: Sequence[str]) -> Floats:
    """Direction classes as their number in CLASSES; anything else is missing."""
    numbers = {name: float(number) for number, name in enumerate(CLASSES)}
    return np.array([numbers.get(text, np.nan) for text in texts])


def _minutes(table: TextTable) -> Ints:
    year, month, day, hour = (table.whole(name, *CALENDAR[name]) for name in CALENDAR)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    first, next_first = (m.astype("datetime64[D]").astype(np.int64) for m in (months, months + 1))
    table.refuse("day", day > next_first - first, "is no day of its month")
    return np.asarray((first + day - 1) * 1440 + hour * 60)
