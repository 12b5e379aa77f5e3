"""A report: what a person told the city, by telephone, app or one-touch button."""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """How it came in."""

    HOTLINE = "12345"
    ONE_TOUCH = "one_touch"  # 一键通, elders
    APP = "app"  # 随申办


class Request(StrEnum):
    """What is asked for; it decides the time there is to answer."""

    CONSULTATION = "consultation"
    SUPERVISED = "supervised"
    ORDINARY = "ordinary"
    COMPLEX = "complex"


@dataclass(frozen=True, slots=True)
class Report:
    """Times in ms UTC, None while it has not happened. No names, numbers or addresses: the
    finest place is a zone.

    `contacted_ms` is the first contact by a human. `solved` and `satisfied` are what the caller
    said at the follow-up, `rated_ms`.
    """

    id: str
    channel: Channel
    matter: str
    zone: str
    received_ms: int
    request: Request = Request.ORDINARY
    contact_due_ms: int | None = None
    answer_due_ms: int | None = None
    contacted_ms: int | None = None
    closed_ms: int | None = None
    rated_ms: int | None = None
    solved: bool | None = None
    satisfied: bool | None = None
    order: str | None = None

    @property
    def last_ms(self) -> int:
        """The newest time it speaks of."""
        times = (self.contact_due_ms, self.answer_due_ms, self.contacted_ms, self.closed_ms)
        return max(self.received_ms, self.rated_ms or 0, *(time or 0 for time in times))
