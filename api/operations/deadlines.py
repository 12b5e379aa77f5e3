"""By when things have to be done: config/operations.toml."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from api.operations.report import Request
from api.operations.stage import Stage
from api.vitals.sign import Colour
from twin.calendar import day_kind
from twin.clock import DAY_MS, MINUTE_MS, local_date, local_midnight
from twin.config import Table, read_toml

FILE = "operations.toml"
Minutes = Annotated[float, Field(gt=0)]
WorkingDays = Annotated[int, Field(gt=0)]
Severity = Literal["blue", "yellow", "orange", "red"]


class Target(Table):
    """Minutes after detection, by stage."""

    confirmed_min: Minutes
    dispatched_min: Minutes
    on_site_min: Minutes
    contained_min: Minutes
    closed_min: Minutes


class Hotline(Table):
    """Working days after a report came in."""

    contact: WorkingDays
    consultation: WorkingDays
    supervised: WorkingDays
    ordinary: WorkingDays
    complex: WorkingDays


class Deadlines(Table):
    """Targets of work orders by severity, and of reports by what they ask for."""

    order: Mapping[Severity, Target]
    report: Hotline


def load_deadlines(config_dir: Path) -> Deadlines:
    """Raises ConfigError for the first mistake."""
    return read_toml(config_dir / FILE, Deadlines)


def order_due(deadlines: Deadlines, severity: Colour, detected_ms: int) -> dict[Stage, int]:
    """When each stage of an order is due; KeyError for a severity without targets."""
    target = deadlines.order[_severity(severity)]
    return {
        stage: detected_ms + round(minutes * MINUTE_MS)
        for stage, minutes in (
            (Stage.CONFIRMED, target.confirmed_min),
            (Stage.DISPATCHED, target.dispatched_min),
            (Stage.ON_SITE, target.on_site_min),
            (Stage.CONTAINED, target.contained_min),
            (Stage.CLOSED, target.closed_min),
        )
    }


def report_due(deadlines: Deadlines, request: Request, received_ms: int) -> tuple[int, int]:
    """When a caller is to be contacted, and when to be answered."""
    days: int = getattr(deadlines.report, request.value)
    contact_ms = after_working_days(received_ms, deadlines.report.contact)
    return contact_ms, after_working_days(received_ms, days)


def after_working_days(t_ms: int, days: int) -> int:
    """The same time of day so many working days later; a free day counts from its end."""
    if not _works(t_ms):
        t_ms = local_midnight(_next_working(t_ms))
    for _ in range(days):
        t_ms = _next_working(t_ms)
    return t_ms


def _next_working(t_ms: int) -> int:
    t_ms += DAY_MS
    while not _works(t_ms):
        t_ms += DAY_MS
    return t_ms


def _works(t_ms: int) -> bool:
    return not day_kind(local_date(t_ms)).free


def _severity(colour: Colour) -> Severity:
    names: dict[str, Severity] = {
        "blue": "blue",
        "yellow": "yellow",
        "orange": "orange",
        "red": "red",
    }
    return names[colour.name_en]
