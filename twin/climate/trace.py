"""What the networks remember beside the last hours: running means, runs, and the day so far."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Array, Floats
from twin.climate.row import Row, Value
from twin.climate.sun import daylight
from twin.climate.terms import yes

_EAST, _NORTH = np.array([0.0, 1, 1, -1, -1]), np.array([0.0, 1, -1, -1, 1])  # by class
MEANS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("temp", "dew", "pressure", "wind", "wet", "rain", "east", "north"), (6, 24)),
    **dict.fromkeys(("swing", "leap", "gust"), (6, 24, 96)),
    **dict.fromkeys(("bar", "turn", "heat"), (6, 24)),
    "rise": (10,),
    "spread": (6,),
}
"""Each signal and the time constants, in hours, of its running means."""
SIGNAL_OF = [name for name, hours in MEANS.items() for _ in hours]
_KEEP = np.array([np.exp(-1 / hour) for hours in MEANS.values() for hour in hours])
SUMS = ("pressure", "temp", "spread", "wind", "wet")  # of the day so far, and its hours
_LONGEST_H = np.array([60.0, 240.0])
MEANS_SIZE, RUNS_SIZE, TODAY_SIZE = len(SIGNAL_OF), 2, len(SUMS) + 1
SIZE = MEANS_SIZE + RUNS_SIZE + TODAY_SIZE
_START = {"swing": 0.7, "leap": 0.7, "bar": 0.5, "gust": 1.0, "turn": 0.3}


def signals(row: Row, before: Row, day: Value, hour: Value) -> dict[str, Value]:
    """What the means follow. heat: temperature change along the sun; rise: change by day."""
    sun, rise = daylight(day, hour - 0.5), row.temp - before.temp
    at = np.nan_to_num(row.direction).astype(np.int64)  # an unknown direction has no vector
    return {
        "temp": row.temp,
        "dew": row.dew,
        "pressure": row.pressure,
        "wind": row.wind,
        "wet": yes(row.rain > 0),
        "rain": np.log1p(row.rain),
        "east": row.wind * _EAST[at],
        "north": row.wind * _NORTH[at],
        "swing": abs(rise),
        "leap": abs(row.dew - before.dew),
        "gust": abs(row.wind - before.wind),
        "bar": abs(row.pressure - before.pressure),
        "turn": yes(row.direction != before.direction),
        "heat": 3 * rise * (sun - 0.3),
        "rise": rise * yes(sun > 0),
        "spread": np.log(0.5 + row.temp - row.dew),
    }


@dataclass(frozen=True, slots=True)
class Trace:
    """Running means, lengths of the runs of direction and of wet or dry hours, sums of the day.

    Written in place; each has one column per hour in a fit.
    """

    means: Array
    runs: Array
    today: Array

    @classmethod
    def over(cls, values: Floats) -> "Trace":
        """A view of SIZE values."""
        return cls(*np.split(values, [MEANS_SIZE, MEANS_SIZE + RUNS_SIZE]))

    def begin(self, row: Row, day: float) -> None:
        """As after many hours like this one."""
        at = {**signals(row, row, day, 0.0), **_START}
        for number, name in enumerate(SIGNAL_OF):
            self.means[number] = at[name]
        self.runs[:], self.today[:] = 1.0, 0.0

    def push(self, row: Row, before: Row, day: float, hour: float) -> None:
        """The row has been reported; a new day begins after its last hour."""
        now = signals(row, before, day, hour)
        step = np.array([now[name] for name in SIGNAL_OF]) - self.means
        self.means[:] += ((1 - _KEEP) * step.T).T
        same = np.array([row.direction == before.direction, (row.rain > 0) == (before.rain > 0)])
        longer = np.minimum((self.runs + 1).T, _LONGEST_H).T
        self.runs[:] = np.where(same, longer, 1.0)
        self.today[:-1] += np.array([now[name] for name in SUMS])
        self.today[-1] += 1
        if hour >= 23:
            self.today[:] = 0.0
