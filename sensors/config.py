"""The shape of config/neurons.toml; the rules that need more than one field are in catalogue."""

from typing import Annotated, Literal

from pydantic import Field

from twin.config import Table

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
TruthName = Annotated[str, Field(pattern=r"^[a-z]+\.[a-z0-9_]+$")]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]
Attribute = bool | float | str


class FadeTable(Table):
    """What takes a leak away: none of it is left from `over` on."""

    truth: TruthName
    over: Positive


class CrossTable(Table):
    """Another quantity that leaks in: value * (1 + mul * excess) + add * excess."""

    truth: TruthName
    above: float
    add: float = 0.0
    mul: float = 0.0
    fades: FadeTable | None = None


class QuantityTable(Table):
    """One `[[kind.quantity]]`; lengths of the scale are in the display unit."""

    id: Slug
    truth: TruthName
    unit: str = ""
    display_unit: str = ""
    per_unit: Positive = 1.0
    low: float = 0.0
    high: float = 1.0
    resolution: Positive = 1.0
    noise_abs: NotNegative = 0.0
    noise_rel: NotNegative = 0.0
    gain_scale: NotNegative = 1.0
    temp_coef: float = 0.0
    drift_per_year: float = 0.0
    delta: NotNegative = 0.0
    dither: bool = False
    circular: bool = False
    boolean: bool = False
    above: float = 0.5
    error_rate: Share = 0.0
    states: tuple[str, ...] = ()
    cross: CrossTable | None = None


class KindTable(Table):
    """One `[[kind]]`."""

    id: Slug
    number: Annotated[int, Field(gt=0)]
    name_zh: str
    name_en: str
    on: Slug
    per: Positive | None = None
    every_m: Positive | None = None
    per_km2: Positive | None = None
    where: dict[str, Attribute | list[Attribute]] = Field(default_factory=dict)
    cadence_s: Annotated[int, Field(gt=0)]
    report: Literal["periodic", "change"] = "periodic"
    heartbeat_s: Annotated[int, Field(gt=0)] | None = None
    net: Literal["W", "N", "L"]
    grade: Literal["good", "ordinary", "poor"]
    history_s: Annotated[int, Field(gt=0)] | None = None
    radius_m: Positive
    minimum: bool = False
    backup: bool = False
    quantity: Annotated[list[QuantityTable], Field(min_length=1)]


class NeuronsFile(Table):
    """The whole file."""

    kind: Annotated[list[KindTable], Field(min_length=1)]
