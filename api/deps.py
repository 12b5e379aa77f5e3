"""What route handlers ask for, as type aliases."""

import re
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from api.names import QUARTER
from api.problems import Problem, invalid, unavailable, unknown
from api.service import Services
from api.vitals.sign import VitalFrame
from twin.clock import iso, parse_time

_EARLIEST_MS, _LATEST_MS = 0, 7_258_118_400_000  # 1970 .. 2200
_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")  # "+08:00" written into a URL without escaping


def to_ms(text: object) -> int:
    """RFC 3339 to ms UTC; ValueError says what was expected."""
    if not isinstance(text, str) or len(text) > 40:
        raise ValueError("expected a time such as 2026-05-01T15:00:00+08:00")
    try:
        t_ms = parse_time(_LOST_PLUS.sub(r"+\1", text))
    except OverflowError:
        raise ValueError(f"{text!r} is out of range") from None
    if not _EARLIEST_MS <= t_ms <= _LATEST_MS:
        raise ValueError(f"{text!r} is not between 1970 and 2200")
    return t_ms


TimeMs = Annotated[
    int,
    BeforeValidator(to_ms),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "description": "RFC 3339; Shanghai time without an offset.",
        }
    ),
]
Id = Annotated[str, Query(min_length=1, max_length=160)]


class Parameters(BaseModel):
    """Base of query models: an unknown parameter is an error, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OfRun(Parameters):
    """Answers are for the live run unless another is named."""

    run: Annotated[str | None, Query(max_length=80, description="The live run by default.")] = None


def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


Service = Annotated[Services, Depends(services)]


def newest(service: Services) -> VitalFrame:
    """The newest vital signs; 503 before the first."""
    if service.monitor.frame is None:
        raise unavailable("no-vital-signs-yet", "No vital signs yet: the city was not heard long.")
    return service.monitor.frame


def frame(service: Service) -> VitalFrame:
    return newest(service)


Frame = Annotated[VitalFrame, Depends(frame)]


def last_event_id(
    header: Annotated[
        str | None,
        Header(alias="Last-Event-ID", description="Resume after this event; sent by browsers."),
    ] = None,
) -> int | None:
    if header is None or header == "":
        return None
    if not header.isdigit() or len(header) > 18:
        raise invalid("Last-Event-ID", "expected the id of an event of this feed")
    return int(header)


LastEventId = Annotated[int | None, Depends(last_event_id)]


def run_of(service: Services, run: str | None) -> str:
    """The named run, or the live one; 404 when the store does not know it."""
    if run is None or run == service.run:
        return service.run
    if run not in {span.run for span in service.store.runs()}:
        raise unknown("run", run)
    return run


def entity_of(service: Services, level: str, entity: str | None) -> str:
    """The entity, which must exist; the quarter needs no name."""
    if entity is None and level == "quarter":
        return QUARTER
    if entity is None:
        raise invalid("entity", f"expected with level {level}")
    if not service.names.exists(level, entity):
        raise unknown(level, entity)
    return entity


def span_of(
    service: Services, start_ms: int | None, end_ms: int | None, default_ms: int
) -> tuple[int, int]:
    """Start and end: up to now, and that much before the end, where not given; 422 if reversed."""
    end = end_ms if end_ms is not None else service.clock.now_ms() + 1
    start = start_ms if start_ms is not None else end - default_ms
    if start >= end:
        raise invalid("start", f"{iso(start)} is not before the end, {iso(end)}")
    return start, end


def conflict(kind: str, detail: str) -> Problem:
    """409: not in the state that things are in."""
    return Problem(409, kind, detail)
