"""What a statistic is: a measure, the columns it needs, and the floor of its distance."""

from collections.abc import Callable
from dataclasses import dataclass

from api.realism.series import Series
from twin.arrays import Floats

Measure = Callable[[Series], Floats | float]


@dataclass(frozen=True, slots=True)
class Statistic:
    """One row: what is measured, on which columns, and which floor its distance has."""

    id: str
    family: str
    needs: tuple[str, ...]
    measure: Measure
    floor: str
    unit: str
    name_zh: str
    name_en: str
    relative: bool = False
