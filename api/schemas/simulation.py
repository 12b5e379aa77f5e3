"""The simulated city: its state, and what may be asked of it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.base import Record, Time
from sensors.faults.label import Fault


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
