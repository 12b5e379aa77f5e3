"""Readiness, features of the map, problems."""

from typing import Any, Literal

from api.schemas.base import Record


class Ready(Record):
    """`checks` has one entry per dependency: "ok", or what is wrong."""

    ready: bool
    run: str
    checks: dict[str, str]


class Feature(Record):
    """A GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class FieldProblem(Record):
    pointer: str
    detail: str


class ProblemOut(Record):
    """RFC 9457 problem details, sent as application/problem+json."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldProblem] | None = None
