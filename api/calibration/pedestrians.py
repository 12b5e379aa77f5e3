"""Week shapes of pedestrians from hourly counts: commuters near stations, shoppers in streets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.calibration.fitter import Calibrated, CalibrationError, Fitter, Report, Span
from api.calibration.part import to_check, to_fit
from api.calibration.shapecheck import Figures, checked
from api.calibration.sources import header
from api.calibration.weeks import LEAST_DAYS, Week, mean_week, usual_week, week_lines
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


@dataclass(frozen=True, slots=True)
class _Part:
    """One file: the rows that are fitted, those left to check, and the weeks of its sites."""

    fitted: Series
    rest: Series | None
    weeks: dict[str, Week]

    @property
    def week(self) -> Week:
        return mean_week(list(self.weeks.values()))


def _part(name: str, kind: Kind, path: Path, span: Span) -> _Part:
    try:
        series = read_series(path)
    except RealFileError as error:
        raise CalibrationError(path, error.problems) from error
    if series.kind != "pedestrians":
        raise CalibrationError(path, [f"holds {series.kind}, expected hourly pedestrian counts"])
    fitted = to_fit(path, series, span)
    weeks = weeks_of(fitted, kind)
    if not weeks:
        least = f"{LEAST_DAYS} complete days of each kind of day"
        raise CalibrationError(path, [f"no site looks like {name}: {kind.__doc__}, {least}"])
    return _Part(fitted, to_check(series, span), weeks)


def _fit(name: str, kind: Kind, paths: Sequence[Path], span: Span, report: Report) -> Calibrated:
    """The mean over the files of the mean over their sites: cities count alike."""
    parts = [_part(name, kind, path, span) for path in paths]
    report(1.0)
    week = mean_week([part.week for part in parts])
    sites = tuple(site for part in parts for site in part.weeks)
    lines = [*header(name, paths, span, sites), f"[crowd.visits.{name}]", *week_lines(week)]
    figures = (
        ("days used", f"{week.days}"),
        ("weekend over working day", f"{week.weekend_share:.2f}"),
        ("day sd, kept", f"{week.day_sd:.3f}, {week.day_keep:.2f}"),
        ("hour sd, kept", f"{week.hour_sd:.3f}, {week.hour_keep:.2f}"),
    )
    return Calibrated("\n".join(lines) + "\n", (*figures, *_checks(week, parts)))


def _checks(week: Week, parts: Sequence[_Part]) -> Figures:
    found: list[tuple[str, str]] = []
    for part in parts:
        sites = tuple(part.weeks)
        found += [("sites", ", ".join(sites)), *checked(week, part.fitted, part.rest, sites)]
    return tuple(found)


def _fitter(dataset: str, name: str, kind: Kind, needs: str) -> Fitter:
    def pool(paths: Sequence[Path], span: Span, report: Report) -> Calibrated:
        return _fit(name, kind, paths, span, report)

    def fit(path: Path, span: Span, report: Report) -> Calibrated:
        return _fit(name, kind, (path,), span, report)

    return Fitter(dataset, needs, f"calibrated/{dataset}.toml", fit, pool)


COMMUTERS = _fitter("commuters", "commuter", is_commuter, "hourly pedestrian counts with a station")
SHOPPERS = _fitter(
    "shoppers", "shopping", is_shopping, "hourly pedestrian counts with a shopping street"
)
