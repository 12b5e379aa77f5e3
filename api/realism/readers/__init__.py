"""Files of real measurements, recognised by their columns, with their known defects masked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from api.realism.readers import pedestrians, roads, shanghai, sound, uspost
from api.realism.readers.table import RealFileError, TextTable, on_clock, read_table
from api.realism.readers.units import BOUNDS, PERSONS, dew_problem, rain_problem, unit_problem
from api.realism.series import Series
from twin.arrays import Array, Ints

__all__ = ["FORMATS", "Format", "RealFileError", "read_series"]


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: the columns that tell it, how it is read, and how long it must be.

    `finish` sees the columns on their clock: what rests on the row before.
    """

    kind: str
    needs: tuple[str, ...]
    read: Callable[[TextTable], tuple[Ints, dict[str, Array]]]
    step_min: int
    least_days: float
    finish: Callable[[Mapping[str, Array]], dict[str, Array]] = dict


FORMATS = (
    Format("weather_air", shanghai.NEEDS, shanghai.read, 60, 56, shanghai.per_hour),
    Format("air", uspost.NEEDS, uspost.read, 60, 56),
    Format("vehicles", roads.NEEDS, roads.read, 60, 56),
    Format("sound", sound.NEEDS, sound.read, 1, 2),
    Format("pedestrians", pedestrians.NEEDS, pedestrians.read, 60, 56),
)
_ENOUGH = 0.5  # of a format's columns, to say what is missing instead of "unknown"


def read_series(path: Path) -> Series:
    """The file's measurements on a regular clock.

    Raises RealFileError naming everything missing: unknown or missing columns, wrong units, too
    short a span.
    """
    table = read_table(path)
    found = _recognise(table)
    minutes, columns = found.read(table)
    first_min, laid = on_clock(path, minutes, found.step_min, columns)
    series = Series(found.kind, first_min, found.step_min, found.finish(laid))
    problems = [*_too_short(series, found), *_wrong_units(series), *_wrong_together(series)]
    if problems:
        raise RealFileError(path, problems)
    return series


def _recognise(table: TextTable) -> Format:
    known = [form for form in FORMATS if set(form.needs) <= set(table.columns)]
    if known and not (known[0].kind == "pedestrians" and len(table.columns) < 2):
        return known[0]
    nearest = max(FORMATS, key=lambda form: _share(form, table))
    missing = [name for name in nearest.needs if name not in table.columns]
    if _share(nearest, table) >= _ENOUGH and missing:
        raise RealFileError(
            table.path,
            [f"looks like {nearest.kind}, but column {name!r} is missing" for name in missing],
        )
    kinds = ", ".join(form.kind for form in FORMATS)
    raise RealFileError(table.path, [f"columns fit none of {kinds}: {', '.join(table.columns)}"])


def _share(form: Format, table: TextTable) -> float:
    return sum(name in table.columns for name in form.needs) / len(form.needs)


def _too_short(series: Series, form: Format) -> list[str]:
    days = len(series) * series.step_min / 1440
    if days >= form.least_days:
        return []
    return [f"too short: {days:.1f} days, at least {form.least_days:g} are needed"]


def _wrong_units(series: Series) -> list[str]:
    bounds = {
        name: PERSONS if series.kind == "pedestrians" else BOUNDS.get(name)
        for name in series.columns
    }
    found = [unit_problem(name, series[name], rule) for name, rule in bounds.items() if rule]
    return [problem for problem in found if problem]


def _wrong_together(series: Series) -> list[str]:
    """What only shows in wet hours, or in two columns at once."""
    rain = rain_problem(series["rain_mm"]) if "rain_mm" in series else None
    pair = ("temp_c", "dew_point_c")
    dew = dew_problem(*(series[name] for name in pair)) if pair[0] in series else None
    return [problem for problem in (rain, dew) if problem]
