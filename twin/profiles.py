"""Values that follow the clock and the year: hourly shares, monthly normals, slow relaxation."""

import math
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

Hourly = Annotated[tuple[float, ...], Field(min_length=24, max_length=24)]
Monthly = Annotated[tuple[float, ...], Field(min_length=12, max_length=12)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]

DAYS_PER_MONTH = 365.25 / 12


def hourly(values: Sequence[float], hour: float) -> float:
    """The profile at this local hour, linear between the middles of its hours."""
    return _cyclic(values, hour - 0.5)


def monthly(values: Sequence[float], day: float) -> float:
    """The monthly normal on this day of the year, linear between the middles of months."""
    return _cyclic(values, day / DAYS_PER_MONTH - 0.5)


def keep(dt_s: float, tau_s: float) -> float:
    """What is left of a deviation after dt when it decays with tau: exp(-dt/tau)."""
    return math.exp(-dt_s / tau_s)


def stairs(value: float, edges: Sequence[float], levels: Sequence[float]) -> float:
    """levels[i] where i edges are at or below the value; one more level than edges."""
    return levels[sum(value >= edge for edge in edges)]


def _cyclic(values: Sequence[float], position: float) -> float:
    low = math.floor(position)
    share = position - low
    size = len(values)
    return values[low % size] * (1 - share) + values[(low + 1) % size] * share
