"""Answers of InfluxDB as columns."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np

from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.store.base import Points, ReadingSteps, VitalHistory, VitalRows
from sensors.store.influxlines import kind_of, tag, untag
from sensors.store.influxreply import Series
from twin.arrays import Array, Floats, Ints

SLICE_ROWS = 200_000  # readings per question of a scan, about 20 MB of JSON

Name = tuple[str, str, str]  # zone, sensor, quantity as tags


class Positions:
    """Where each series of a network is, by its tags."""

    def __init__(self, network: Network) -> None:
        self.network = network
        series = network.series
        zones = [tag(zone) for zone in series.zone_ids]
        parts = [name.rpartition(":") for name in series.name]
        self.kinds = sorted({kind_of(sensor) for sensor, _, _ in parts})
        self.of: dict[Name, int] = {
            (zones[zone], tag(sensor), tag(quantity)): row
            for row, (zone, (sensor, _, quantity)) in enumerate(
                zip(series.zone.tolist(), parts, strict=True)
            )
        }


def slices(rows: int, first_ms: int, end_ms: int) -> Iterator[tuple[int, int]]:
    """Time spans of equal length that hold about SLICE_ROWS readings each."""
    if rows:
        step = max(1, (end_ms - first_ms) * SLICE_ROWS // rows)
        for start in range(first_ms, end_ms, step):
            yield start, min(start + step, end_ms)


def batch_of(answer: Iterable[Series], positions: Positions) -> ReadingBatch:
    """Readings of the network in order of time; series that it does not have are left out."""
    parts = [_part(series, positions) for series in answer]
    batch = ReadingBatch.concat(parts)
    order = np.lexsort((batch.series, batch.t_ms))
    return batch.take(order)


def _part(series: Series, positions: Positions) -> ReadingBatch:
    tags = (series.column(name) for name in ("zone", "sensor", "quantity"))
    where = positions.of.get
    rows = np.array([where(name, -1) for name in zip(*tags, strict=True)], np.int32)
    times = _times(series.column("time"))
    if "state" in series.columns:
        nothing, states = np.full(len(rows), np.nan), _texts(series.column("state"))
        return ReadingBatch(rows, times, nothing, states).take(rows >= 0)
    return ReadingBatch(rows, times, _numbers(series.column("value"))).take(rows >= 0)


def points_of(answer: Iterable[Series], sensor: str | None = None) -> Points:
    """Points of series that are told apart by tags; `sensor` where that is no tag of theirs.

    A column `last` is a number or a state, whichever the field was.
    """
    parts = list(answer)
    counts = [len(part.rows) for part in parts]
    sensors = [sensor or untag(part.tags["sensor"]) for part in parts]
    quantities = [untag(part.tags["quantity"]) for part in parts]
    rows = list(chain.from_iterable(part.rows for part in parts))
    found = [next((cell for cell in row[1:] if cell is not None), None) for row in rows]
    stated = [isinstance(cell, str) for cell in found]
    pairs = list(zip(found, stated, strict=True))
    return Points(
        sensor=np.repeat(_texts(sensors), counts),
        quantity=np.repeat(_texts(quantities), counts),
        t_ms=_times([row[0] for row in rows]),
        value=_numbers([None if is_state else cell for cell, is_state in pairs]),
        state=_texts([cell if is_state else None for cell, is_state in pairs]),
    )


def steps_of(answer: Iterable[Series]) -> ReadingSteps:
    """Steps of all quantities in order of time, then of the quantity's name."""
    rows = [
        (row[0], untag(series.tags["quantity"]), *row[1:])
        for series in answer
        for row in series.rows
    ]
    t_ms, names, mean, low, high, count = _columns([list(row) for row in sorted(rows)], 6)
    times, counts = _times(t_ms), _times(count)
    return ReadingSteps(_texts(names), times, _numbers(mean), _numbers(low), _numbers(high), counts)


def vitals_of(answer: Iterable[Series]) -> VitalHistory:
    """Rows of vital signs; a number that was replaced by nothing is missing."""
    rows = list(chain.from_iterable(series.rows for series in answer))
    t_ms, value, score, confidence, has_value, has_score = _columns(rows, 6)
    values, scores = _flagged(value, has_value), _flagged(score, has_score)
    return VitalHistory(_times(t_ms), values, scores, _numbers(confidence), values, values, scores)


def hours_of(answer: Iterable[Series]) -> VitalHistory:
    """Rows of whole hours."""
    rows = list(chain.from_iterable(series.rows for series in answer))
    t_ms, value, score, confidence, has_value, has_score, low, high, worst = _columns(rows, 9)
    return VitalHistory(
        _times(t_ms),
        _flagged(value, has_value),
        _flagged(score, has_score),
        _numbers(confidence),
        _flagged(low, has_value),
        _flagged(high, has_value),
        _flagged(worst, has_score),
    )


def minutes_of(answer: Iterable[Series]) -> VitalRows:
    """Rows of all vital signs."""
    rows = list(chain.from_iterable(series.rows for series in answer))
    t_ms, *names, value, score, confidence, has_value, has_score = _columns(rows, 9)
    indicator, level, entity = ([untag(name) for name in column] for column in names)
    return VitalRows(
        _times(t_ms),
        _texts(indicator),
        _texts(level),
        _texts(entity),
        _flagged(value, has_value),
        _flagged(score, has_score),
        _numbers(confidence),
    )


def means_of(
    steps: Iterable[Series], value: Iterable[Series], score: Iterable[Series]
) -> VitalHistory:
    """Means per step; NaN for a step in which everything was missing."""
    t_ms, _, confidence = _columns(list(chain.from_iterable(s.rows for s in steps)), 3)
    times = _times(t_ms)
    mean, low, high = _at(times, value)
    mean_score, worst, _ = _at(times, score)
    return VitalHistory(times, mean, mean_score, _numbers(confidence), low, high, worst)


def time_of(answer: Iterable[Series]) -> int | None:
    """The time of the one row, None without any."""
    return next((int(row[0]) for series in answer for row in series.rows), None)


def times_of(answer: Iterable[Series]) -> dict[str, int]:
    """The time of the one row of each run."""
    return {untag(series.tags["run"]): series.rows[0][0] for series in answer}


def _at(times: Ints, answer: Iterable[Series]) -> tuple[Floats, Floats, Floats]:
    """Mean, least and most at these times, NaN where there is none."""
    nothing = (None, None, None)
    rows = {row[0]: row[1:] for series in answer for row in series.rows}
    mean, low, high = _columns([list(rows.get(t_ms, nothing)) for t_ms in times.tolist()], 3)
    return _numbers(mean), _numbers(low), _numbers(high)


def _flagged(column: Sequence[Any], there: Sequence[Any]) -> Floats:
    return np.where(np.array(there, np.bool_), _numbers(column), np.nan)


def _columns(rows: list[list[Any]], count: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(count)]


def _times(column: Sequence[Any]) -> Ints:
    return np.array(column, np.int64)


def _numbers(column: Sequence[Any]) -> Floats:
    """None becomes NaN."""
    return np.array(column, np.float64)


def _texts(column: Sequence[Any]) -> Array:
    texts = np.empty(len(column), object)
    texts[:] = column
    return texts
