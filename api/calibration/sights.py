"""What the networks saw before each hour of a record, every hour at once."""

import numpy as np

from api.calibration.dayfit import around
from api.calibration.record import Record, late
from twin.arrays import Floats
from twin.climate import sight, trace
from twin.climate.row import Row
from twin.climate.trace import Trace


def seen(found: Record, traces: Floats, known_days: Floats) -> Floats:
    """(hours, terms); NaN where something that is needed is missing."""
    hours = range(1, sight.HOURS + 1)
    rows = np.stack([[late(column, lag) for column in found.row] for lag in hours])
    days = around(known_days, np.arange(len(found.day)))
    return sight.before(rows, Trace.over(traces), days, found.day, found.hour).T


def traces(found: Record) -> Floats:
    """(numbers of a trace, hours): as each hour finds it. A gap repeats the hour before it."""
    filled = np.stack([_filled(column) for column in found.row], axis=1)
    values = np.zeros(trace.SIZE)
    running, table = Trace.over(values), np.empty((trace.SIZE, len(filled)))
    before = Row(*filled[0])
    running.begin(before, float(found.day[0]))
    for number, (day, hour) in enumerate(zip(found.day.tolist(), found.hour.tolist(), strict=True)):
        table[:, number] = values
        row = Row(*filled[number])
        running.push(row, before, day, hour)
        before = row
    return table


def _filled(column: Floats) -> Floats:
    known = np.where(np.isfinite(column), np.arange(len(column)), 0)
    return np.nan_to_num(column[np.maximum.accumulate(known)])
