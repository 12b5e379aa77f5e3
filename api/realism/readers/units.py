"""Is a column in the unit that its name says? Bounds on its middle and on its range."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from twin.arrays import Floats

_LEAST_PRESENT = 24
_MOST_WET_PCT = 60  # DES: of the hours; Shanghai has 10
_HEAVY_MM = (2.0, 80.0)  # DES: 99 % of wet hours; Shanghai has 14, Minneapolis 16
_SWAPPED_PCT = 2  # DES: of the hours; Shanghai has none


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where the median and the 1 % and 99 % quantiles of any real year must lie."""

    unit: str
    middle: tuple[float, float]
    range: tuple[float, float]


BOUNDS: Mapping[str, Bounds] = MappingProxyType(
    {
        "temp_c": Bounds("°C", (-25, 35), (-60, 50)),
        "dew_point_c": Bounds("°C", (-35, 30), (-70, 36)),
        "rh_pct": Bounds("%", (5, 100), (1, 101)),
        "pressure_hpa": Bounds("hPa", (850, 1060), (800, 1090)),
        "wind_m_s": Bounds("m/s", (0.5, 10), (0, 30)),
        "rain_mm": Bounds("mm in the hour", (0, 2), (0, 80)),
        "pm25_ug_m3": Bounds("µg/m³", (2, 400), (-15, 950)),
        "vehicles_h": Bounds("vehicles/h", (1, 20_000), (0, 40_000)),
        "laeq_db": Bounds("dB(A)", (20, 95), (10, 130)),
    }
)
PERSONS = Bounds("persons/h", (0, 20_000), (0, 60_000))


def unit_problem(name: str, values: Floats, bounds: Bounds | None = None) -> str | None:
    """A sentence when the values cannot be in the unit of the column, or None."""
    rule = bounds or BOUNDS[name]
    present = values[~np.isnan(values)]
    if len(present) < _LEAST_PRESENT:
        return f"{name}: only {len(present)} values present"
    low, middle, high = (float(q) for q in np.quantile(present, (0.01, 0.5, 0.99)))
    inside = rule.middle[0] <= middle <= rule.middle[1]
    if inside and rule.range[0] <= low and high <= rule.range[1]:
        return None
    found = f"{low:g}, {middle:g}, {high:g}"
    return f"{name}: 1 %, 50 % and 99 % are {found}: not in {rule.unit}, wrong unit?"


def rain_problem(rain_mm: Floats) -> str | None:
    """A sentence when the hours with rain cannot be in mm: inches, metres, sums of a spell."""
    present = rain_mm[~np.isnan(rain_mm)]
    wet = present[present > 0]
    if len(wet) < _LEAST_PRESENT:
        return None
    share = 100 * len(wet) / len(present)
    if share > _MOST_WET_PCT:
        return f"rain_mm: {share:.0f} % of the hours are wet: not rain of the hour?"
    heavy = float(np.quantile(wet, 0.99))
    if _HEAVY_MM[0] <= heavy <= _HEAVY_MM[1]:
        return None
    return f"rain_mm: 99 % of wet hours have up to {heavy:g}: not in mm in the hour, wrong unit?"


def dew_problem(temp_c: Floats, dew_point_c: Floats) -> str | None:
    """A sentence when the air is often cooler than its dew point."""
    both = ~np.isnan(temp_c + dew_point_c)
    above = float(100 * np.mean((dew_point_c > temp_c)[both])) if both.any() else 0.0
    if above <= _SWAPPED_PCT:
        return None
    return f"dew_point_c is above temp_c in {above:.0f} % of the hours: columns swapped?"
