"""Neurons and what they read."""

from api.schemas.base import Record, Time
from api.schemas.why import NeuronTrust


class QuantityOut(Record):
    """`per_unit` turns the wire unit (SenML) into the display unit."""

    quantity: str
    unit: str
    wire_unit: str
    per_unit: float
    states: tuple[str, ...]


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
