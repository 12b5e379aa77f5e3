"""The embedded store: one DuckDB file, fed with numpy columns."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from sensors.deadletter import DeadLetter, bounded
from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.store import ducksql as sql
from sensors.store.base import Horizon, Mark, Points, ReadingSteps, RunSpan
from sensors.store.columns import Newest, last_of_each, state_codes
from sensors.store.duckfile import Columns, DuckFile, columns
from sensors.store.duckvitals import DuckVitals
from sensors.store.seriesbook import SeriesBook
from twin.arrays import Index

KEPT_LETTERS = 10_000  # per run, design choice
SLICE_ROWS = 200_000  # readings per batch of a scan, about 10 MB

Values = dict[str, Any]


class DuckStore(DuckVitals):
    """Readings, marks, vital signs and dead letters in one file that one process may open.

    Points are appended without an index (about five bytes each on disk); only such as are not
    newer than what their series already has are looked for and replaced. Threads may share it.
    """

    def __init__(self, path: Path) -> None:
        """Raises StoreInUse when another process has the file open."""
        super().__init__(DuckFile(path, sql.TABLES))
        self._series = SeriesBook(self._file)
        self._runs: dict[str, int] = {}
        self._newest: dict[str, Newest] = {}

    def write(
        self,
        run: str,
        batch: ReadingBatch,
        network: Network,
        marks: Sequence[Mark] = (),
        letters: Sequence[DeadLetter] = (),
    ) -> None:
        with self._file.writing() as connection:
            number = self._number(run)
            newest = self._newest_of(run)
            points = _points(batch, self._series.ids(network))
            _put_points(connection, number, points, newest)
            _put_marks(connection, number, marks)
            _put_letters(connection, number, letters)
            newest.advance(points.series, points.t_ms)  # if the commit fails: only too careful

    def write_dead(self, run: str, letters: Sequence[DeadLetter]) -> None:
        with self._file.writing() as connection:
            _put_letters(connection, self._number(run), letters)

    def marks(self, run: str) -> list[Mark]:
        with self._file.reading() as cursor:
            rows = cursor.execute(sql.MARKS, {"run": run}).fetchall()
        return [Mark(*row) for row in rows]

    def readings(
        self, run: str, sensor: str, quantity: str | None, start_ms: int, end_ms: int, limit: int
    ) -> Points:
        asked: Values = {"run": run, "sensor": sensor, "quantity": quantity, "limit": limit}
        with self._file.reading() as cursor:
            found = columns(cursor, sql.ONE_SENSOR, {**asked, "start": start_ms, "end": end_ms})
        return Points(**found)

    def steps(
        self,
        run: str,
        sensor: str,
        quantity: str | None,
        start_ms: int,
        end_ms: int,
        step_ms: int,
    ) -> ReadingSteps:
        asked: Values = {"run": run, "sensor": sensor, "quantity": quantity, "step": step_ms}
        with self._file.reading() as cursor:
            found = columns(cursor, sql.STEPS, {**asked, "start": start_ms, "end": end_ms})
        return ReadingSteps(**found)

    def scan(
        self, run: str, network: Network, kinds: Sequence[str] | None, start_ms: int, end_ms: int
    ) -> Iterator[ReadingBatch]:
        positions = self._series.positions(network)
        asked: Values = {"run": run, "kinds": None if kinds is None else list(kinds)}
        with self._file.reading() as cursor:
            cursor.begin()  # one snapshot for all slices
            for start, end in _slices(cursor, asked, start_ms, end_ms):
                found = columns(cursor, sql.SLICE, {**asked, "start": start, "end": end})
                yield _batch(found, positions)
            cursor.rollback()

    def latest(self, run: str, kind: str | None = None) -> Points:
        with self._file.reading() as cursor:
            return Points(**columns(cursor, sql.LATEST, {"run": run, "kind": kind}))

    def dead_letters(self, run: str, limit: int) -> list[DeadLetter]:
        with self._file.reading() as cursor:
            rows = cursor.execute(sql.LETTERS, {"run": run, "limit": limit}).fetchall()
        return [DeadLetter(*row) for row in rows]

    def runs(self) -> list[RunSpan]:
        with self._file.reading() as cursor:
            return [RunSpan(*row) for row in cursor.execute(sql.SPANS).fetchall()]

    def delete(self, run: str) -> None:
        with self._file.writing() as connection:
            for table in sql.OF_A_RUN:
                connection.execute(sql.FORGET.format(table=table), {"run": run})
            connection.execute(sql.FORGET_RUN, {"run": run})
            self._runs.pop(run, None)
            self._newest.pop(run, None)

    def forget(self, run: str, horizon: Horizon) -> None:
        before = {
            "reading": horizon.readings_ms,
            "vital": horizon.minutes_ms,
            "vital_hour": horizon.hours_ms,
        }
        with self._file.writing() as connection:
            for table, t_ms in before.items():
                if t_ms is not None:
                    statement = sql.FORGET_BEFORE.format(table=table)
                    connection.execute(statement, {"run": run, "before": t_ms})

    def close(self) -> None:
        self._file.close()

    def _number(self, run: str) -> int:
        """The run's number; a new run gets one, in a transaction of its own."""
        if run not in self._runs:
            with self._file.writing() as connection:
                connection.execute(sql.ADD_RUN, {"run": run})
                found = connection.execute(sql.RUN, {"run": run}).fetchall()
            self._runs[run] = int(found[0][0])
        return self._runs[run]

    def _newest_of(self, run: str) -> Newest:
        if run not in self._newest:
            with self._file.reading() as cursor:
                found = columns(cursor, sql.NEWEST, {"run": run})
            self._newest[run] = Newest(found["series"], found["t_ms"])
        return self._newest[run]


def _points(batch: ReadingBatch, ids: Index) -> ReadingBatch:
    """The batch with store numbers, each point once: the last value wins."""
    series = ids[batch.series]
    points = ReadingBatch(series, batch.t_ms, batch.value, batch.state)
    last = last_of_each(batch.t_ms, series)
    return points if last.all() else points.take(last)


def _put_points(
    connection: duckdb.DuckDBPyConnection, run: int, points: ReadingBatch, newest: Newest
) -> None:
    if not len(points):
        return
    late = newest.is_late(points.series, points.t_ms)
    if late.any():
        _forget(connection, run, points.take(late))
    codes, states = state_codes(points)
    fresh = {"series": points.series, "t_ms": points.t_ms, "value": points.value, "code": codes}
    connection.register("fresh", fresh)
    if states:
        connection.execute(sql.ADD_STATES, {"run": run, "states": states})
    else:
        connection.execute(sql.ADD_NUMBERS, {"run": run})


def _forget(connection: duckdb.DuckDBPyConnection, run: int, late: ReadingBatch) -> None:
    connection.register("late", {"series": late.series, "t_ms": late.t_ms})
    first, last = int(late.t_ms.min()), int(late.t_ms.max())
    connection.execute(sql.FORGET_POINTS, {"run": run, "first": first, "last": last})


def _put_marks(connection: duckdb.DuckDBPyConnection, run: int, marks: Sequence[Mark]) -> None:
    if marks:
        highest = {(mark.zone, mark.gateway, mark.epoch): mark for mark in marks}
        connection.register("marks", _mark_columns(list(highest.values())))
        connection.execute(sql.RAISE_MARKS, {"run": run})


def _mark_columns(marks: Sequence[Mark]) -> Columns:
    return {
        "zone": np.array([mark.zone for mark in marks], object),
        "gateway": np.array([mark.gateway for mark in marks], object),
        "epoch": np.array([mark.epoch for mark in marks], np.int64),
        "seq": np.array([mark.seq for mark in marks], np.int64),
    }


def _put_letters(
    connection: duckdb.DuckDBPyConnection, run: int, letters: Sequence[DeadLetter]
) -> None:
    if letters:
        connection.register("letters", _letter_columns([bounded(letter) for letter in letters]))
        connection.execute(sql.ADD_LETTERS, {"run": run})
        connection.execute(sql.FORGET_LETTERS, {"run": run, "kept": KEPT_LETTERS - 1})


def _letter_columns(letters: Sequence[DeadLetter]) -> Columns:
    texts = {
        name: np.array([getattr(letter, name) for letter in letters], object)
        for name in ("topic", "reason", "detail")
    }
    payloads = [letter.payload.hex() for letter in letters]
    times = np.array([letter.received_ms for letter in letters], np.int64)
    return {**texts, "received_ms": times, "payload": np.array(payloads, object)}


def _slices(
    cursor: duckdb.DuckDBPyConnection, asked: Values, start_ms: int, end_ms: int
) -> Iterator[tuple[int, int]]:
    """Time spans of about equal length that hold about SLICE_ROWS readings each."""
    bounds = {**asked, "start": start_ms, "end": end_ms}
    rows, first, last = cursor.execute(sql.COUNT, bounds).fetchall()[0]
    if not rows:
        return
    step = max(1, (last + 1 - first) * SLICE_ROWS // rows)
    for start in range(first, last + 1, step):
        yield start, min(start + step, last + 1)


def _batch(found: Columns, positions: Index) -> ReadingBatch:
    """Stored rows as readings of the network; series that it does not have are left out."""
    known = found["series"] < len(positions)
    series = np.full(len(known), -1, np.int32)
    series[known] = positions[found["series"][known]]
    state = found["state"]
    states = state if any(name is not None for name in state) else None
    return ReadingBatch(series, found["t_ms"], found["value"], states).take(series >= 0)
