"""Runs and their dead letters."""

from api.schemas.base import Record, Time


class RunOut(Record):
    run: str
    live: bool
    first: Time | None
    last: Time | None


class RunList(Record):
    items: list[RunOut]


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
