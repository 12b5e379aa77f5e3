"""The records of coverage over HTTP; shares are in %."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.coverage.book import CoverageBook
from api.coverage.parkplan import ParkPlan
from api.coverage.reach import Coverage
from twin.arrays import Bools

Percent = Annotated[float, Field(ge=0, le=100)]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class ZoneCoverage(Answer):
    """Null where nobody lives."""

    zone: str
    straight: Percent | None
    walking: Percent | None


class CoverageOut(Answer):
    """Share of the residents that reach everything of a theme within `reach_m`.

    `straight` as the crow flies to its edge, `walking` along the streets to its doors; the
    indicator counts the one that `counts` names. `kinds` is the walking share of each kind
    alone, `present` the mean share of the kinds that people reach on foot.
    """

    indicator: str
    name_zh: str
    name_en: str
    reach_m: float
    counts: str
    straight: Percent | None
    walking: Percent | None
    present: Percent | None
    kinds: dict[str, Percent | None]
    zones: list[ZoneCoverage]


class CoverageList(Answer):
    items: list[CoverageOut]


class ParkIn(Answer):
    """A pocket park: its middle in WGS-84 degrees and its area."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    lon: Annotated[float, Field(ge=121.3, le=121.6, examples=[121.4372])]
    lat: Annotated[float, Field(ge=31.1, le=31.3, examples=[31.2098])]
    area_m2: Annotated[float, Field(ge=50, le=50_000, examples=[600])] = 600


class ParkPlanOut(Answer):
    """Coverage by parks before and after, and the residents who gain one.

    `counted` is false for a park below the least area. `in_the_way` are buildings that a square
    of that area would touch: a hint, not a survey.
    """

    counted: bool
    least_m2: float
    before: CoverageOut
    after: CoverageOut
    residents_gained_straight: int
    residents_gained_walking: int
    in_the_way: list[str]


def coverage_out(book: CoverageBook, indicator: str, coverage: Coverage) -> CoverageOut:
    """One theme as a record."""
    facts = book.indicators[indicator]
    straight, walking = coverage.near(coverage.straight_m), coverage.near(coverage.walk_m)
    return CoverageOut(
        indicator=indicator,
        name_zh=facts.name_zh,
        name_en=facts.name_en,
        reach_m=coverage.reach_m,
        counts="walking" if book.parameters(indicator)["on_foot"] else "straight",
        straight=percent(coverage.share(straight)),
        walking=percent(coverage.share(walking)),
        present=percent(coverage.present(coverage.walk_m)),
        kinds={kind: percent(share) for kind, share in coverage.by_kind(coverage.walk_m).items()},
        zones=_zones(book, coverage, straight, walking),
    )


def plan_out(book: CoverageBook, indicator: str, plan: ParkPlan) -> ParkPlanOut:
    """A plan as a record."""
    before, after, residents = plan.before, plan.after, plan.before.demand.residents
    straight = after.near(after.straight_m) & ~before.near(before.straight_m)
    walking = after.near(after.walk_m) & ~before.near(before.walk_m)
    return ParkPlanOut(
        counted=plan.counted,
        least_m2=book.parameters(indicator)["least_m2"],
        before=coverage_out(book, indicator, before),
        after=coverage_out(book, indicator, after),
        residents_gained_straight=round(residents[straight].sum()),
        residents_gained_walking=round(residents[walking].sum()),
        in_the_way=list(plan.in_the_way),
    )


def percent(share: float) -> float | None:
    """A share as %, None for NaN."""
    return None if share != share else round(100 * float(share), 2)


def _zones(
    book: CoverageBook, coverage: Coverage, straight: Bools, walking: Bools
) -> list[ZoneCoverage]:
    ids = book.geography["zone"].ids
    shares = zip(
        ids, coverage.by_zone(straight, len(ids)), coverage.by_zone(walking, len(ids)), strict=True
    )
    return [
        ZoneCoverage(zone=zone, straight=percent(a), walking=percent(b)) for zone, a, b in shares
    ]
