"""Coefficients by kind of road, structure and day, as tables that forbid a missing kind."""

import numpy as np

from twin.arrays import Array, Floats
from twin.calendar import DayKind
from twin.config import Table
from twin.profiles import NotNegative, Positive


class ByRoadClass(Table):
    """One number per class of road."""

    primary: NotNegative
    secondary: NotNegative
    tertiary: NotNegative
    residential: NotNegative

    def rows(self, classes: Array) -> Floats:
        """The number of each row; a class that is not listed counts as residential."""
        return _rows(self, classes, "residential")


class ByStructure(Table):
    """One number per kind of structure."""

    rc: Positive
    brick: Positive
    timber: Positive

    def rows(self, structures: Array) -> Floats:
        """The number of each row; a structure that is not listed counts as brick."""
        return _rows(self, structures, "brick")


class ByDayKind(Table):
    """One factor per kind of day."""

    weekday: Positive
    friday: Positive
    saturday: Positive
    sunday: Positive
    holiday: Positive
    golden_peak: Positive
    golden: Positive
    spring_first: Positive
    spring: Positive
    makeup: Positive

    def of(self, kind: DayKind) -> float:
        """The factor of this kind of day."""
        return float(getattr(self, kind.value))


def _rows(table: Table, names: Array, other: str) -> Floats:
    values = table.model_dump()
    return np.array([values.get(str(name), values[other]) for name in names], np.float64)
