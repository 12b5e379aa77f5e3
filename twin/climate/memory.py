"""What the climate remembers: the last 48 rows, running means, and the days, in arrays."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats
from twin.climate import days, sight, trace
from twin.climate.days import Days
from twin.climate.row import LAGS, SIGNALS, Means, Past, Row, Value
from twin.climate.trace import Trace

ROWS, COLUMNS = max(LAGS), len(Row._fields)
LONGEST_RUN_H = 60
SEEN_DAYS = days.BEFORE + 1 + days.AHEAD
SIZES = {
    "rows": ROWS * COLUMNS,
    "means": len(Means._fields),
    "trace": trace.SIZE,
    "scores": days.LONGEST * days.SIZE,
    "days": SEEN_DAYS * days.SIZE,
}
"""Numbers in each part of the memory."""
_KEEP = {name: float(np.exp(-1 / int(name.rpartition("_")[2]))) for name in SIGNALS}


def usual(day: float) -> Row:
    """A plain hour of this season, to begin with: rounded means of Shanghai (expert knowledge)."""
    warm = -math.cos(2 * math.pi * (day - 20) / 365.25)
    return Row(
        temp=round(17 + 12 * warm),
        dew=round(11 + 13 * warm),
        pressure=round(-10 * warm),
        wind=4.0,
        direction=1.0,
        rain=0.0,
        haze=3.8 - 0.4 * warm,
    )


def signals(row: Row, before: Row, day: Value, hour: Value) -> dict[str, Value]:
    """What the running means follow, at this hour: as the networks, and the haze."""
    haze = {"haze": row.haze, "flicker": abs(row.haze - before.haze)}
    return {**trace.signals(row, before, day, hour), **haze}


def kept(name: str) -> float:
    """The share of a running mean that is left after an hour."""
    return _KEEP[name]


@dataclass(frozen=True, slots=True)
class Memory:
    """All that the climate goes on from; written in place.

    rows: (48, 7), the newest first; means: (23,), what the haze's law follows; trace: what the
    networks follow; scores: (10, 7), the latest drawn day first; days: (4, 7), yesterday to the
    day after tomorrow.
    """

    rows: Floats
    means: Floats
    trace: Floats
    scores: Floats
    days: Floats

    @classmethod
    def fresh(cls) -> "Memory":
        """48 equal hours of April; wants some days before it means anything."""
        memory = cls.over({name: np.zeros(size) for name, size in SIZES.items()})
        memory.clear(day=105.0)
        return memory

    @classmethod
    def over(cls, parts: Mapping[str, Floats]) -> "Memory":
        """Views of flat arrays of SIZES."""
        return cls(
            parts["rows"].reshape(ROWS, COLUMNS),
            parts["means"],
            parts["trace"],
            parts["scores"].reshape(days.LONGEST, days.SIZE),
            parts["days"].reshape(SEEN_DAYS, days.SIZE),
        )

    def clear(self, day: float) -> None:
        """Forget: 48 equal hours as they are usual on this day of the year, no day known."""
        first = usual(day)
        self.rows[:] = first
        size = {"swing": 0.7, "gust": 1.0, "leap": 0.7, "turn": 0.3, "flicker": 0.1}
        level = {**size, **first._asdict(), "rain": 0.0}
        self.means[:] = [level.get(name.partition("_")[0], 0.0) for name in Means._fields]
        self.means[-1] = 1.0
        Trace.over(self.trace).begin(first, day)
        self.scores[:] = 0.0
        self.days[:] = 0.0

    def dawn(self, law: Days, seed: int, number: int, day: float) -> None:
        """The day with this number since 1970, this day of the year, comes into sight."""
        drawn = law.next_scores(self.scores, day, seed, number)
        self.scores[1:] = self.scores[:-1]
        self.scores[0] = drawn
        self.days[:-1] = self.days[1:]
        self.days[-1] = law.day(drawn, day)

    def seen(self, day: float, hour: float) -> Floats:
        """The terms of the networks before this hour."""
        return sight.before(self.rows[: sight.HOURS], Trace.over(self.trace), self.days, day, hour)

    def past(self) -> Past:
        """What is known before the next hour, as plain floats."""
        rows = self.rows.tolist()
        return Past({lag: Row(*rows[lag - 1]) for lag in LAGS}, Means(*self.means.tolist()))

    def push(self, row: Row, day: float, hour: float) -> None:
        """The row has been reported."""
        before = Row(*self.rows[0].tolist())
        now = signals(row, before, day, hour)
        for number, (name, signal) in enumerate(SIGNALS.items()):
            self.means[number] += (1 - _KEEP[name]) * (now[signal] - self.means[number])
        stays = row.direction == before.direction
        self.means[-1] = min(self.means[-1] + 1, LONGEST_RUN_H) if stays else 1.0
        Trace.over(self.trace).push(row, before, day, hour)
        self.rows[1:] = self.rows[:-1]
        self.rows[0] = row
