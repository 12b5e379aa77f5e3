"""Stable order by several columns of whole numbers at once."""

from functools import reduce

import numpy as np

from twin.arrays import Array, Ints

_BITS = 63  # of a number to sort by


def in_order(*columns: Array) -> Ints:
    """Where each row comes from once they are in order; the first column counts most.

    Columns and row number are packed into one number per row, which sorts many times faster than
    columns do; where they do not fit, columns are sorted.
    """
    rows = np.arange(len(columns[0]))
    if not len(rows):
        return rows
    parts = [column - column.min() for column in (*columns, rows)]
    widths = [int(part.max()).bit_length() for part in parts]
    if sum(widths) > _BITS:
        return np.lexsort(columns[::-1])
    packed = reduce(_beside, zip(parts, widths, strict=True), np.zeros(len(rows), np.int64))
    packed.sort()
    order: Ints = packed & ((1 << widths[-1]) - 1)
    return order


def _beside(packed: Ints, column: tuple[Array, int]) -> Ints:
    part, width = column
    packed <<= width
    packed |= part
    return packed
