"""The store of the services: InfluxDB 2.x, or any other that speaks its write path and InfluxQL."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from sensors.deadletter import DeadLetter
from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.store import influxql as ql
from sensors.store.base import Horizon, Mark, Points, ReadingSteps, RunSpan
from sensors.store.influxanswers import (
    Positions,
    batch_of,
    points_of,
    slices,
    steps_of,
    times_of,
)
from sensors.store.influxerase import erase
from sensors.store.influxhello import greet
from sensors.store.influxlines import (
    HOUR,
    LETTER,
    OWN,
    VITAL,
    Heads,
    kind_of,
    letter_lines,
    letter_of,
    mark_lines,
    run_lines,
    tag,
    untag,
)
from sensors.store.influxlink import InfluxLink
from sensors.store.influxreply import Series
from sensors.store.influxsettings import InfluxSettings
from sensors.store.influxvitals import InfluxVitals

KEPT_LETTERS = 10_000  # per run, design choice
TRIM_AFTER = 1_000  # letters written between two looks for such as are too many

Fields = dict[str, list[str]]  # kinds that have a field
Question = Callable[[str, str, Sequence[str]], str]


class InfluxStore(InfluxVitals):
    """Readings, marks, vital signs and dead letters in one bucket, shared by any number of clients.

    InfluxDB has no transactions: readings are written before the marks that vouch for them, so a
    crash in between repeats packs and loses none. Threads may share the store.
    """

    def __init__(self, settings: InfluxSettings) -> None:
        """Raises InfluxRefused when a setting is wrong, StoreUnavailable when nobody answers."""
        super().__init__(InfluxLink(settings))
        try:
            self._generation = greet(self._link)
        except BaseException:
            self._link.close()
            raise
        self._heads: Heads | None = None
        self._positions: Positions | None = None
        self._letters: dict[str, int] = {}

    def write(
        self,
        run: str,
        batch: ReadingBatch,
        network: Network,
        marks: Sequence[Mark] = (),
        letters: Sequence[DeadLetter] = (),
    ) -> None:
        lines = self._heads_of(run, network).lines(batch)
        self._link.write([*lines, *run_lines(run, batch)])
        self._put_letters(run, letters)
        self._link.write(mark_lines(run, marks))

    def write_dead(self, run: str, letters: Sequence[DeadLetter]) -> None:
        self._link.write(run_lines(run))
        self._put_letters(run, letters)

    def marks(self, run: str) -> list[Mark]:
        found = [
            Mark(
                untag(s.tags["zone"]), untag(s.tags["gateway"]), int(s.tags["epoch"]), s.rows[0][1]
            )
            for s in self._link.ask(ql.marks(run))
        ]
        return sorted(found, key=lambda mark: (mark.zone, mark.gateway, mark.epoch))

    def readings(
        self, run: str, sensor: str, quantity: str | None, start_ms: int, end_ms: int, limit: int
    ) -> Points:
        kind = kind_of(sensor)
        if not kind:  # no sensor of ours has such a name, and no measurement is without one
            return points_of([])
        condition = ql.where(start_ms, end_ms, run=run, sensor=sensor, quantity=quantity)
        found = points_of(self._link.ask(ql.readings(condition, kind, limit)), sensor)
        order = np.lexsort((found.quantity.astype(str), found.t_ms))[-limit:]
        return _taken(found, order)

    def steps(
        self,
        run: str,
        sensor: str,
        quantity: str | None,
        start_ms: int,
        end_ms: int,
        step_ms: int,
    ) -> ReadingSteps:
        kind = kind_of(sensor)
        if not kind:
            return steps_of([])
        condition = ql.where(start_ms, end_ms, run=run, sensor=sensor, quantity=quantity)
        return steps_of(self._link.ask(ql.steps(condition, kind, step_ms)))

    def scan(
        self, run: str, network: Network, kinds: Sequence[str] | None, start_ms: int, end_ms: int
    ) -> Iterator[ReadingBatch]:
        """Not a snapshot: what is written meanwhile may be seen or not."""
        positions = self._positions_of(network)
        fields = self._fields(positions.kinds if kinds is None else kinds)
        first, end = self._span(run, start_ms, end_ms)
        if first >= end:
            return
        condition = ql.where(first, end, run=run)
        counts = self._of_fields(ql.count, condition, fields)
        rows = sum(series.rows[0][1] for series in counts)
        for begin, stop in slices(rows, first, end):
            condition = ql.where(begin, stop, run=run)
            yield batch_of(self._of_fields(ql.points, condition, fields), positions)

    def latest(self, run: str, kind: str | None = None) -> Points:
        fields = self._fields(None if kind is None else [kind])
        condition = ql.where(*ql.EVER, run=run)
        found = points_of(self._of_fields(ql.latest, condition, fields))
        order = np.lexsort((found.quantity.astype(str), found.sensor.astype(str)))
        return _taken(found, order)

    def dead_letters(self, run: str, limit: int) -> list[DeadLetter]:
        statement = ql.letters(run, min(limit, KEPT_LETTERS))
        return [letter_of(row) for series in self._link.ask(statement) for row in series.rows]

    def runs(self) -> list[RunSpan]:
        known = times_of(self._link.ask(ql.runs("last", "known")))
        first = times_of(self._link.ask(ql.runs("first", "reading")))
        last = times_of(self._link.ask(ql.runs("last", "reading")))
        names = sorted(known | first)
        return [RunSpan(run, first.get(run), last.get(run)) for run in names]

    def delete(self, run: str) -> None:
        """Raises InfluxRefused with InfluxDB 3 Core, which cannot delete by run."""
        erase(self._link, self._generation, run)

    def forget(self, run: str, horizon: Horizon) -> None:
        """InfluxDB 3 Core keeps everything: it cannot delete by run."""
        kinds = {kind for kinds in self._fields(None).values() for kind in kinds}
        before = {
            **dict.fromkeys(sorted(kinds), horizon.readings_ms),
            VITAL: horizon.minutes_ms,
            HOUR: horizon.hours_ms,
        }
        for measurement, t_ms in before.items():
            if t_ms is not None:
                erase(self._link, self._generation, run, measurement, t_ms)

    def close(self) -> None:
        self._link.close()

    def _heads_of(self, run: str, network: Network) -> Heads:
        heads = self._heads
        if heads is None or heads.run != run or heads.network is not network:
            heads = self._heads = Heads(run, network)
        return heads

    def _positions_of(self, network: Network) -> Positions:
        positions = self._positions
        if positions is None or positions.network is not network:
            positions = self._positions = Positions(network)
        return positions

    def _span(self, run: str, start_ms: int, end_ms: int) -> tuple[int, int]:
        """The part of the time span in which the run has readings, empty when it has none."""
        first = times_of(self._link.ask(ql.runs("first", "reading", run)))
        last = times_of(self._link.ask(ql.runs("last", "reading", run)))
        if run not in first or run not in last:
            return 0, 0
        return max(start_ms, first[run]), min(end_ms, last[run] + 1)

    def _fields(self, kinds: Sequence[str] | None) -> Fields:
        """Which of these kinds have numbers, and which have states."""
        asked = None if kinds is None else {tag(kind) for kind in kinds}
        found: Fields = {"value": [], "state": []}
        for series in self._link.ask(ql.FIELDS):
            if series.name not in OWN and (asked is None or series.name in asked):
                for field in found.keys() & series.column("fieldKey"):
                    found[field].append(untag(series.name))
        return {field: kinds for field, kinds in found.items() if kinds}

    def _of_fields(self, question: Question, condition: str, fields: Fields) -> Iterator[Series]:
        """The answers for numbers, then for states."""
        for field, kinds in fields.items():
            yield from self._link.ask(
                question(field, condition, kinds), chunked=question is ql.points
            )

    def _put_letters(self, run: str, letters: Sequence[DeadLetter]) -> None:
        self._link.write(letter_lines(run, letters))
        due = self._letters.get(run, TRIM_AFTER) + len(letters)
        self._letters[run] = due
        if letters and due >= TRIM_AFTER:
            self._letters[run] = 0
            self._trim(run)

    def _trim(self, run: str) -> None:
        for series in self._link.ask(ql.letter_number(run, KEPT_LETTERS - 1)):
            erase(self._link, self._generation, run, LETTER, series.rows[0][0])


def _taken(found: Points, order: npt.NDArray[np.intp]) -> Points:
    return Points(
        found.sensor[order],
        found.quantity[order],
        found.t_ms[order],
        found.value[order],
        found.state[order],
    )
