"""Readings in bulk: columns, never one object per reading."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.arrays import Array, Floats, Index, Ints


@dataclass(frozen=True, slots=True)
class ReadingBatch:
    """Readings as columns of equal length.

    `series` indexes `Network.series` (one series = one quantity of one sensor), `t_ms` is
    device time in ms UTC, `value` is in the SenML unit of the quantity (NaN where the reading
    is a state), `state` holds the text of enumerated states and None elsewhere, or is None
    when the batch has no states at all.
    """

    series: Index
    t_ms: Ints
    value: Floats
    state: Array | None = None

    def __len__(self) -> int:
        return len(self.series)

    def take(self, where: Array) -> "ReadingBatch":
        """The readings at these positions, or where this mask is true."""
        if where.dtype == np.bool_:
            where = np.flatnonzero(where)  # once, not once per column
        state = None if self.state is None else self.state.take(where)
        return ReadingBatch(
            self.series.take(where), self.t_ms.take(where), self.value.take(where), state
        )

    @staticmethod
    def empty() -> "ReadingBatch":
        return ReadingBatch(
            np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.float64), None
        )

    @staticmethod
    def concat(batches: Sequence["ReadingBatch"]) -> "ReadingBatch":
        """All of them in order; states are kept when any batch has them."""
        batches = [batch for batch in batches if len(batch)]
        if len(batches) < 2:
            return batches[0] if batches else ReadingBatch.empty()
        stated = any(batch.state is not None for batch in batches)
        return ReadingBatch(
            np.concatenate([batch.series for batch in batches]),
            np.concatenate([batch.t_ms for batch in batches]),
            np.concatenate([batch.value for batch in batches]),
            np.concatenate([_states(batch) for batch in batches]) if stated else None,
        )


def _states(batch: ReadingBatch) -> Array:
    return np.full(len(batch), None, object) if batch.state is None else batch.state
