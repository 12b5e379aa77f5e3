"""The shape of config/indicators.toml and config/alerts.toml, one model per table."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from twin.config import Table

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Seconds = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Level = Literal["building", "street", "zone", "quarter"]
SeriesName = Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]


class Dimension(Table):
    """One of the quarter's dimensions and its weight in the composite."""

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*$")]
    name_zh: str
    name_en: str
    weight: Positive


class Composite(Table):
    """How scores are rolled up; the weakest-part rule is `slack`."""

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*$")]
    name_zh: str
    name_en: str
    dimension_slack: NotNegative  # a dimension is at most its weakest indicator plus this
    composite_slack: NotNegative  # the composite is at most its weakest dimension plus this
    missing_limit: Share  # above this share of weight without data there is no score
    mean_share: Share  # upward: this share of the weighted mean ...
    low_percentile: Annotated[float, Field(ge=0, le=100)]  # ... and the rest of this percentile
    trust: dict[Literal["good", "ordinary", "poor"], Share]  # confidence in a neuron by grade


class Colours(Table):
    """When a published colour may change."""

    margin: NotNegative  # points of score above a threshold before a colour improves
    votes: Annotated[int, Field(gt=0)]
    of: Annotated[int, Field(gt=0)]
    improve_windows: NotNegative
    improve_most_s: NotNegative
    window_s: Seconds  # of dimensions and the composite


class Indicator(Table):
    """One `[[indicator]]`: reducers over one series (`of`), or a formula over named inputs.

    Without a weight it is watched and can alert, but does not count in its dimension. An entity
    with fewer than `least_neurons` is not rated: a share of three means little. What is not
    `public` is never open data.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*$")]
    name_zh: str
    name_en: str
    dimension: str
    weight: Positive | None = None
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    public: bool = True
    unit: str
    anchors: tuple[float, float, float, float, float, float]
    source: str
    window_s: Seconds
    of: SeriesName | None = None
    over_time: str | None = None
    over_space: str | None = None
    per: str | None = None
    scale: float = 1.0
    absolute: bool = False
    least_neurons: Annotated[int, Field(gt=0)] = 1
    formula: str | None = None
    inputs: Mapping[str, SeriesName] = Field(default_factory=dict)
    parameters: Mapping[str, float] = Field(default_factory=dict)

    @property
    def roles(self) -> Mapping[str, str]:
        """Role -> "kind.quantity"; generic indicators and one-input formulas use role `of`."""
        return self.inputs if self.of is None else {"of": self.of}


class IndicatorsFile(Table):
    composite: Composite
    colours: Colours
    dimension: Annotated[tuple[Dimension, ...], Field(min_length=1)]
    indicator: Annotated[tuple[Indicator, ...], Field(min_length=1)]


class Rule(Table):
    """One `[[rule]]`: an alert on the score bands of an indicator.

    `level` defaults to the indicator's own first level. Messages may use {entity}, {value},
    {unit}, {score} and {colour}.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    indicator: str
    level: Level | None = None
    hold_s: Annotated[int, Field(ge=0)]
    clear_s: Annotated[int, Field(ge=0)]
    life_safety: bool = False
    margin: NotNegative = 3.0
    least: Literal["blue", "yellow", "orange", "red"] = "blue"
    message_zh: str
    message_en: str


class AlertsFile(Table):
    rule: tuple[Rule, ...] = ()
