"""Line protocol in bulk: one line per reading, the part before the value made once per series.

Measurement = kind; tags quantity, run, sensor, zone (in the order that the server sorts them);
fields `value` and `state`. Beside them: `vital`, `vital_hour`, `mark`, `dead_letter` and `run`.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any
from urllib.parse import quote, unquote

import numpy as np

from sensors.deadletter import DeadLetter, bounded
from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.store.base import HourRows, Mark, VitalRows
from sensors.store.columns import last_of_each

VITAL, HOUR, MARK, LETTER, RUN = "vital", "vital_hour", "mark", "dead_letter", "run"
OWN = (VITAL, HOUR, MARK, LETTER, RUN)  # measurements that are no kinds
_KEYS = ("t_ms", "indicator", "level", "entity")
_PER_MS = 1000  # dead letters of one millisecond that stay apart


def tag(text: str) -> str:
    """Text as a tag or measurement: what is unusual becomes %XX.

    Names of the city stay as they are. Nothing that has a meaning in line protocol or InfluxQL
    is left, so nobody's name can break out of either.
    """
    return quote(text, safe="/:")


def untag(text: str) -> str:
    """The text that `tag` was given."""
    return unquote(text)


class Heads:
    """The beginnings of the lines of one run and network, up to the value."""

    def __init__(self, run: str, network: Network) -> None:
        """Raises ValueError for a kind that has the name of a measurement of ours."""
        self.run, self.network = run, network
        series = network.series
        zones = [tag(zone) for zone in series.zone_ids]
        self._heads = [
            _head(run, name, zones[zone])
            for name, zone in zip(series.name, series.zone.tolist(), strict=True)
        ]

    def lines(self, batch: ReadingBatch) -> list[str]:
        """Each point once, the last value wins; a number that is not finite has no line."""
        points = batch.take(last_of_each(batch.t_ms, batch.series))
        if points.state is None:
            return self._numbers(points)
        stated = points.state != None  # noqa: E711 - elementwise
        return self._numbers(points.take(~stated)) + self._states(points.take(stated))

    def _numbers(self, points: ReadingBatch) -> list[str]:
        finite = np.isfinite(points.value)
        series, times, values = points.series[finite], points.t_ms[finite], points.value[finite]
        rows = zip(series.tolist(), times.tolist(), values.tolist(), strict=True)
        heads = self._heads
        return [f"{heads[row]}value={value!r} {t_ms}000000" for row, t_ms, value in rows]

    def _states(self, points: ReadingBatch) -> list[str]:
        assert points.state is not None
        names = {name: _text(name) for name in set(points.state.tolist())}
        rows = zip(points.series.tolist(), points.t_ms.tolist(), points.state.tolist(), strict=True)
        heads = self._heads
        return [f"{heads[row]}state={names[name]} {t_ms}000000" for row, t_ms, name in rows]


def _head(run: str, name: str, zone: str) -> str:
    sensor, _, quantity = name.rpartition(":")
    kind = tag(kind_of(sensor))
    if kind in OWN:
        raise ValueError(f"kind {kind!r}: the name is taken by a measurement of the store")
    return f"{kind},quantity={tag(quantity)},run={tag(run)},sensor={tag(sensor)},zone={zone} "


def kind_of(sensor: str) -> str:
    """The kind in a sensor's name, empty when there is none."""
    return f"{sensor}:".split(":")[1]


def run_lines(run: str, batch: ReadingBatch | None = None) -> list[str]:
    """That the run exists, and the first and last time of these readings."""
    head = f"{RUN},run={tag(run)}"
    lines = [f"{head} known=true 0"]
    if batch is not None and len(batch):
        first, last = int(batch.t_ms.min()), int(batch.t_ms.max())
        lines += [f"{head} reading=true {t_ms}000000" for t_ms in (first, last)]
    return lines


def mark_lines(run: str, marks: Iterable[Mark]) -> list[str]:
    """One point per mark at the time `seq`, so that the last one is always the highest."""
    return [
        f"{MARK},epoch={mark.epoch},gateway={tag(mark.gateway)},run={tag(run)},"
        f"zone={tag(mark.zone)} seq={mark.seq}i {mark.seq}000000"
        for mark in marks
    ]


def vital_lines(run: str, rows: VitalRows | HourRows) -> list[str]:
    """Missing numbers are left out, and flagged: a point keeps fields that are not replaced."""
    measurement = HOUR if isinstance(rows, HourRows) else VITAL
    names = [one.name for one in fields(rows) if one.name not in _KEYS]
    keys = zip(rows.indicator, rows.level, rows.entity, rows.t_ms.tolist(), strict=True)
    numbers = zip(*(getattr(rows, name).tolist() for name in names), strict=True)
    latest = dict(zip(keys, numbers, strict=True))
    end = f",run={tag(run)}"
    return [
        f"{measurement},entity={tag(entity)},indicator={tag(indicator)},level={tag(level)}{end} "
        f"{_vital_fields(dict(zip(names, found, strict=True)))} {t_ms}000000"
        for (indicator, level, entity, t_ms), found in latest.items()
    ]


def _vital_fields(numbers: dict[str, float]) -> str:
    flags = [f"has_{name}={_flag(numbers[name])}" for name in ("value", "score")]
    return ",".join(flags + [f"{k}={v!r}" for k, v in numbers.items() if np.isfinite(v)])


def _flag(number: float) -> str:
    return "true" if np.isfinite(number) else "false"


def letter_lines(run: str, letters: Sequence[DeadLetter]) -> list[str]:
    """One point per letter: those of one millisecond are told apart by their order and content."""
    places: dict[int, int] = {}
    lines = []
    for letter in map(bounded, letters):
        place = places[letter.received_ms] = places.get(letter.received_ms, -1) + 1
        check = zlib.crc32(letter.payload + letter.detail.encode(errors="replace")) % 1000
        lines.append(
            f"{LETTER},run={tag(run)} {_letter_fields(letter)} "
            f"{letter.received_ms}{place % _PER_MS:03}{check:03}"
        )
    return lines


def _letter_fields(letter: DeadLetter) -> str:
    payload = base64.b64encode(letter.payload).decode()
    fields = {"topic": letter.topic, "reason": letter.reason, "detail": letter.detail}
    texts = [f"{name}={_text(json.dumps(text))}" for name, text in fields.items()]
    return ",".join([*texts, f'payload="{payload}"'])


def letter_of(columns: Sequence[Any]) -> DeadLetter:
    """The letter of a row of time, topic, reason, detail, payload."""
    received_ms, *texts, payload = columns
    topic, reason, detail = (json.loads(text) for text in texts)
    return DeadLetter(received_ms, topic, reason, detail, base64.b64decode(payload))


def _text(text: str) -> str:
    """A string field; the caller has taken care of line breaks."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
