"""The records of forecasts and early warnings over HTTP."""

from typing import Literal

from pydantic import Field

from api.schemas.base import ColourName, Level, Record, Time


class QuantilesOut(Record):
    """In the unit of the forecast: so likely is the value at or below."""

    q05: float
    q25: float
    q50: float
    q75: float
    q95: float


class ChanceOut(Record):
    """Probability that the colour, or a worse one, is reached at that time."""

    blue: float
    yellow: float
    orange: float
    red: float


class SkillOut(Record):
    """What the forecast has shown on the newest third of its past, which it had not learnt from.

    CRPS in the unit of the forecast, mean over the entities of the level; `gain` is the share of
    the better baseline's that it saves. Both baselines carry the quantiles of their own errors.
    """

    crps: float | None
    crps_persistence: float | None
    crps_seasonal_naive: float | None
    gain: float
    coverage_90: float | None = Field(description="Share of values within q05 to q95.")
    forecasts: int


class ForecastLeadOut(Record):
    """One lead; quantiles are null, with a reason, where no forecast is shown."""

    lead_min: int
    t: Time
    quantiles: QuantilesOut | None
    chance: ChanceOut | None
    reason_zh: str
    reason_en: str
    skill: SkillOut


class EarlyWarningOut(Record):
    """A colour that is likely to be reached: when that first becomes as likely as not.

    `probability` is the highest over the leads, a lower bound of being there at some time.
    """

    indicator: str
    indicator_zh: str
    indicator_en: str
    level: Level
    entity: str
    entity_zh: str
    entity_en: str
    colour: ColourName
    probability: float
    t: Time
    issued: Time
    now: float
    unit: str
    text_zh: str
    text_en: str


class ForecastOut(Record):
    """Forecast of one vital sign; without any, `leads` is empty and the reason says why.

    `of` says what is forecast: the value in `unit` where the sign is measured, else its score.
    """

    run: str
    indicator: str
    indicator_zh: str
    indicator_en: str
    level: Level
    entity: str
    entity_zh: str
    entity_en: str
    of: Literal["value", "score"] | None
    unit: str
    issued: Time | None
    learnt_until: Time | None
    method: str | None
    now: float | None
    reason_zh: str
    reason_en: str
    leads: list[ForecastLeadOut]
    warning: EarlyWarningOut | None


class WarningList(Record):
    """Soonest first; `issued` is null before the first forecasts."""

    run: str
    issued: Time | None
    items: list[EarlyWarningOut]
