"""Time: integer milliseconds UTC, the city's local hour, and the only wall clock."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import TypeVar

from twin.arrays import Ints

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # UTC+8, no daylight saving since 1991
_OFFSET_MS = 8 * HOUR_MS
_EPOCH = date(1970, 1, 1).toordinal()
Time = TypeVar("Time", int, Ints)


def wall_ms() -> int:
    """Now by the wall clock of this machine."""
    return time.time_ns() // 1_000_000


def iso(t_ms: int) -> str:
    """RFC 3339 in Shanghai time, to the millisecond: 2026-05-01T15:20:00.000+08:00."""
    return datetime.fromtimestamp(t_ms / 1000, SHANGHAI).isoformat(timespec="milliseconds")


def parse_time(text: str) -> int:
    """Milliseconds UTC from RFC 3339; without an offset the time is Shanghai's.

    Raises ValueError with the text when it is not a time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time such as 2026-05-01T15:00:00+08:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=SHANGHAI)
    try:
        return round(moment.astimezone(UTC).timestamp() * 1000)
    except OverflowError:
        raise ValueError(f"{text!r} is out of range") from None


def local_hour(t_ms: int) -> float:
    """Hour of the day in Shanghai, 0 <= h < 24."""
    return ((t_ms + _OFFSET_MS) % DAY_MS) / HOUR_MS


def local_date(t_ms: int) -> date:
    """Calendar date in Shanghai."""
    return _date((t_ms + _OFFSET_MS) // DAY_MS)


@lru_cache(maxsize=64)  # asked at every step
def _date(day: int) -> date:
    """The date so many days after 1970."""
    return date.fromordinal(_EPOCH + day)


def day_of_year(t_ms: int) -> float:
    """Day of the year with its fraction, 0 at local midnight of 1 January."""
    day = local_date(t_ms)
    return (day - date(day.year, 1, 1)).days + local_hour(t_ms) / 24


def local_midnight(t_ms: Time) -> Time:
    """The start of the Shanghai day that holds t_ms, or of each of many times."""
    return t_ms - (t_ms + _OFFSET_MS) % DAY_MS


@dataclass(slots=True)
class Pace:
    """How fast city time runs against the wall: 1, 60, or None for as fast as possible."""

    speed: float | None
    city_ms: int
    wall_started_ms: int

    @classmethod
    def start(cls, speed: float | None, city_ms: int) -> "Pace":
        return cls(speed, city_ms, wall_ms())

    def wait_s(self, city_ms: int, now_ms: int) -> float:
        """Wall seconds to wait at wall time now_ms until the city may reach city_ms."""
        if self.speed is None:
            return 0.0
        due_ms = self.wall_started_ms + (city_ms - self.city_ms) / self.speed
        return max(0.0, (due_ms - now_ms) / 1000)
