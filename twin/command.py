"""Orders to the city that travel back over MQTT; each is repeated until acknowledged."""

from typing import Annotated

import msgspec

# One level of a topic, for the answer goes to acks/{id}.
CommandId = Annotated[str, msgspec.Meta(pattern=r"^[^/+#\s\x00]{1,80}$")]
CityTime = Annotated[int, msgspec.Meta(ge=0, le=7_258_118_400_000)]  # 1970 .. 2200


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One order: `inject`, `stop_incident`, `speed`, `pause` or `resume`, with its arguments.

    Times are ms UTC of the run's clock; `effective_at_ms` None means at the next step.
    """

    id: CommandId
    action: str
    arguments: dict[str, str | float | int | bool | None] = {}
    effective_at_ms: CityTime | None = None
    v: int = 1


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """What the city answers: accepted (with what it made, e.g. an incident id) or why not."""

    command: str
    accepted: bool
    detail: str = ""
    t_ms: int = 0
    v: int = 1
