"""The part of a real series to fit and the part to check: whole years, or halves of a short one."""

from dataclasses import dataclass

import numpy as np

from api.realism.recorded import share_gaps
from api.realism.series import Series
from twin.arrays import Floats

_ENOUGH = 0.5  # of a year's hours, in every column that is asked for
_FIT_YEARS = 2


class SplitError(ValueError):
    """The series has not the years that a comparison needs."""


@dataclass(frozen=True, slots=True)
class Split:
    """`fit` comes before `check`; both are named by their span.

    `spare` holds real years before those to fit, with the columns that they have: the control.
    """

    fit: Series
    check: Series
    fit_name: str
    check_name: str
    spare: Series | None = None
    spare_name: str = ""


def split(
    series: Series, fit: tuple[int, int] | None = None, check: tuple[int, int] | None = None
) -> Split:
    """By the years given; otherwise the last good year to check and up to two before it to fit.

    A series without two good years is cut in half. Hours of the year that the part to check
    misses are masked in the part to fit as well. Raises SplitError.
    """
    if fit is None and check is None and len(good_years(series)) < 2:
        return _halves(series)
    check = check or (good_years(series)[-1],) * 2
    fit = fit or _before(series, check[0])
    if fit[1] >= check[0]:
        raise SplitError(f"years to fit {_span(fit)} must end before those to check {_span(check)}")
    parts = [_cut(series, span) for span in (fit, check)]
    spare, name = _spare(series, fit)
    return Split(
        fit=share_gaps(parts[0], parts[1]),
        check=parts[1],
        fit_name=_span(fit),
        check_name=_span(check),
        spare=None if spare is None else share_gaps(spare, parts[1]),
        spare_name=name,
    )


def _spare(series: Series, fit: tuple[int, int]) -> tuple[Series | None, str]:
    """As many years just before those to fit as those are, when the series goes back so far."""
    span = (2 * fit[0] - fit[1] - 1, fit[0] - 1)
    if series.year[0] > span[0]:
        return None, ""
    part = series.years(*span)
    full = [name for name, values in part.columns.items() if _present(values) >= _ENOUGH]
    return (part.only(*full), _span(span)) if full else (None, "")


def _present(values: Floats) -> float:
    return float(np.mean(~np.isnan(values)))


def good_years(series: Series) -> list[int]:
    """Calendar years in which every column has at least half of the hours."""
    hours_of_year = 366 * 24
    return [
        int(year)
        for year in np.unique(series.year)
        if all(
            np.count_nonzero(~np.isnan(values[series.year == year])) >= _ENOUGH * hours_of_year
            for values in series.columns.values()
        )
    ]


def _before(series: Series, year: int) -> tuple[int, int]:
    earlier = [good for good in good_years(series) if good < year][-_FIT_YEARS:]
    if not earlier:
        raise SplitError(f"no year before {year} with at least half of its hours")
    return earlier[0], earlier[-1]


def _cut(series: Series, span: tuple[int, int]) -> Series:
    try:
        part = series.years(*span)
    except ValueError as error:
        raise SplitError(str(error)) from None
    for name, values in part.columns.items():
        if _present(values) < _ENOUGH:
            raise SplitError(f"{name} is mostly missing in {_span(span)}")
    return part


def middle(series: Series) -> int:
    """The first row of the second half: a midnight."""
    half = len(series) // 2
    to_midnight = int(-(series.minutes[half] // series.step_min) % (1440 // series.step_min))
    return min(len(series), half + to_midnight)


def _halves(series: Series) -> Split:
    half = middle(series)
    return Split(series.rows(0, half), series.rows(half, len(series)), "first half", "second half")


def _span(years: tuple[int, int]) -> str:
    return str(years[0]) if years[0] == years[1] else f"{years[0]}-{years[1]}"
