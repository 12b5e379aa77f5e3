"""How tables relate: nearest rows, values looked up through an index, the worst per row."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Array, Bools, Floats, Index, Ints
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


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows that point at rows of a table of this size: the row of each, 0 where it has none.

    known: which have one, None when all have; shares: how many point at each, at least 1.
    """

    rows: Ints
    known: Bools | None
    size: int
    shares: Ints

    @classmethod
    def of(cls, index: Index, size: int) -> "Relation":
        """From an index that is -1 where there is no partner."""
        known = index >= 0
        counts = np.bincount(index[known], minlength=size)
        rows = np.maximum(index, 0).astype(np.int64)
        return cls(rows, None if known.all() else known, size, np.maximum(counts, 1))

    def through(self, values: Floats, default: float) -> Floats:
        """What the partner has, the default without one."""
        if self.known is None:
            return values.take(self.rows)
        if self.size == 0:
            return np.full(len(self.rows), default)
        return np.where(self.known, values.take(self.rows), default)

    def worst(self, values: Floats, floor: float = 0.0) -> Floats:
        """Per partner, the largest value that points at it, at least floor."""
        found = np.full(self.size, floor)
        high = (values > floor).nonzero()[0]
        if self.known is not None:
            high = high[self.known[high]]
        if len(high):  # mostly nothing is wrong
            np.maximum.at(found, self.rows[high], values[high])
        return found

    def total(self, values: Array) -> Floats:
        """Per partner, the sum of the values that point at it."""
        if self.known is None:
            found = np.bincount(self.rows, values, self.size)
        else:
            found = np.bincount(self.rows[self.known], values[self.known], self.size)
        return found.astype(np.float64, copy=False)

    def mean(self, values: Array) -> Floats:
        """Per partner, the mean of the values that point at it; 0 of none."""
        return np.asarray(self.total(values) / self.shares)


def column(table: Entities, name: str) -> Floats:
    """A numeric attribute as float64; KeyError naming table and attribute when it is absent."""
    return np.asarray(attribute(table, name), np.float64)


def attribute(table: Entities, name: str) -> Array:
    """An attribute of any type; KeyError naming table and attribute when it is absent."""
    if name not in table.attrs:
        raise KeyError(f"table {table.kind!r} has no attribute {name!r}")
    return table.attrs[name]
