"""Readings in bulk: columns, never one object per reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from twin.arrays import Array, Bools, Floats, Index, Ints

Marks = npt.NDArray[np.uint32]


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

    def part(self, first: int, last: int) -> "ReadingBatch":
        """A stretch of it, seen, not copied."""
        state = None if self.state is None else self.state[first:last]
        return ReadingBatch(
            self.series[first:last], self.t_ms[first:last], self.value[first:last], state
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


@dataclass(frozen=True, slots=True)
class Messages:
    """Readings on their way to a gateway, as columns; states are their number.

    `series`, `t_ms` and `value` are those of a ReadingBatch. `at_ms` is the tick of the fleet's
    grid at which each gets on: when it was said, or when what held it back lets it go. `marks`
    are the faults that strike it on the way, one bit per line of the chain; None before they
    are known and afterwards.
    """

    series: Index
    t_ms: Ints
    value: Floats
    at_ms: Ints
    marks: Marks | None = None

    def __len__(self) -> int:
        return len(self.series)

    def take(self, where: Array) -> "Messages":
        """The messages at these positions, or where this mask is true."""
        if where.dtype == np.bool_:
            where = np.flatnonzero(where)
        return Messages(
            self.series.take(where),
            self.t_ms.take(where),
            self.value.take(where),
            self.at_ms.take(where),
            None if self.marks is None else self.marks.take(where),
        )

    def marked(self, bit: Marks | np.uint32) -> Bools:
        """Which of them have this mark."""
        if self.marks is None:
            return np.zeros(len(self), bool)
        marked: Bools = (self.marks & bit) != 0
        return marked

    def readings(self) -> ReadingBatch:
        """The same without what matters on the way alone."""
        return ReadingBatch(self.series, self.t_ms, self.value)

    @staticmethod
    def of(batch: ReadingBatch, at_ms: Ints | int) -> "Messages":
        """Unmarked messages that get on at one tick, or each at its own."""
        at = np.full(len(batch), at_ms) if isinstance(at_ms, int) else at_ms
        return Messages(batch.series, batch.t_ms, batch.value, at)

    @staticmethod
    @cache
    def empty() -> "Messages":
        return Messages.of(ReadingBatch.empty(), 0)

    @staticmethod
    def concat(parts: Sequence["Messages"]) -> "Messages":
        """All of them in order."""
        return Messages.chosen([(part, None) for part in parts])

    @staticmethod
    def chosen(parts: Sequence["Choice"]) -> "Messages":
        """Some of each part in order, copied once."""
        parts = [choice for choice in parts if _size(choice)]
        if not parts:
            return Messages.empty()
        if len(parts) == 1:
            part, where = parts[0]
            return part if where is None else part.take(where)
        marked = all(part.marks is not None for part, _ in parts)
        return Messages(
            _column([(part.series, where) for part, where in parts]),
            _column([(part.t_ms, where) for part, where in parts]),
            _column([(part.value, where) for part, where in parts]),
            _column([(part.at_ms, where) for part, where in parts]),
            _column([(part.marks, where) for part, where in parts]) if marked else None,
        )


Choice = tuple[Messages, Ints | None]  # messages and the positions of some of them, None for all


def _size(choice: Choice) -> int:
    part, where = choice
    return len(part) if where is None else len(where)


def _column(parts: Sequence[tuple[Array | None, Ints | None]]) -> Array:
    """One column of all choices."""
    found = [(column, where) for column, where in parts if column is not None]
    sizes = [len(column) if where is None else len(where) for column, where in found]
    joined = np.empty(sum(sizes), found[0][0].dtype)
    last = 0
    for (column, where), size in zip(found, sizes, strict=True):
        first, last = last, last + size
        if where is None:
            joined[first:last] = column
        else:
            column.take(where, out=joined[first:last], mode="clip")  # unbuffered
    return joined
