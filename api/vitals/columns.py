"""Columns of a component as bytes, and back."""

from collections.abc import Sequence

import numpy as np

from twin.arrays import Array


def packed(columns: Sequence[Array]) -> list[bytes]:
    """The bytes of each column."""
    return [column.tobytes() for column in columns]


def fill(columns: Sequence[Array], data: Sequence[bytes], what: str) -> None:
    """Overwrite the columns; ValueError when the data are of other sizes."""
    if [column.nbytes for column in columns] != [len(part) for part in data]:
        raise ValueError(f"the state is of other {what}")
    for column, part in zip(columns, data, strict=True):
        column.reshape(-1)[:] = np.frombuffer(part, column.dtype)
