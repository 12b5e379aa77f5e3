"""What is told of alerts, and how one is acknowledged."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.base import ColourName, Level, Record, Time


class AlertOut(Record):
    """An alert as it is now. `severity` is its colour; `peak` the worst value so far.

    `sensors` are the neurons behind it, the first 50 of `sensor_count`.
    """

    id: str
    rule: str
    indicator: str
    indicator_zh: str
    indicator_en: str
    level: Level
    entity: str
    entity_zh: str
    entity_en: str
    zone: str
    severity: ColourName
    state: Literal["pending", "firing", "resolved"]
    what: str = Field(description="The transition that led here.")
    t: Time = Field(description="When that was.")
    started: Time = Field(description="First breach.")
    fired: Time | None
    resolved: Time | None
    value: float | None
    peak: float | None
    unit: str
    score: float | None
    acknowledged_by: str | None
    acknowledged: Time | None
    note: str
    sensors: tuple[str, ...]
    sensor_count: int
    message_zh: str
    message_en: str
    rule_version: str


class AlertPage(Record):
    """Newest first. `next` is the cursor of the following page, null at the end. `seq` is where
    the feed stands: follow on with `/alerts/stream?after={seq}`."""

    run: str
    seq: int
    items: list[AlertOut]
    next: str | None


class AlertStory(AlertOut):
    """An alert with every transition, oldest first."""

    history: list[AlertOut]


class AcknowledgeIn(BaseModel):
    """Who takes the alert on."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    by: Annotated[str, Field(min_length=1, max_length=80, examples=["湖南街道值班长"])]
    note: Annotated[str, Field(max_length=500)] = ""
