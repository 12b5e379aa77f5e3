"""Week shapes of pedestrians from hourly counts: commuters near stations, shoppers in streets."""

from collections.abc import Callable
from pathlib import Path

from api.calibration.fitter import Calibrated, CalibrationError, Fitter, Report, Span
from api.calibration.sources import header
from api.calibration.weeks import Week, mean_week, usual_week, week_lines
from api.realism.readers import RealFileError, read_series
from api.realism.series import Series

_LEAST_PED_H = 100.0  # a site with fewer people in its busiest hour is too thin to fit
_MAIN = 0.6  # of the busiest site of its kind: side streets have other weeks

Kind = Callable[[Week], bool]


def is_commuter(week: Week) -> bool:
    """A station street: the weekend has less than half of the working days' people."""
    return week.weekend_share < 0.5 and week.busiest_hour in (7, 8, 9, 16, 17, 18)


def is_shopping(week: Week) -> bool:
    """A shopping street: busiest from noon to six, and the weekend is like the working days."""
    return 0.75 <= week.weekend_share <= 1.15 and 12 <= week.busiest_hour <= 17


def weeks_of(series: Series, kind: Kind) -> dict[str, Week]:
    """The usual week of the main sites of this kind."""
    found = {site: usual_week(series, site) for site in series.columns}
    fit = {
        site: week
        for site, week in found.items()
        if week is not None and week.peak >= _LEAST_PED_H and kind(week)
    }
    top = max((week.peak for week in fit.values()), default=0.0)
    return {site: week for site, week in fit.items() if week.peak >= _MAIN * top}


def _fit(name: str, kind: Kind, path: Path, span: Span, report: Report) -> Calibrated:
    try:
        series = read_series(path)
    except RealFileError as error:
        raise CalibrationError(path, error.problems) from error
    if series.kind != "pedestrians":
        raise CalibrationError(path, [f"holds {series.kind}, expected hourly pedestrian counts"])
    report(0.3)
    weeks = weeks_of(in_years(path, series, span), kind)
    if not weeks:
        raise CalibrationError(
            path,
            [f"no site looks like {name}: {kind.__doc__}, 20 complete days of each kind of day"],
        )
    report(1.0)
    return _calibrated(name, path, span, weeks)


def in_years(path: Path, series: Series, span: Span) -> Series:
    """The rows to fit. Raises CalibrationError when the file has none of these years."""
    years = [year for year in sorted(set(series.year.tolist())) if span.holds(year)]
    if not years:
        raise CalibrationError(path, [f"has no hours in the years {span.first} to {span.last}"])
    return series.years(years[0], years[-1])


def _calibrated(name: str, path: Path, span: Span, weeks: dict[str, Week]) -> Calibrated:
    week = mean_week(list(weeks.values()))
    lines = [*header(name, path, span, tuple(weeks)), f"[crowd.visits.{name}]", *week_lines(week)]
    figures = (
        ("sites", ", ".join(weeks)),
        ("days used", f"{week.days}"),
        ("weekend over working day", f"{week.weekend_share:.2f}"),
        ("day sd, kept", f"{week.day_sd:.3f}, {week.day_keep:.2f}"),
        ("hour sd, kept", f"{week.hour_sd:.3f}, {week.hour_keep:.2f}"),
    )
    return Calibrated("\n".join(lines) + "\n", figures)


def _commuter(path: Path, span: Span, report: Report) -> Calibrated:
    return _fit("commuter", is_commuter, path, span, report)


def _shopping(path: Path, span: Span, report: Report) -> Calibrated:
    return _fit("shopping", is_shopping, path, span, report)


COMMUTERS = Fitter(
    "commuters", "hourly pedestrian counts with a station", "calibrated/commuters.toml", _commuter
)
SHOPPERS = Fitter(
    "shoppers",
    "hourly pedestrian counts with a shopping street",
    "calibrated/shoppers.toml",
    _shopping,
)
