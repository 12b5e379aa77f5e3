"""How far two series are apart, statistic by statistic."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from api.realism.series import Series
from api.realism.statistic import Statistic
from api.realism.statistics import statistics
from twin.arrays import Floats


@dataclass(frozen=True, slots=True)
class Distance:
    """Both values of one statistic and how far they are apart.

    `value` is in the statistic's unit, or a share of `second` for a relative one; NaN when a
    series lacks what the statistic needs.
    """

    statistic: Statistic
    first: Floats
    second: Floats
    value: float


def measure_all(series: Series, rows: Sequence[Statistic]) -> list[Floats]:
    """Each statistic's number or profile."""
    return [np.atleast_1d(np.asarray(row.measure(series), dtype=np.float64)) for row in rows]


def compare(first: Series, second: Series) -> list[Distance]:
    """Every statistic that both series can tell, first against second."""
    rows = statistics(set(first.columns) & set(second.columns))
    pairs = zip(rows, measure_all(first, rows), measure_all(second, rows), strict=True)
    return [Distance(row, a, b, distance(a, b, row.relative)) for row, a, b in pairs]


def distance(first: Floats, second: Floats, relative: bool) -> float:
    """Root mean square of the differences; NaN when any part is missing."""
    gap = first - second
    if relative:
        scale = np.abs(second)
        gap = np.divide(gap, scale, out=np.full(len(gap), np.nan), where=scale > 0)
    return float(np.sqrt(np.mean(gap**2)))
