"""Sixty minutes of every vital sign as one row each."""

import numpy as np

from sensors.store import HourRows, VitalRows
from twin.arrays import Array, Floats, Index


def roll_up(minutes: VitalRows, hour_ms: int) -> HourRows:
    """Means of what was there, range of the value, worst score; NaN where all was missing.

    `minutes` are rows of one hour in any order.
    """
    names = list(zip(minutes.indicator, minutes.level, minutes.entity, strict=True))
    rows = {name: row for row, name in enumerate(dict.fromkeys(names))}
    group = np.fromiter((rows[name] for name in names), np.int32, len(names))
    size = len(rows)
    indicator, level, entity = (_texts(column) for column in zip(*rows, strict=True)) if rows else (
        _texts(()) for _ in range(3)
    )  # fmt: skip
    return HourRows(
        np.full(size, hour_ms, np.int64),
        indicator,
        level,
        entity,
        _mean(minutes.value, group, size),
        _mean(minutes.score, group, size),
        _mean(minutes.confidence, group, size),
        _extreme(minutes.value, group, size, -1.0),
        _extreme(minutes.value, group, size, 1.0),
        _extreme(minutes.score, group, size, -1.0),
    )


def _mean(column: Floats, group: Index, size: int) -> Floats:
    known = ~np.isnan(column)
    total = np.bincount(group[known], column[known], size)
    count = np.bincount(group[known], minlength=size)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _extreme(column: Floats, group: Index, size: int, sign: float) -> Floats:
    """The greatest (sign 1) or least (-1) of each group."""
    most = np.full(size, -np.inf)
    known = ~np.isnan(column)
    np.maximum.at(most, group[known], sign * column[known])
    return np.where(np.isfinite(most), sign * most, np.nan)


def _texts(column: tuple[str, ...]) -> Array:
    texts = np.empty(len(column), object)
    texts[:] = column
    return texts
