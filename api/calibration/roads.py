"""Week shape of road traffic, and what rain does to it, from hourly counts with weather."""

from pathlib import Path

import numpy as np

from api.calibration.fitter import Calibrated, CalibrationError, Fitter, Report, Span
from api.calibration.part import to_check, to_fit
from api.calibration.shapecheck import checked
from api.calibration.sources import header
from api.calibration.weeks import LEAST_DAYS, by_day, usual_spread, usual_week, week_lines
from api.realism.readers import RealFileError, read_series
from api.realism.series import Series

_WET_MM = 0.5
_LEAST_WET_H = 50


def _fit(path: Path, span: Span, report: Report) -> Calibrated:
    try:
        series = read_series(path)
    except RealFileError as error:
        raise CalibrationError(path, error.problems) from error
    if series.kind != "vehicles":
        raise CalibrationError(path, [f"holds {series.kind}, expected hourly road traffic"])
    rest, series = to_check(series, span), to_fit(path, series, span)
    week = usual_week(series, "vehicles_h", usual_spread)  # the calendar has the holidays
    if week is None:
        raise CalibrationError(path, [f"fewer than {LEAST_DAYS} complete days of each kind of day"])
    report(0.7)
    wet = wet_factor(series)
    lines = [
        *header("road traffic", (path,), span, ("vehicles_h", "rain_mm")),
        "[traffic]",
        f"wet_demand = {wet:.4f} # above 0.5 mm/h",
        "",
        "[traffic.week]",
        *week_lines(week),
    ]
    report(1.0)
    figures = (
        ("days used", f"{week.days}"),
        ("weekend over working day", f"{week.weekend_share:.2f}"),
        ("day sd, kept", f"{week.day_sd:.3f}, {week.day_keep:.2f}"),
        ("hour sd, kept", f"{week.hour_sd:.3f}, {week.hour_keep:.2f}"),
        ("wet hours over dry", f"{wet:.3f}"),
        *checked(week, series, rest, ("vehicles_h",)),
    )
    return Calibrated("\n".join(lines) + "\n", figures)


def wet_factor(series: Series) -> float:
    """Median of wet hours over what is usual at that hour and weekday, against dry ones.

    Daytime only (6 to 22 h); 1 where there are fewer than 50 wet hours.
    """
    volume, weekday = by_day(series, "vehicles_h")
    rain, _ = by_day(series, "rain_mm")
    usual = np.full(volume.shape, np.nan)
    for day in range(7):
        if (weekday == day).any():
            usual[weekday == day] = np.nanmedian(volume[weekday == day], axis=0)
    ratio = (volume / usual)[:, 6:22]
    wet = rain[:, 6:22] > _WET_MM
    known = ~np.isnan(ratio) & ~np.isnan(rain[:, 6:22])
    if np.count_nonzero(wet & known) < _LEAST_WET_H:
        return 1.0
    return float(np.median(ratio[wet & known]) / np.median(ratio[~wet & known]))


ROADS = Fitter("roads", "hourly road traffic with rain", "calibrated/roads.toml", _fit)
