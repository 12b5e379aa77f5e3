"""How tables relate: nearest rows, values looked up through an index, the worst per row."""

import numpy as np

from twin.arrays import Array, Floats, Index
from twin.entities import Entities


def nearest(rows: Entities, among: Entities) -> Index:
    """For each row the nearest row of the other table, -1 where that table is empty."""
    found = np.full(len(rows), -1, np.int32)
    if len(among) == 0:
        return found
    for row in range(len(rows)):
        distance = np.hypot(among.x_m - rows.x_m[row], among.y_m - rows.y_m[row])
        found[row] = np.argmin(distance)
    return found


def through(values: Floats, index: Index, default: float) -> Floats:
    """values[index], and the default where the index is -1."""
    if len(values) == 0:
        return np.full(len(index), default)
    return np.where(index >= 0, values[index], default)


def worst(values: Floats, index: Index, size: int, floor: float = 0.0) -> Floats:
    """Per row of a table of this size, the largest value that points at it, at least floor."""
    found = np.full(size, floor)
    high = (values > floor).nonzero()[0]
    if len(high):  # mostly nothing is wrong
        high = high[index[high] >= 0]
        np.maximum.at(found, index[high], values[high])
    return found


def total(values: Floats, index: Index, size: int) -> Floats:
    """Per row of a table of this size, the sum of the values that point at it."""
    if len(index) and int(index.min()) < 0:
        known = index >= 0
        index, values = index[known], values[known]
    return np.bincount(index, values, minlength=size).astype(np.float64, copy=False)


def mean(values: Array, index: Index, size: int) -> Floats:
    """Per row of a table of this size, the mean of the values that point at it; 0 of none."""
    counts = np.bincount(index[index >= 0], minlength=size)
    summed = total(np.asarray(values, np.float64), index, size)
    return np.asarray(summed / np.maximum(counts, 1))


def column(table: Entities, name: str) -> Floats:
    """A numeric attribute as float64; KeyError naming table and attribute when it is absent."""
    return np.asarray(attribute(table, name), np.float64)


def attribute(table: Entities, name: str) -> Array:
    """An attribute of any type; KeyError naming table and attribute when it is absent."""
    if name not in table.attrs:
        raise KeyError(f"table {table.kind!r} has no attribute {name!r}")
    return table.attrs[name]
