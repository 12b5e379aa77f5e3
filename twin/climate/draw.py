"""One hour's weather from the networks: seven laws, each knowing what was drawn before it.

The same code serves the running city and many cities side by side in a fit, one per column.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from twin.arrays import Array, Floats
from twin.climate import sight
from twin.climate.network import Network, chances, value
from twin.climate.row import CALM, PRESSURE_HPA, Row

TRACE_MM = 0.1
REPORTED = 0.499  # of a unit: what lies nearer than this is reported as the unit
RAIN_POWER = 0.25  # the law of the amount speaks of its fourth root
Bounds = tuple[float, float]


class Limits(Protocol):
    """Where the station has been."""

    @property
    def temp_bounds_c(self) -> Bounds: ...
    @property
    def dew_bounds_c(self) -> Bounds: ...
    @property
    def pressure_bounds_hpa(self) -> Bounds: ...
    @property
    def wind_max_m_s(self) -> float: ...
    @property
    def rain_max_mm(self) -> float: ...


def draw(
    networks: Mapping[str, Network], limits: Limits, seen: Floats, one: Row, luck: Array
) -> tuple[Row, Row]:
    """The hour as reported and unrounded; `one` is the hour before, luck: a chance per law.

    Wet stands as the least amount until the amount is drawn; only calm or variable air may be
    reported as still; the dew point is drawn from what could be reported beside the temperature.
    """
    row, low_hpa = one, np.array(limits.pressure_bounds_hpa) - PRESSURE_HPA

    def outputs(law: str) -> Floats:
        now = np.array(sight.now(law, row, one)).reshape(-1, *seen.shape[1:])
        return networks[law].outputs(np.concatenate([seen, now]))

    shares = chances(outputs("direction"))
    direction = np.minimum((luck[0] > np.cumsum(shares, axis=0)).sum(axis=0), len(shares) - 1.0)
    row = row._replace(direction=direction)
    low = np.where(direction == CALM, -np.inf, 1 - REPORTED)
    wind = np.clip(value(outputs("wind"), luck[1], low), 0.0, limits.wind_max_m_s)
    row = row._replace(wind=np.round(wind))
    wet = luck[2] < chances(outputs("wet"))[0]
    row = row._replace(rain=np.where(wet, TRACE_MM, 0.0))
    root = value(outputs("rain"), luck[3], (TRACE_MM / 2) ** RAIN_POWER)
    amount = np.clip(np.round(root ** (1 / RAIN_POWER), 1), TRACE_MM, limits.rain_max_mm)
    row = row._replace(rain=np.where(wet, amount, 0.0))
    pressure = np.clip(one.pressure + value(outputs("pressure"), luck[4]), *low_hpa)
    row = row._replace(pressure=np.round(pressure))
    temp = np.clip(one.temp + value(outputs("temp"), luck[5]), *limits.temp_bounds_c)
    row = row._replace(temp=np.round(temp))
    room = row.temp + REPORTED - one.dew
    drawn = one.dew + value(outputs("dew"), luck[6], high=room)
    dew = np.minimum(np.clip(drawn, *limits.dew_bounds_c), temp)
    row = row._replace(dew=np.minimum(np.round(dew), row.temp))
    return row, row._replace(wind=wind, pressure=pressure, temp=temp, dew=dew)
