"""The records of the HTTP interface; field names carry units, times are RFC 3339 with +08:00."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.keys import DAYS, NAME_LENGTH
from api.keys import State as KeyState
from api.roles import Role
from sensors.faults.label import Fault

Time = Annotated[
    str,
    Field(json_schema_extra={"format": "date-time"}, examples=["2026-05-01T15:20:00.000+08:00"]),
]
ColourName = Literal["normal", "blue", "yellow", "orange", "red"]
Level = Literal["building", "street", "zone", "quarter"]
Score = Annotated[float, Field(ge=0, le=100)]


class Record(BaseModel):
    """Base of all of them."""

    model_config = ConfigDict(frozen=True)


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


class QuantityOut(Record):
    """`per_unit` turns the wire unit (SenML) into the display unit."""

    quantity: str
    unit: str
    wire_unit: str
    per_unit: float
    states: tuple[str, ...]


class WhyRule(Record):
    """How the measured sign at the end of the path is worked out; `version` of all rules."""

    version: str
    measured_as: str
    inputs: dict[str, str]
    window_s: int | None = None
    parameters: dict[str, float] = Field(default_factory=dict)
    anchors: tuple[float, float, float, float, float, float] | None
    source: str = ""


class WhyPart(Record):
    """A sign that goes into this one: its weight, and its share among those with a score."""

    weight: float
    share: float
    sign: VitalSignOut


class LastOut(Record):
    """The newest believed reading of a quantity, in its display unit."""

    t: Time
    value: float | None


class WhyInput(Record):
    """A neuron behind the measured sign at the end of the path.

    `alone` is the value that it alone would give, `weight` its share in the value, `believed`
    whether it counted at all, and `reasons` what speaks against it.
    """

    sensor: str
    alone: float | None
    score: Score | None
    weight: float
    trust: float
    believed: bool
    reasons: list[str]
    last: dict[str, LastOut]
    readings: str


class WhyOut(Record):
    """Why a vital sign is what it is, down to what neurons said.

    `limited_by`: `measured`; `mean_and_low` (0.7 mean + 0.3 low percentile of the entities below);
    `mean`, or `short_board` when the weakest part holds it down to `ceiling`. `path` leads over
    the worst part to a measured sign, whose first 50 neurons are `inputs`, of `input_count`.
    """

    run: str
    sign: VitalSignOut
    rule: WhyRule
    limited_by: str
    mean: float | None
    ceiling: float | None
    parts: list[WhyPart]
    path: list[VitalSignOut]
    inputs: list[WhyInput]
    input_count: int


class NeuronTrust(Record):
    """How far a neuron is trusted: `trust` counts its grade and silence, `quality` what its
    readings say. A neuron that is not `believed` does not move vital signs."""

    t: Time
    trust: float
    quality: float
    believed: bool
    reasons: list[str]
    refused_share: float
    two_voices: bool
    unlike_neighbours: float
    stuck_since: Time | None


class SensorOut(Record):
    """A neuron: `entity` is what carries it, `cadence_s` how often it reports."""

    id: str
    kind: str
    kind_zh: str
    kind_en: str
    table: str
    entity: str
    zone: str
    gateway: str
    lon: float
    lat: float
    cadence_s: float
    quantities: list[QuantityOut]
    trust: NeuronTrust | None = None


class SensorPage(Record):
    total: int
    items: list[SensorOut]
    next: str | None


class ReadingOut(Record):
    """`value` is in the display unit of its quantity, null where the reading is a state.

    With `step_s` it is the mean of the step, `low` and `high` are its range and `count` the
    readings behind it.
    """

    t: Time
    quantity: str
    value: float | None
    unit: str
    state: str | None = None
    low: float | None = None
    high: float | None = None
    count: int | None = None


class ReadingList(Record):
    """The newest readings of the span, oldest first; `truncated` when there were more."""

    run: str
    sensor: str
    start: Time
    end: Time
    truncated: bool
    step_s: int | None = None
    items: list[ReadingOut]


class LatestOut(ReadingOut):
    sensor: str


class LatestList(Record):
    """The newest reading of every series that has said anything, ordered as the neurons are."""

    run: str
    now: Time
    items: list[LatestOut]


class ScenarioOut(Record):
    id: str
    code: str | None
    name_zh: str
    name_en: str
    department: str
    severity: str
    target: str = Field(description="The table whose entities it happens to.")
    duration_s: float
    magnitude: float
    magnitude_range: tuple[float, float]


class SimulationOut(Record):
    """The running city. `speed` is city seconds per wall second, null for as fast as possible."""

    run: str
    state: str
    t: Time | None
    speed: float | None
    area: str
    seed: int | None
    clock_age_s: float | None = Field(description="Wall seconds since the city was heard.")
    scenarios: list[ScenarioOut]


class IncidentIn(BaseModel):
    """What shall happen; the scenario's own values where nothing is given."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    scenario: Annotated[str, Field(max_length=80, examples=["crowd_surge"])]
    target: Annotated[str | None, Field(max_length=120, description="Entity id.")] = None
    start: Annotated[
        str | None, Field(max_length=40, description="RFC 3339 city time; now when not given.")
    ] = None
    duration_s: Annotated[float | None, Field(ge=10, le=30 * 86_400)] = None
    magnitude: Annotated[float | None, Field(gt=0)] = None


class IncidentOut(Record):
    incident: str
    command: str
    scenario: str


class FaultIn(BaseModel):
    """A device fault: the truth of the city stays as it is, what neurons say does not."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    fault: Fault
    target: Annotated[
        str,
        Field(
            min_length=1,
            max_length=4_000,
            description="A neuron, a gateway `zone/gateway`, or several separated by commas.",
        ),
    ]
    start: Annotated[
        str | None, Field(max_length=40, description="RFC 3339 city time; now when not given.")
    ] = None
    duration_s: Annotated[float, Field(ge=10, le=30 * 86_400)] = 3600
    size: Annotated[
        float | None, Field(description="In the unit of config/faults.toml; a usual one if absent.")
    ] = None


class SpeedIn(BaseModel):
    """City seconds per wall second; null for as fast as possible."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    speed: Annotated[float, Field(ge=0.1, le=10_000)] | None


class CommandOut(Record):
    command: str
    detail: str


class RunOut(Record):
    run: str
    live: bool
    first: Time | None
    last: Time | None


class RunList(Record):
    items: list[RunOut]


class KeyIn(BaseModel):
    """A new API key; without `expires_days` it holds until it is revoked."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH, examples=["指挥大屏"])]
    role: Role
    expires_days: Annotated[int | None, Field(ge=1, le=DAYS)] = None


class KeyOut(Record):
    """What is known of an API key; `key` is its id, the times are wall time."""

    key: str
    name: str
    role: Role
    state: KeyState
    created: Time
    expires: Time | None
    revoked: Time | None


class KeyMade(KeyOut):
    """With the token, which is not kept and cannot be shown again."""

    token: str


class KeyList(Record):
    items: list[KeyOut]


class DeadLetterOut(Record):
    """A refused payload; `received` is wall time, `payload` its beginning as text."""

    received: Time
    topic: str
    reason: str
    detail: str
    payload: str


class DeadLetterList(Record):
    run: str
    items: list[DeadLetterOut]


class Ready(Record):
    """`checks` has one entry per dependency: "ok", or what is wrong."""

    ready: bool
    run: str
    checks: dict[str, str]


class Feature(Record):
    """A GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class FieldProblem(Record):
    pointer: str
    detail: str


class ProblemOut(Record):
    """RFC 9457 problem details, sent as application/problem+json."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldProblem] | None = None
