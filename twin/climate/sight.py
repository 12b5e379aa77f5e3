"""What the networks see: the last hours, the running means, the days around, the calendar.

The same code serves one hour of the running city and all hours of a fit, one per column.
"""

import numpy as np

from twin.arrays import Array, Floats
from twin.climate.days import SPREAD_FLOOR_C, Day
from twin.climate.row import CALM, CLASSES, Row, Value
from twin.climate.sun import daylight
from twin.climate.terms import yes
from twin.climate.trace import SIGNAL_OF, Trace

_STEPS, _STEPS_YESTERDAY, _CHANGES = (1, 2, 3, 4, 5), (22, 23, 24), (7, 9, 12, 18, 24)
_PAIRS = [
    *((k, k + 1) for k in (*_STEPS, *_STEPS_YESTERDAY)),
    *((1, k) for k in _CHANGES),
]
_LATE, _EARLY = (np.array(column) - 1 for column in zip(*_PAIRS, strict=True))
CAME_FROM, WET, RAIN = (1, 2, 3, 6, 24), (1, 2, 3, 4, 6, 12, 24), (1, 2, 3, 6)  # hours ago
HOURS = 25  # that are seen singly
_WINDS = np.array([k for k in range(len(CLASSES)) if k != CALM], dtype=np.float64)
_LEVELS = ("temp", "dew", "pressure")
_RELATIVE = np.array([Row._fields.index(n) if n in _LEVELS else -1 for n in SIGNAL_OF])
_COLUMN = {name: Row._fields.index(name) for name in Row._fields}


def before(rows: Array, trace: Trace, days: Array, day: Value, hour: Value) -> Floats:
    """All terms that are known before the hour.

    rows: (hours ago, columns of Row, ...); days: yesterday, today, tomorrow, the day after.
    """
    one = Row(*rows[0])
    parts = [*_past(rows, one), *_slow(trace, rows[0], one), *_around(trace, days, one, hour)]
    like = one.temp * 0.0
    parts.append(np.stack([like + value for value in _calendar(day, hour)]))
    return np.concatenate(parts)


def _past(rows: Array, one: Row) -> list[Array]:
    values = rows[:, : _COLUMN["direction"]]  # temp, dew, pressure, wind
    steps = values[_LATE] - values[_EARLY]
    came = rows[np.array(CAME_FROM) - 1, _COLUMN["direction"]]
    winds = np.stack([yes(came == k) for k in _WINDS])
    rain = rows[:, _COLUMN["rain"]]
    spread = one.temp - one.dew
    bends = (
        np.log(SPREAD_FLOOR_C + spread),
        yes(spread <= 0),
        yes(spread <= 1),
        np.maximum(one.temp - 30, 0),
        np.minimum(one.dew, 0),
        np.maximum(one.dew - 22, 0),
    )
    return [
        values[0],
        *np.moveaxis(steps, 1, 0),
        *winds,
        yes(rain[np.array(WET) - 1] > 0),
        np.log1p(rain[np.array(RAIN) - 1]),
        np.stack(bends),
    ]


def _slow(trace: Trace, newest: Array, one: Row) -> list[Array]:
    """Running means of levels count from the hour before."""
    from_one = np.where(_shaped(_RELATIVE >= 0, newest), newest[_RELATIVE], 0.0)
    return [trace.means - from_one, np.log(trace.runs)]


def _shaped(flags: Array, like: Array) -> Array:
    return flags.reshape(len(flags), *(1,) * (like.ndim - 1))


def _around(trace: Trace, days: Array, one: Row, hour: Value) -> list[Array]:
    """Each day from where the hours are now, the way between noons, what today still owes."""
    level = np.stack([one.pressure, one.temp, np.log(SPREAD_FLOOR_C + one.temp - one.dew)])
    each = [part for known in days for part in _day(Day(*known), level, one)]
    share, early = hour / 24, yes(hour < 12)
    past_noon = share + 0.5 * early - 0.5 * (1 - early)
    from_day = early * days[0] + (1 - early) * days[1]
    to_day = early * days[1] + (1 - early) * days[2]
    on_the_way = ((1 - past_noon) * from_day + past_noon * to_day)[:3] - level
    return [*each, on_the_way, _owed(trace.today, Day(*days[1]), hour)]


def _day(known: Day, level: Array, one: Row) -> list[Array]:
    levels = np.stack([known.pressure, known.temp, known.spread]) - level
    dew = known.temp - np.exp(known.spread) - one.dew
    rest = (known.east, known.north, known.wind, np.log1p(np.maximum(known.wet, 0)))
    return [levels, np.stack([*rest, yes(known.wet > 0), dew])]


def _owed(today: Array, known: Day, hour: Value) -> Array:
    """How far the mean so far is off, by the share of the day that is past; wet hours to come."""
    share, hours = hour / 24, np.maximum(today[-1], 1)
    quantities = (known.pressure, known.temp, known.spread, known.wind)
    off = [share * (sum_ / hours - q) for sum_, q in zip(today, quantities, strict=False)]
    wet, due = today[4], np.maximum(known.wet, 0)
    left = np.maximum(due - wet, 0)
    return np.stack(
        [
            *off,
            np.log1p(wet),
            share * yes(wet > 0),
            np.log1p(left),
            3 * np.log1p(left / (24 - hour)),
            yes(wet >= due),
        ]
    )


def _calendar(day: Value, hour: Value) -> list[Value]:
    year, turn = 2 * np.pi * day / 365.25, 2 * np.pi * hour / 24
    sun, hour_ago, hours_ago = (daylight(day, hour - back) for back in (0.5, 1.5, 3.5))
    waves = [f(k * year) for k in (1, 2) for f in (np.cos, np.sin)]
    beats = [f(k * turn) for k in (1, 2, 3, 4) for f in (np.cos, np.sin)]
    return [*waves, *beats, sun, sun - hour_ago, hour_ago - hours_ago]


LAWS = ("direction", "wind", "wet", "rain", "pressure", "temp", "dew")
"""In the order in which an hour is drawn."""


def now(law: str, row: Row, one: Row) -> list[Value]:
    """What is known of the hour itself when a law is drawn; `one` is the hour before."""
    known: list[Value] = []
    for name in LAWS[: LAWS.index(law)]:
        known += _NOW[name](row, one)
    return known


_NOW = {
    "direction": lambda row, one: [
        *(yes(row.direction == k) for k in _WINDS),
        yes(row.direction == one.direction),
    ],
    "wind": lambda row, one: [row.wind, row.wind - one.wind, yes(row.wind == 0)],
    "wet": lambda row, one: [yes(row.rain > 0)],
    "rain": lambda row, one: [np.log1p(row.rain)],
    "pressure": lambda row, one: [row.pressure - one.pressure],
    "temp": lambda row, one: [
        row.temp - one.temp,
        np.log1p(np.maximum(row.temp - one.dew, 0)),
        np.minimum(row.temp - one.dew, 0),
    ],
}
