"""A CSV file as text columns, and as numbers on a regular clock; every mistake is named."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from twin.arrays import Array, Floats, Ints

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
        texts = self.columns[column]
        cleaned = ["nan" if text.strip().lower() in _MISSING else text for text in texts]
        try:
            return np.array(cleaned, dtype=np.float64)
        except ValueError:
            raise self._bad(column, cleaned) from None

    def minutes(self, column: str) -> Ints:
        """ISO times of the local clock as minutes since 1970. Raises RealFileError."""
        texts = self.columns[column]
        try:
            moments = [datetime.fromisoformat(text) for text in texts]
        except ValueError as error:
            raise RealFileError(self.path, [f"column {column!r}: {error}"]) from None
        stamps = np.array([moment.replace(tzinfo=None) for moment in moments], "datetime64[s]")
        return np.asarray(stamps.astype("datetime64[m]").astype(np.int64))

    def _bad(self, column: str, texts: Sequence[str]) -> RealFileError:
        for row, text in enumerate(texts, start=2):
            try:
                float(text)
            except ValueError:
                return RealFileError(
                    self.path, [f"column {column!r} row {row}: {text!r} is no number"]
                )
        return RealFileError(self.path, [f"column {column!r} holds something else than numbers"])


def read_table(path: Path) -> TextTable:
    """The whole file. Raises RealFileError when it is no CSV with a header and rows."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if row]
    except FileNotFoundError:
        raise RealFileError(path, ["there is no such file"]) from None
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
