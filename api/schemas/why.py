"""Why a vital sign is what it is, down to the neurons."""

from pydantic import Field

from api.schemas.base import Record, Score, Time
from api.schemas.vitals import VitalSignOut


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
    drifting: float
    stuck_since: Time | None
