"""Which rows of a file are fitted, and which are left to check."""

from pathlib import Path

import numpy as np

from api.calibration.fitter import CalibrationError, Span
from api.realism.series import Series
from api.realism.split import middle
from twin.arrays import Bools


def marked(series: Series, span: Span) -> Bools:
    """True for the rows to fit."""
    if span.half:
        return np.asarray(np.arange(len(series)) < middle(series))
    return np.array([span.holds(int(year)) for year in series.year], dtype=np.bool_)


def to_fit(path: Path, series: Series, span: Span) -> Series:
    """The rows to fit. Raises CalibrationError when the file has none of these years."""
    inside = np.flatnonzero(marked(series, span))
    if not len(inside):
        raise CalibrationError(path, [f"has no hours in {span.text}"])
    return series.rows(int(inside[0]), int(inside[-1]) + 1)


def to_check(series: Series, span: Span) -> Series | None:
    """The rows after those to fit; None where nothing is left."""
    end = int(np.flatnonzero(marked(series, span))[-1]) + 1
    return series.rows(end, len(series)) if end < len(series) else None
