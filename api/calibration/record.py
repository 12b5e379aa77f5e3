"""A real series as the climate's rows and memory, every hour at once."""

from dataclasses import dataclass

import numpy as np

from api.calibration.fitter import Span
from api.calibration.part import marked
from api.realism.series import Series
from twin.arrays import Bools, Floats
from twin.climate.memory import LONGEST_RUN_H, ROWS, kept, signals
from twin.climate.row import HAZE_OFFSET, LAGS, PRESSURE_HPA, SIGNALS, Means, Past, Row
from twin.climate.terms import Part, base, names, season, values

_CALM = 4.0  # the number of "cv" in a series
_WARM_UP_H = 48


@dataclass(frozen=True, slots=True)
class Record:
    """All hours of the series; `fit` marks those of the years to fit, after a warm-up."""

    row: Row
    past: Past
    day: Floats
    hour: Floats
    fit: Bools

    def cut(self, where: Bools) -> "Record":
        """These hours alone."""
        ago = {lag: Row(*(column[where] for column in row)) for lag, row in self.past.ago.items()}
        mean = Means(*(column[where] for column in self.past.mean))
        row = Row(*(column[where] for column in self.row))
        return Record(row, Past(ago, mean), self.day[where], self.hour[where], self.fit[where])


def record(series: Series, span: Span) -> Record:
    """Rows in the climate's units; a value that is missing is NaN, and so is what rests on it."""
    moments = (series.minutes // 60).astype("datetime64[h]")
    years = moments.astype("datetime64[Y]")
    day = np.asarray((moments - years).astype(np.float64) / 24)
    hour = np.asarray((series.minutes // 60 % 24).astype(np.float64))
    fit = marked(series, span)
    fit[:_WARM_UP_H] = False
    row = rows(series)
    return Record(row, _past(row, day, hour), day, hour, fit)


def rows(series: Series) -> Row:
    """Each column as the climate counts it."""
    haze = np.maximum(series["pm25_ug_m3"], 0.0)
    direction = series["wind_class"]
    return Row(
        temp=np.round(series["temp_c"]),
        dew=np.round(np.minimum(series["dew_point_c"], series["temp_c"])),
        pressure=np.round(series["pressure_hpa"]) - PRESSURE_HPA,
        wind=np.round(series["wind_m_s"]),
        direction=np.where(direction == _CALM, 0.0, direction + 1),
        rain=np.round(series["rain_mm"], 1),
        haze=np.log(np.round(haze) + HAZE_OFFSET),
    )


def _past(row: Row, day: Floats, hour: Floats) -> Past:
    ago = {lag: Row(*(late(column, lag) for column in row)) for lag in LAGS}
    signal = signals(row, ago[1], day, hour)
    signal["wet"] = np.where(np.isnan(row.rain), np.nan, signal["wet"])
    means = {name: late(_running(signal[kind], kept(name)), 1) for name, kind in SIGNALS.items()}
    return Past(ago, Means(**means, run=late(_run(row.direction), 1)))


def late(column: Floats, lag: int) -> Floats:
    """The column so many hours ago, NaN before it begins."""
    late = np.full(len(column), np.nan)
    late[lag:] = column[:-lag]
    return late


def _running(signal: Floats, keep: float) -> Floats:
    """The exponential mean; a missing hour leaves it as it was."""
    known = signal[np.isfinite(signal)]
    mean = float(known[:ROWS].mean()) if len(known) else np.nan
    means = []
    for value in signal.tolist():
        if value == value:
            mean += (1 - keep) * (value - mean)
        means.append(mean)
    return np.array(means)


def _run(direction: Floats) -> Floats:
    run, runs, before = 1.0, [], None
    for value in direction.tolist():
        run = min(run + 1, LONGEST_RUN_H) if value == before else 1.0
        runs.append(run)
        before = value
    return np.array(runs)


def matrix(parts: list[Part], hours: int) -> Floats:
    """(hours, terms)."""
    columns = values(parts)
    table = np.empty((hours, len(columns)))
    for number, column in enumerate(columns):
        table[:, number] = column
    return table


def known_before(found: Record) -> tuple[list[str], Floats]:
    """Names and values of the terms known before each hour, without the haze."""
    parts = base(found.past, found.day, found.hour)
    return names(parts), matrix(parts, len(found.day))


def at(found: Record) -> dict[str, Floats]:
    """The season of each hour."""
    return season(found.day, found.hour)
