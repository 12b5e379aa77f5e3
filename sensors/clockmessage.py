"""The run's clock as the city publishes it, retained on hengfu/v1/{run}/clock."""

from typing import Annotated

import msgspec

WARMING, RUNNING, PAUSED, STOPPED = "warming", "running", "paused", "stopped"

CityTime = Annotated[int, msgspec.Meta(ge=0, le=7_258_118_400_000)]  # 1970 .. 2200
Speed = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]


class ClockMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Where the run is; times in ms UTC of city time.

    `t` repeats `t_ms` for people. `speed` is city seconds per wall second, None for as fast as
    possible.
    """

    run: str
    t_ms: CityTime
    t: str = ""
    speed: Speed | None = None
    state: str = RUNNING
    area: str = "core"
    seed: int | None = None
    v: int = 1


def encode_clock(clock: ClockMessage) -> bytes:
    return msgspec.json.encode(clock)


def parse_clock(payload: bytes) -> ClockMessage | None:
    """The message, or None when it is not one (for instance a cleared retained topic)."""
    try:
        return msgspec.json.decode(payload, type=ClockMessage)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
