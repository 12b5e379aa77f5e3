"""The verdict, line by line: simulated against real beside real against real."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from api.realism.distances import Distance
from api.realism.limits import RealismLimits
from api.realism.words import number


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the verdict.

    `distance` is of the simulated span from the part to check, `yardstick` that of the real part
    to fit from it; None when the line has an absolute target. `limit` is what was allowed.
    `control` tells whether spare real years in the place of the simulated ones pass; None when
    there are none.
    """

    id: str
    family: str
    name_zh: str
    name_en: str
    unit: str
    relative: bool
    simulated: tuple[float, ...]
    real: tuple[float, ...]
    distance: float
    yardstick: float | None
    floor: float | None
    limit: float
    passed: bool
    reason: str
    control: bool | None = None


def judge(
    simulated: Sequence[Distance],
    yardstick: Sequence[Distance],
    limits: RealismLimits,
    control: Sequence[Distance] = (),
) -> list[Line]:
    """A line per statistic; all distances are from the same part, the first two alike."""
    others = {one.statistic.id: one.value for one in control}
    return [
        _line(sim, real, limits, others.get(sim.statistic.id))
        for sim, real in zip(simulated, yardstick, strict=True)
    ]


def _line(
    simulated: Distance, yardstick: Distance, limits: RealismLimits, control: float | None
) -> Line:
    row = simulated.statistic
    floor = float(getattr(limits.floors, row.floor))
    usual = yardstick.value if math.isfinite(yardstick.value) else 0.0
    limit = max(limits.ratio * usual, floor)
    passed = bool(simulated.value <= limit)
    return Line(
        id=row.id,
        family=row.family,
        name_zh=row.name_zh,
        name_en=row.name_en,
        unit=row.unit,
        relative=row.relative,
        simulated=tuple(float(v) for v in simulated.first),
        real=tuple(float(v) for v in simulated.second),
        distance=simulated.value,
        yardstick=yardstick.value,
        floor=floor,
        limit=limit,
        passed=passed,
        reason="" if passed else why(simulated, limit),
        control=None if control is None else bool(control <= limit),
    )


def why(found: Distance, limit: float) -> str:
    """What is off, and where most: computed from the figures."""
    if not math.isfinite(found.value):
        return "cannot be measured: values are missing or do not vary"
    gap = found.first - found.second
    worst = int(np.argmax(np.abs(gap)))
    side = "too high" if gap[worst] > 0 else "too low"
    at = f" at {place(found.statistic.family, worst, len(gap))}" if len(gap) > 1 else ""
    values = f"{number(float(found.first[worst]))} instead of {number(float(found.second[worst]))}"
    over = f" ({found.value / limit:.1f} x what is allowed)" if limit > 0 else ""
    return f"{side}{at}: {values} {found.statistic.unit}".rstrip() + over


MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def place(family: str, index: int, length: int) -> str:
    """What the element of a profile stands for."""
    if length == 12:
        return MONTHS[index]
    if length == 24:
        return f"{index} h"
    if length == 168:
        return f"{DAYS[index // 24]} {index % 24} h"
    return f"{family} {index + 1}"
