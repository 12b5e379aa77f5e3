"""What a store must do, and the records that go in and out of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from sensors.deadletter import DeadLetter
from sensors.network import Network
from sensors.reading import ReadingBatch
from twin.arrays import Array, Floats, Ints


class StoreUnavailable(Exception):  # noqa: N818 - names the situation, not a fault
    """The store cannot answer now. Nothing was written: keep the batch and try again."""


class StoreInUse(StoreUnavailable):
    """Another process holds the data folder; trying again helps only once it has ended."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything of this gateway and epoch up to and including `seq` is in the store."""

    zone: str
    gateway: str
    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Points:
    """Stored readings as columns of equal length.

    `value` is in the SenML unit of the quantity and NaN for states; `state` is None for numbers.
    """

    sensor: Array
    quantity: Array
    t_ms: Ints
    value: Floats
    state: Array

    def __len__(self) -> int:
        return len(self.t_ms)


@dataclass(frozen=True, slots=True)
class ReadingSteps:
    """Numbers of one sensor thinned to steps: mean, range and how many readings are behind them.

    `t_ms` is the start of the step, a multiple of its length; steps without a number are left out.
    """

    quantity: Array
    t_ms: Ints
    value: Floats
    low: Floats
    high: Floats
    count: Ints

    def __len__(self) -> int:
        return len(self.t_ms)


@dataclass(frozen=True, slots=True)
class VitalRows:
    """Vital signs as columns of equal length; `value` and `score` are NaN where missing."""

    t_ms: Ints
    indicator: Array
    level: Array
    entity: Array
    value: Floats
    score: Floats
    confidence: Floats

    def __len__(self) -> int:
        return len(self.t_ms)


@dataclass(frozen=True, slots=True)
class HourRows:
    """Vital signs of whole hours: means, with the range of the value and the worst score.

    `t_ms` is the start of the hour; NaN where everything was missing.
    """

    t_ms: Ints
    indicator: Array
    level: Array
    entity: Array
    value: Floats
    score: Floats
    confidence: Floats
    low: Floats
    high: Floats
    worst: Floats

    def __len__(self) -> int:
        return len(self.t_ms)


@dataclass(frozen=True, slots=True)
class VitalHistory:
    """One vital sign over time, oldest first; NaN where it was missing.

    `low` and `high` are the range of the value, `worst` is the lowest score.
    """

    t_ms: Ints
    value: Floats
    score: Floats
    confidence: Floats
    low: Floats
    high: Floats
    worst: Floats

    def __len__(self) -> int:
        return len(self.t_ms)


@dataclass(frozen=True, slots=True)
class VitalSpan:
    """The first minute of vital signs that is kept, and the last hour that was rolled up."""

    first_minute_ms: int | None
    last_hour_ms: int | None


@dataclass(frozen=True, slots=True)
class Horizon:
    """What is older than these times, ms UTC, is forgotten; None keeps everything."""

    readings_ms: int | None = None
    minutes_ms: int | None = None
    hours_ms: int | None = None


@dataclass(frozen=True, slots=True)
class RunSpan:
    """A run that the store knows, with the times of its first and last reading if it has any."""

    run: str
    first_ms: int | None
    last_ms: int | None


class ReadingWriter(Protocol):
    """What the ingest needs."""

    def write(
        self,
        run: str,
        batch: ReadingBatch,
        network: Network,
        marks: Sequence[Mark] = (),
        letters: Sequence[DeadLetter] = (),
    ) -> None:
        """Keep readings, marks and dead letters; returns when they would survive kill -9.

        A point is (run, sensor, quantity, time): writing it again replaces it, also within the
        batch. A mark never shows before its readings do. Raises StoreUnavailable.
        """
        ...

    def marks(self, run: str) -> list[Mark]:
        """The highest mark of every gateway and epoch."""
        ...


class ReadingReader(Protocol):
    """What reads readings back; start is inclusive and end exclusive everywhere."""

    def readings(
        self, run: str, sensor: str, quantity: str | None, start_ms: int, end_ms: int, limit: int
    ) -> Points:
        """The newest `limit` readings of one sensor, oldest first."""
        ...

    def steps(
        self,
        run: str,
        sensor: str,
        quantity: str | None,
        start_ms: int,
        end_ms: int,
        step_ms: int,
    ) -> ReadingSteps:
        """The numbers of one sensor as means over multiples of the step, oldest first."""
        ...

    def scan(
        self, run: str, network: Network, kinds: Sequence[str] | None, start_ms: int, end_ms: int
    ) -> Iterator[ReadingBatch]:
        """Everything that the network knows, of these kinds (None: all), oldest first."""
        ...

    def latest(self, run: str, kind: str | None = None) -> Points:
        """The newest reading of every series, ordered by sensor and quantity."""
        ...


class VitalLog(Protocol):
    """The history of vital signs."""

    def write_vitals(self, run: str, rows: VitalRows) -> None:
        """Keep them; the same indicator, level, entity and time again replaces the row."""
        ...

    def vitals(
        self,
        run: str,
        indicator: str,
        level: str,
        entity: str,
        start_ms: int,
        end_ms: int,
        step_ms: int | None = None,
    ) -> VitalHistory:
        """One vital sign in [start, end); with a step, means over multiples of the step."""
        ...

    def minutes(self, run: str, start_ms: int, end_ms: int) -> VitalRows:
        """Every vital sign in [start, end), in any order."""
        ...

    def write_hours(self, run: str, rows: HourRows) -> None:
        """Keep whole hours; the same sign and hour again replaces the row."""
        ...

    def hours(
        self, run: str, indicator: str, level: str, entity: str, start_ms: int, end_ms: int
    ) -> VitalHistory:
        """The kept hours of one vital sign that begin in [start, end)."""
        ...

    def vital_span(self, run: str) -> VitalSpan:
        """From when to when there is something to roll up."""
        ...


class DeadLetterOffice(Protocol):
    """Where refused payloads are looked up."""

    def write_dead(self, run: str, letters: Sequence[DeadLetter]) -> None:
        """Keep them; only the newest ten thousand or so of a run stay."""
        ...

    def dead_letters(self, run: str, limit: int) -> list[DeadLetter]:
        """The newest first."""
        ...


class RunBook(Protocol):
    """The runs that have anything stored."""

    def runs(self) -> list[RunSpan]:
        """Ordered by name."""
        ...

    def delete(self, run: str) -> None:
        """Forget everything of this run; an unknown run is no error."""
        ...

    def forget(self, run: str, horizon: Horizon) -> None:
        """Forget readings, minutes and hours of vital signs that are older than the horizon."""
        ...

    def close(self) -> None:
        """Release the store; it cannot be used afterwards."""
        ...


class Store(ReadingWriter, ReadingReader, VitalLog, DeadLetterOffice, RunBook, Protocol):
    """All of it; consumers ask for the smallest part above that serves them."""
