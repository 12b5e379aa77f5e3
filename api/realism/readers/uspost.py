"""Hourly PM2.5 with quality flags as the US post in the quarter published it."""

from datetime import timedelta

import numpy as np

from api.realism.readers.defects import masked
from api.realism.readers.shanghai import clean_pm25
from api.realism.readers.table import TextTable
from twin.arrays import Array, Ints

SHANGHAI = timedelta(hours=8)
NEEDS = ("time_local_start", "pm25_raw", "qc")


def read(table: TextTable) -> tuple[Ints, dict[str, Array]]:
    """Valid hours only; -999, the over-range code 985 and stuck zeros are masked."""
    invalid = np.array([flag.strip().lower() != "valid" for flag in table.columns["qc"]])
    pm25 = masked(table.numbers("pm25_raw"), invalid)
    return table.minutes("time_local_start", SHANGHAI), {"pm25_ug_m3": clean_pm25(pm25)}
