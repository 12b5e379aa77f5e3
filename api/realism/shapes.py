"""Weekly shapes of people and cars: hour × weekday profiles and how unequal the days are.

The level is left out: real sites lie in other cities. Targets are absolute; what two parts of
the same real site reach is told beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from api.realism import measures
from api.realism.limits import RealismLimits
from api.realism.lines import Line, place
from api.realism.series import Series
from api.realism.split import Split
from api.realism.words import number
from twin.arrays import Floats


@dataclass(frozen=True, slots=True)
class SiteKind:
    """Real sites of one kind and the simulated column that stands for them."""

    id: str
    name_zh: str
    name_en: str
    sites: tuple[str, ...]
    simulated: str


def mean_profile(series: Series, sites: Sequence[str]) -> Floats:
    """Mean of the sites' profiles, each over its own mean; 168 values."""
    return np.asarray(np.mean([measures.week_profile(series, site) for site in sites], axis=0))


def mean_cv2(series: Series, sites: Sequence[str]) -> float:
    """Median over the sites of the variance of the days over the square of their mean."""
    return float(np.median([measures.daily_cv2(series, site) for site in sites]))


def shape_lines(
    kind: SiteKind, simulated: Series, parts: Split, limits: RealismLimits
) -> list[Line]:
    """Profile and daily variance of one kind of site, against the part to check."""
    return [_profile(kind, simulated, parts, limits), _variance(kind, simulated, parts, limits)]


def _profile(kind: SiteKind, simulated: Series, parts: Split, limits: RealismLimits) -> Line:
    made = measures.week_profile(simulated, kind.simulated)
    real, other = (mean_profile(part, kind.sites) for part in (parts.check, parts.fit))
    r = measures.correlation(made, real)
    passed = bool(r >= limits.profile_correlation)
    return Line(
        id=f"{kind.id}.week",
        family="profile",
        name_zh=f"{kind.name_zh}：时段×星期（1 − 相关系数）",
        name_en=f"{kind.name_en}: hour × weekday, 1 - correlation",
        unit="",
        relative=False,
        simulated=tuple(float(v) for v in made),
        real=tuple(float(v) for v in real),
        distance=1 - r,
        yardstick=1 - measures.correlation(other, real),
        floor=None,
        limit=1 - limits.profile_correlation,
        passed=passed,
        reason="" if passed else _why_profile(made, real, r),
    )


def _why_profile(made: Floats, real: Floats, r: float) -> str:
    gap = made - real
    if not np.isfinite(gap).all():
        return "cannot be measured: an hour of the week is missing"
    worst = int(np.argmax(np.abs(gap)))
    side = "too high" if gap[worst] > 0 else "too low"
    values = f"{number(float(made[worst]))} instead of {number(float(real[worst]))} of the mean"
    return f"correlation {number(r)}; most {side} at {place('profile', worst, 168)}: {values}"


def _variance(kind: SiteKind, simulated: Series, parts: Split, limits: RealismLimits) -> Line:
    made = measures.daily_cv2(simulated, kind.simulated)
    real, other = (mean_cv2(part, kind.sites) for part in (parts.check, parts.fit))
    distance, limit = abs(made / real - 1), limits.daily_variance_pct / 100
    passed = bool(distance <= limit)
    side = "too equal" if made < real else "too unequal"
    return Line(
        id=f"{kind.id}.days",
        family="profile",
        name_zh=f"{kind.name_zh}：日总量方差",
        name_en=f"{kind.name_en}: variance of the days over their mean squared",
        unit="",
        relative=True,
        simulated=(made,),
        real=(real,),
        distance=distance,
        yardstick=abs(other / real - 1),
        floor=None,
        limit=limit,
        passed=passed,
        reason="" if passed else f"days are {side}: {number(made)} instead of {number(real)}",
    )
