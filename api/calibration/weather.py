"""Fitting the weather's laws to an hourly record."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from api.calibration import sights
from api.calibration.dayfit import blurred, first_midnight, fit_days, known_days
from api.calibration.fitter import Calibrated, CalibrationError, Fitter, Report, Span
from api.calibration.freerun import matched
from api.calibration.lawfile import day_table, header, network_table, weather_file
from api.calibration.record import Record, record
from api.calibration.training import Cells, Classes, Plan, train
from api.realism.readers import RealFileError, read_series
from twin.arrays import Array, Bools, Floats
from twin.climate import sight
from twin.climate.chain import WeatherLaws
from twin.climate.draw import RAIN_POWER, REPORTED, TRACE_MM
from twin.climate.network import Network
from twin.climate.row import CALM, PRESSURE_HPA, Row

LEAST_HOURS = 8000
BLURS = 3  # times that the days are blurred anew, so that no error is learnt by heart
_PLANS = {"rain": Plan(hidden=6, epochs=8, batch=128)}
_STARTS = {"wind": (4.0, 0.3, 0.0, 0.0), "rain": (0.9, -1.5, 0.0, 0.0)}
_OUTPUTS = {"direction": 5, "wet": 1}  # the others are values, of four


def fit_weather(file: Path, span: Span, report: Report) -> Calibrated:
    """Days, then seven laws of hours. CalibrationError when the file lacks what they need."""
    found = whole_record(file, span)
    known = _known(found, file, span)
    days = known_days(found.row)
    fit_day = np.asarray(found.fit[: len(days) * 24].reshape(-1, 24).any(axis=1))
    day_laws = fit_days(blurred(days, 0), found.day[: len(days) * 24 : 24], fit_day)
    report(0.1)
    samples = _samples(found, known, days)
    networks, losses = {}, {}
    for number, law in enumerate(sight.LAWS):
        networks[law], losses[law] = _fit(law, samples)
        report(0.1 + 0.1 * (number + 1))
    bounds, day_rows = _bounds(found.cut(known)), day_table(day_laws)
    tables = {name: network_table(net) for name, net in networks.items()}
    free = WeatherLaws.model_validate({**bounds, "days": day_rows, **tables})
    ran = matched(free, _to_fit(found))
    tables = {name: network_table(net) for name, net in ran.items()}
    head = header("weather", file, span, int(known.sum()))
    figures = [("hours", f"{known.sum():,}"), ("days", f"{fit_day.sum():,}")]
    figures += [(name, f"{loss:.3f} nats an hour") for name, loss in losses.items()]
    return Calibrated(weather_file(head, bounds, day_rows, tables), tuple(figures))


def _to_fit(found: Record) -> Row:
    """The hours of the years to fit, in order."""
    return Row(*(np.where(found.fit, column, np.nan) for column in found.row))


def whole_hours(file: Path, span: Span) -> Record:
    """The hours to fit whose weather and past are known.

    CalibrationError says what is missing.
    """
    found = whole_record(file, span)
    return found.cut(_known(found, file, span))


def whole_record(file: Path, span: Span) -> Record:
    """Every hour of the file, from the first midnight on."""
    try:
        series = read_series(file)
    except RealFileError as error:
        raise CalibrationError(file, error.problems) from error
    if series.kind != "weather_air":
        raise CalibrationError(file, [f"holds {series.kind}, expected hourly weather with PM2.5"])
    return record(series.rows(first_midnight(series), len(series)), span)


def _known(found: Record, file: Path, span: Span) -> Bools:
    """Hours to fit without a gap in the weather now, before, or a day before."""
    columns = [*found.row[:-1]]
    for row in found.past.ago.values():
        columns += row[:-1]
    known = np.asarray(found.fit & np.isfinite(np.stack(columns)).all(axis=0))
    if known.sum() < LEAST_HOURS:
        years = f"{span.first or '…'}:{span.last or '…'}"
        problem = f"{known.sum()} whole hours in {years}, at least {LEAST_HOURS} are needed"
        raise CalibrationError(file, [problem])
    return known


@dataclass(frozen=True, slots=True)
class Sample:
    """Hours that miss nothing: what was seen before them (hours, terms), and they themselves."""

    seen: Floats
    row: Row
    one: Row

    def cut(self, where: Array) -> "Sample":
        """These hours alone."""
        rows = (Row(*(column[where] for column in row)) for row in (self.row, self.one))
        return Sample(self.seen[where], *rows)

    def terms(self, law: str) -> Floats:
        """All that the law sees."""
        return np.column_stack([self.seen, *sight.now(law, self.row, self.one)])


def _samples(found: Record, known: Bools, days: Floats) -> Sample:
    """The hours once for each blur of the days."""
    traces, parts = sights.traces(found), []
    for seed in range(BLURS):
        seen = sights.seen(found, traces, blurred(days, seed))
        use = known & np.isfinite(seen).all(axis=1)
        parts.append(Sample(seen, found.row, found.past.ago[1]).cut(use))
    rows = (Row(*map(np.concatenate, zip(*many, strict=True))) for many in _rows(parts))
    return Sample(np.concatenate([part.seen for part in parts]), *rows)


def _rows(parts: list[Sample]) -> tuple[list[Row], list[Row]]:
    return [part.row for part in parts], [part.one for part in parts]


def _fit(law: str, whole: Sample) -> tuple[Network, float]:
    """The law, and its mean loss."""
    sample = whole.cut(np.asarray(whole.row.rain > 0)) if law == "rain" else whole
    terms, target = sample.terms(law), targets(law, sample.row, sample.one)
    outputs = _OUTPUTS.get(law, 4)
    start = np.array(_STARTS.get(law, (0.0,) * outputs))
    net = train(terms, target, outputs, start, _PLANS.get(law, Plan()))
    loss, _ = target.loss(net.outputs(terms.T), np.arange(len(terms)))
    return net, float(loss.mean())


def targets(law: str, row: Row, one: Row) -> Cells | Classes:
    """What was reported, as a class or as a cell among those that were possible."""
    if law == "direction":
        return Classes(np.asarray(row.direction).astype(np.int64))
    if law == "wet":
        return Classes(np.asarray(row.rain > 0).astype(np.int64))
    none = np.full(len(row.rain), np.inf)
    if law == "wind":
        least = np.where(row.direction == CALM, -np.inf, 1 - REPORTED)
        low = np.where(row.wind > 0, np.maximum(row.wind - 0.5, least), -np.inf)
        return Cells(low, row.wind + 0.5, least, none)
    if law == "rain":
        low, high = ((row.rain + side * TRACE_MM / 2) ** RAIN_POWER for side in (-1, 1))
        return Cells(low, high, np.full(len(none), (TRACE_MM / 2) ** RAIN_POWER), none)
    change = getattr(row, law) - getattr(one, law)
    most = row.temp - one.dew + REPORTED if law == "dew" else none
    return Cells(change - 0.5, np.minimum(change + 0.5, most), -none, most)


def _bounds(found: Record) -> dict[str, object]:
    """Where the station has been, and a little beyond."""
    row = found.row
    pressure = row.pressure + PRESSURE_HPA
    return {
        "temp_bounds_c": [float(row.temp.min() - 1), float(row.temp.max() + 1)],
        "dew_bounds_c": [float(row.dew.min() - 1), float(row.dew.max() + 1)],
        "pressure_bounds_hpa": [float(pressure.min() - 2), float(pressure.max() + 2)],
        "wind_max_m_s": float(row.wind.max() + 3),
        "rain_max_mm": float(1.2 * row.rain.max()),
    }


WEATHER = Fitter(
    name="weather",
    needs="hourly TEMP, DEWP, PRES, HUMI, cbwd, Iws, precipitation and PM_US Post by year, "
    "month, day, hour (the Shanghai file of the UCI set of five Chinese cities)",
    out="calibrated/weather.toml",
    fit=fit_weather,
)
