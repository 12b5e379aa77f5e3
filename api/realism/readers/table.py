"""A CSV file as text columns, and as numbers on a regular clock; every mistake is named."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from twin.arrays import Array, Bools, Floats, Ints

_MISSING = frozenset({"", "na", "nan", "null"})
_SPAN_DAYS = 20_000  # a clock that jumps farther than this is broken


class RealFileError(Exception):
    """A file that cannot be judged against; says everything that is wrong with it."""

    def __init__(self, file: Path | str, problems: Sequence[str]) -> None:
        self.file, self.problems = str(file), tuple(problems)
        super().__init__(f"{file}: {'; '.join(problems)}")


@dataclass(frozen=True, slots=True)
class TextTable:
    """The header and the columns of a CSV file as it stands."""

    path: Path
    columns: Mapping[str, Sequence[str]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def numbers(self, column: str) -> Floats:
        """The column as floats; `NA`, `NaN` and nothing are missing. Raises RealFileError."""
        cleaned = ["nan" if _missing(text) else text for text in self.columns[column]]
        try:
            values = np.array(cleaned, dtype=np.float64)
        except ValueError:
            self.refuse(column, [not _is_number(text) for text in cleaned], "is no number")
            raise
        self.refuse(column, np.isinf(values), "is no finite number")
        return values

    def whole(self, column: str, low: int, high: int) -> Ints:
        """The column as whole numbers within the bounds, none missing. Raises RealFileError."""
        values = self.numbers(column)
        right = (values >= low) & (values <= high) & (values == np.round(values))
        self.refuse(column, ~right, f"is no whole number from {low} to {high}")
        return np.asarray(values.astype(np.int64))

    def minutes(self, column: str, utc_offset: timedelta | None = None) -> Ints:
        """ISO times of the local clock as minutes since 1970. Raises RealFileError.

        A time with an offset must have this one; where the place is not known, any but UTC's.
        """
        moments = [_moment(text) for text in self.columns[column]]
        self.refuse(column, [moment is None for moment in moments], "is no ISO time")
        known = [moment for moment in moments if moment is not None]
        strange = [not _is_local(moment.utcoffset(), utc_offset) for moment in known]
        self.refuse(column, strange, f"is not on {_clock(utc_offset)}")
        stamps = np.array([moment.replace(tzinfo=None) for moment in known], "datetime64[s]")
        return np.asarray(stamps.astype("datetime64[m]").astype(np.int64))

    def refuse(self, column: str, wrong: Sequence[bool] | Bools, why: str) -> None:
        """Raises RealFileError naming the first row that is wrong, if any, and how many are."""
        rows = np.flatnonzero(wrong)
        if len(rows):
            named = f"column {column!r} row {rows[0] + 2}: {self.columns[column][rows[0]]!r} {why}"
            more = f", and {len(rows) - 1} more" if len(rows) > 1 else ""
            raise RealFileError(self.path, [named + more])


def _missing(text: str) -> bool:
    return text.strip().lower() in _MISSING


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _is_local(offset: timedelta | None, own: timedelta | None) -> bool:
    if offset is None:
        return True
    return offset == own if own is not None else offset != timedelta(0)


def _clock(own: timedelta | None) -> str:
    if own is None:
        return "the place's own clock (local times, without an offset)"
    return f"the place's own clock, {timezone(own).tzname(None)}"


def read_table(path: Path) -> TextTable:
    """The whole file. Raises RealFileError when it is no CSV with a header and rows."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if row]
    except FileNotFoundError:
        raise RealFileError(path, ["there is no such file"]) from None
    except IsADirectoryError:
        raise RealFileError(path, ["is a folder, expected a CSV file"]) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise RealFileError(path, [f"not a CSV file in UTF-8: {error}"]) from None
    if len(rows) < 2:
        raise RealFileError(path, ["expected a header and rows of measurements"])
    return TextTable(path, _columns(path, [name.strip() for name in rows[0]], rows[1:]))


def _columns(
    path: Path, names: Sequence[str], rows: Sequence[Sequence[str]]
) -> dict[str, Sequence[str]]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RealFileError(path, [f"the header names {', '.join(twice)} twice"])
    for number, row in enumerate(rows, start=2):
        if len(row) != len(names):
            raise RealFileError(path, [f"row {number} has {len(row)} cells, not {len(names)}"])
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def on_clock(
    path: Path, minutes: Ints, step_min: int, columns: Mapping[str, Array]
) -> tuple[int, dict[str, Array]]:
    """Rows laid on a regular clock: the first of repeated times counts, absent ones are NaN.

    Gives the first minute and the columns. Raises RealFileError when the rows are off the clock.
    """
    first, last = int(minutes.min()), int(minutes.max())
    if last - first > _SPAN_DAYS * 1440:
        raise RealFileError(path, ["the times jump over more than fifty years"])
    off = np.count_nonzero((minutes - first) % step_min)
    if off:
        raise RealFileError(path, [f"{off} rows are off the clock of {step_min} min"])
    place = (minutes - first) // step_min
    _, kept = np.unique(place, return_index=True)
    laid = {}
    for name, values in columns.items():
        laid[name] = np.full(int(place.max()) + 1, np.nan)
        laid[name][place[kept]] = values[kept]
    return first, laid
