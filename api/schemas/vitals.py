"""What is told of vital signs."""

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import ColourName, Level, Record, Score, Time


class VitalSignOut(Record):
    """One vital sign of one entity; `name` and `entity_name` in the language asked for.

    `value` (in `unit`) and `score` (0 bad .. 100 good) are null when missing, never 0; `status`
    and `reason` say why. `confidence` is 0..1. `sensors` are the neurons behind it, the first 50
    of `sensor_count`; in a tree they are counted only.
    """

    indicator: str
    name: str
    name_zh: str
    name_en: str
    level: Level
    entity: str
    entity_name: str
    entity_zh: str
    entity_en: str
    t: Time
    value: float | None
    unit: str
    score: Score | None
    colour: ColourName | None
    confidence: Annotated[float, Field(ge=0, le=1)]
    status: Literal["ok", "missing", "not_applicable", "insufficient"]
    reason: str
    sensors: tuple[str, ...]
    sensor_count: int
    rule_version: str


class DimensionOut(VitalSignOut):
    """A dimension with its indicators."""

    indicators: list[VitalSignOut]


class VitalTree(VitalSignOut):
    """The composite of one entity with its dimensions.

    At the quarter `overall_colour` also counts the firing alerts; elsewhere it is the colour.
    """

    run: str
    overall_colour: ColourName | None
    dimensions: list[DimensionOut]


class VitalList(Record):
    run: str
    t: Time
    items: list[VitalSignOut]


class VitalPoint(Record):
    """Means over the step; `low` and `high` are the range of the value, `worst` the lowest score.

    Of a minute all are the same.
    """

    t: Time
    value: float | None
    score: float | None
    confidence: float
    low: float | None
    high: float | None
    worst: float | None


class VitalHistoryOut(Record):
    """Oldest first; `step_s` is the width of a point, null for what was stored each minute."""

    run: str
    indicator: str
    level: Level
    entity: str
    unit: str
    start: Time
    end: Time
    step_s: int | None
    items: list[VitalPoint]


class IndicatorOut(Record):
    """`anchors` are the values at score 100, 80, 60, 40, 20, 0; the middle four begin colours."""

    indicator: str
    name_zh: str
    name_en: str
    dimension: str
    weight: float | None
    unit: str
    levels: list[Level]
    anchors: tuple[float, ...]
    window_s: int
    source: str


class IndicatorList(Record):
    rule_version: str
    items: list[IndicatorOut]
