"""Fitting the weather's laws to an hourly record."""

from pathlib import Path

import numpy as np

from api.calibration.fitter import Calibrated, CalibrationError, Fitter, Report, Span
from api.calibration.lawfile import Law, choice_table, header, law_file, value_table
from api.calibration.record import Record, at, known_before, matrix, record
from api.calibration.regression import fit_odds, fit_value
from api.calibration.widen import STEPS, widened
from api.realism.readers import RealFileError, read_series
from twin.arrays import Bools, Floats
from twin.climate.chain import PRESSURE_HPA, RAIN_POWER, WeatherLaws
from twin.climate.row import CLASSES
from twin.climate.stages import STAGES
from twin.climate.terms import names

LEAST_HOURS = 8000
WEAKEST = 2.0  # standard errors: terms below are dropped
RIDGE, RAIN_RIDGE, ODDS_RIDGE = 20.0, 60.0, 10.0
_SHARE_PER_LAW = 1 / 8


def fit_weather(file: Path, span: Span, report: Report) -> Calibrated:
    """Seven laws, one after the other. CalibrationError when the file lacks what they need."""
    found = whole_hours(file, span)
    chain = _Fitting(found, report)
    return Calibrated(_text(file, span, found, chain.laws), tuple(chain.figures))


def whole_hours(file: Path, span: Span) -> Record:
    """The hours to fit whose weather and past are known.

    CalibrationError says what is missing.
    """
    try:
        series = read_series(file)
    except RealFileError as error:
        raise CalibrationError(file, error.problems) from error
    if series.kind != "weather_air":
        raise CalibrationError(file, [f"holds {series.kind}, expected hourly weather with PM2.5"])
    found = record(series, span)
    known = found.fit & _known(found)
    if known.sum() < LEAST_HOURS:
        years = f"{span.first or '…'}:{span.last or '…'}"
        problem = f"{known.sum()} whole hours in {years}, at least {LEAST_HOURS} are needed"
        raise CalibrationError(file, [problem])
    return found.cut(known)


def _known(found: Record) -> Bools:
    """Hours without a gap in the weather now, before, or a day before."""
    columns = [*found.row[:-1]]
    for row in found.past.ago.values():
        columns += row[:-1]
    return np.asarray(np.isfinite(np.stack(columns)).all(axis=0))


class _Fitting:
    """The laws found so far; terms grow with every stage."""

    def __init__(self, found: Record, report: Report) -> None:
        self.found, self.report = found, report
        self.names, self.x = known_before(found)
        self.laws: dict[str, Law] = {}
        self.figures: list[tuple[str, str]] = [("hours", f"{len(found.day):,}")]
        row, before = found.row, found.past.ago[1]
        wet = np.asarray(row.rain > 0)
        self._choice("direction", [np.asarray(row.direction == k) for k in range(len(CLASSES))])
        self._value("wind", row.wind, 1.0)
        self._choice("wet", [wet])
        self._value("rain", np.maximum(row.rain, 0) ** RAIN_POWER, 0.0, wet)
        self._value("pressure", row.pressure - before.pressure, 1.0)
        self._value("temp", row.temp - before.temp, 1.0)
        self._value("dew", row.dew - before.dew, 1.0)

    def _choice(self, name: str, hits: list[Bools]) -> None:
        odds = np.array([fit_odds(self.x, hit, WEAKEST, ODDS_RIDGE) for hit in hits])
        self._done(name, choice_table(self.names, odds), int(np.any(odds != 0, axis=0).sum()))

    def _value(self, name: str, y: Floats, step: float, where: Bools | None = None) -> None:
        chosen = slice(None) if where is None else where
        ridge = RIDGE if where is None else RAIN_RIDGE
        fit = fit_value(self.x[chosen], y[chosen], WEAKEST, ridge)
        used = int(np.count_nonzero((fit.location != 0) | (fit.scale != 0)))
        self._done(name, value_table(self.names, fit, step), used, fit.explained)

    def _done(self, name: str, law: Law, used: int, explained: float | None = None) -> None:
        self.laws[name] = law
        share = "" if explained is None else f", explains {100 * explained:.0f} %"
        self.figures.append((name, f"{used} of {len(self.names)} terms{share}"))
        parts = STAGES[name](self.found.row, self.found.past, at(self.found))
        self.names = [*self.names, *names(parts)]
        self.x = np.hstack([self.x, matrix(parts, len(self.x))])
        self.report(len(self.laws) * _SHARE_PER_LAW)


def _text(file: Path, span: Span, found: Record, laws: dict[str, Law]) -> str:
    """The laws are run once and widened before they are written."""
    bounds = _bounds(found)
    tables = {name: {**fields, "terms": terms} for name, (fields, terms) in laws.items()}
    wide = widened(WeatherLaws.model_validate({**bounds, **tables}), found)
    for name in STEPS:
        law = getattr(wide, name)
        laws[name][0].update(spread=law.spread, quantiles=list(law.quantiles))
    head = header("weather", file, span, len(found.day))
    return law_file(head, "weather_laws", bounds, laws)


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
