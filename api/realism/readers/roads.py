"""Hourly road traffic with its weather, as the UCI set of an interstate road."""

import numpy as np

from api.realism.readers.defects import masked
from api.realism.readers.table import TextTable
from twin.arrays import Array, Ints

NEEDS = ("date_time", "traffic_volume", "rain_1h")
MOST_RAIN_MM = 150.0  # no hour on record there comes near


def read(table: TextTable) -> tuple[Ints, dict[str, Array]]:
    """Vehicles and rain per hour; a zero volume and impossible rain are masked.

    Repeated hours (one row per kind of weather) are dropped when laid on the clock.
    """
    volume, rain = table.numbers("traffic_volume"), table.numbers("rain_1h")
    columns = {
        "vehicles_h": masked(volume, np.asarray(volume <= 0)),
        "rain_mm": masked(rain, (rain < 0) | (rain > MOST_RAIN_MM)),
    }
    return table.minutes("date_time"), columns
