"""A regular series of measurements: one row per step of local time, missing values as NaN."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.arrays import Array, Bools, Floats, Ints

HOUR_MIN, DAY_MIN, WEEK_MIN = 60, 1440, 10080
_MONDAY_MIN = 4 * DAY_MIN  # 1970-01-05 was the first Monday


@dataclass(frozen=True, slots=True)
class Series:
    """Columns of equal length that begin at `first_min`, minutes since 1970 by the local clock.

    kind: what was measured (weather_air, air, pedestrians, vehicles, sound). Column names carry
    their unit; pedestrian columns are the names of the sites.
    """

    kind: str
    first_min: int
    step_min: int
    columns: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, column: str) -> Floats:
        return self.columns[column]

    def __contains__(self, column: object) -> bool:
        return column in self.columns

    @property
    def minutes(self) -> Ints:
        """Start of every row, minutes since 1970 by the local clock."""
        return self.first_min + self.step_min * np.arange(len(self), dtype=np.int64)

    @property
    def times(self) -> Array:
        """Start of every row as datetime64, local clock."""
        return self.minutes.astype("datetime64[m]")

    @property
    def hour(self) -> Ints:
        """Local hour of the day, 0 to 23."""
        return self.minutes // HOUR_MIN % 24

    @property
    def weekday(self) -> Ints:
        """0 Monday to 6 Sunday."""
        return (self.minutes // DAY_MIN + 3) % 7

    @property
    def day(self) -> Ints:
        """Days since 1970."""
        return self.minutes // DAY_MIN

    @property
    def week(self) -> Ints:
        """Weeks since 1970, from Monday."""
        return (self.minutes - _MONDAY_MIN) // WEEK_MIN

    @property
    def month(self) -> Ints:
        """0 January to 11 December."""
        return self.times.astype("datetime64[M]").astype(np.int64) % 12

    @property
    def year(self) -> Ints:
        """Calendar year."""
        return self.times.astype("datetime64[Y]").astype(np.int64) + 1970

    def rows(self, low: int, high: int) -> "Series":
        """The rows from low up to but without high."""
        cut = {name: values[low:high] for name, values in self.columns.items()}
        return Series(self.kind, self.first_min + low * self.step_min, self.step_min, cut)

    def years(self, first: int, last: int) -> "Series":
        """Whole calendar years, both included. ValueError when the series has none of them."""
        inside = np.flatnonzero((self.year >= first) & (self.year <= last))
        if not len(inside):
            raise ValueError(f"no hours in {first} to {last}")
        return self.rows(int(inside[0]), int(inside[-1]) + 1)

    def only(self, *columns: str) -> "Series":
        """The same rows with these columns alone."""
        return self.having({name: self.columns[name] for name in columns})

    def having(self, columns: Mapping[str, Floats]) -> "Series":
        """The same rows with other columns."""
        return Series(self.kind, self.first_min, self.step_min, columns)


def complete(*values: Floats) -> Bools:
    """True where none of them is missing."""
    return np.asarray(~np.isnan(np.vstack(values)).any(axis=0))
