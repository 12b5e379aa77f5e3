"""What all records share."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

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
