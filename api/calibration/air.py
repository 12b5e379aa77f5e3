"""Fitting the law of fine particles to an hourly record of weather and PM2.5."""

from pathlib import Path

import numpy as np

from api.calibration.fitter import Calibrated, CalibrationError, Fitter, Report, Span
from api.calibration.lawfile import header, law_file, value_table
from api.calibration.record import Record, at, known_before, matrix
from api.calibration.regression import fit_value
from api.calibration.weather import LEAST_HOURS, whole_hours
from twin.climate.hazeterms import haze_past
from twin.climate.row import HAZE_OFFSET
from twin.climate.stages import STAGES
from twin.climate.terms import Part, names

_RIDGE, _WEAKEST = 120.0, 3.0  # two years hold few spells of haze: only what is plain counts


def fit_air(file: Path, span: Span, report: Report) -> Calibrated:
    """One law over all terms of the weather and the haze's own past."""
    found = _with_haze(file, span)
    report(0.2)
    known, x = known_before(found)
    parts: list[Part] = [
        part for stage in STAGES.values() for part in stage(found.row, found.past, at(found))
    ]
    parts += haze_past(found.past, at(found))
    x = np.hstack([x, matrix(parts, len(x))])
    known = [*known, *names(parts)]
    report(0.4)
    fit = fit_value(x, found.row.haze - found.past.ago[1].haze, _WEAKEST, _RIDGE)
    bounds = {"haze_max_ug_m3": float(1.1 * np.exp(found.row.haze.max()) - HAZE_OFFSET)}
    laws = {"haze": value_table(known, fit, 0.0)}
    text = law_file(header("air", file, span, len(x)), "haze_laws", bounds, laws)
    used = np.count_nonzero((fit.location != 0) | (fit.scale != 0))
    figures = (("hours", f"{len(x):,}"), ("haze", f"{used} of {len(known)} terms"))
    return Calibrated(text, figures)


def _with_haze(file: Path, span: Span) -> Record:
    found = whole_hours(file, span)
    mean = found.past.mean
    columns = [found.row.haze, *(row.haze for row in found.past.ago.values())]
    columns += [mean.haze_24, mean.haze_96, mean.flicker_6, mean.flicker_24]
    known = np.asarray(np.isfinite(np.stack(columns)).all(axis=0))
    if known.sum() < LEAST_HOURS:
        problem = f"{known.sum()} whole hours with PM2.5, at least {LEAST_HOURS} are needed"
        raise CalibrationError(file, [problem])
    return found.cut(known)


AIR = Fitter(
    name="air",
    needs="hourly PM_US Post with the weather columns of `weather`, in the same file",
    out="calibrated/air.toml",
    fit=fit_air,
)
