"""Stable order by several columns of whole numbers at once."""

import numpy as np

from twin.arrays import Array, Ints

_BITS, _HALF_BITS = 63, 31  # of numbers to sort by


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
    packed = _packed(parts, widths)
    packed.sort()
    return np.asarray(packed & ((1 << widths[-1]) - 1), np.int64)


def _packed(parts: list[Array], widths: list[int]) -> Array:
    """Side by side in one number, the first in its highest bits."""
    kind = np.int32 if sum(widths) <= _HALF_BITS else np.int64
    packed: Array = np.zeros(len(parts[0]), kind)
    for part, width in zip(parts, widths, strict=True):
        packed <<= width
        packed |= part.astype(kind)
    return packed
