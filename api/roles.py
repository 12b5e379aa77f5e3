"""Who may do what: one table from roles to doors, and the mark that puts a route behind a door."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

MARK = "x-door"  # shown in the description of the interface


class Door(StrEnum):
    """A kind of thing that can be done over HTTP."""

    READ = "read"
    ACKNOWLEDGE = "acknowledge"
    STEER = "steer"  # incidents and the speed of the city
    ADMINISTER = "administer"  # deleting runs, API keys


class Role(StrEnum):
    """What an API key was made for."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    EXAMINER = "examiner"
    ADMIN = "admin"


OPENS: Mapping[Role, frozenset[Door]] = {
    Role.VIEWER: frozenset({Door.READ}),
    Role.OPERATOR: frozenset({Door.READ, Door.ACKNOWLEDGE}),
    Role.EXAMINER: frozenset({Door.READ, Door.ACKNOWLEDGE, Door.STEER}),
    Role.ADMIN: frozenset(Door),
}


def behind(door: Door) -> dict[str, str]:
    """For `openapi_extra=` of a route."""
    return {MARK: door.value}


def door_of(method: str, marks: Mapping[str, Any] | None) -> Door | None:
    """The door of a route; reading needs no mark, and an unmarked route that acts opens to none."""
    marked = (marks or {}).get(MARK)
    if marked is not None:
        return Door(marked)
    return Door.READ if method in ("GET", "HEAD") else None
