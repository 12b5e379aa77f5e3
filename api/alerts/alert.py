"""One alert and how it changes: pending -> firing -> resolved, in event time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from api.vitals.sign import Colour

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class State(Enum):
    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


class What(Enum):
    """What happened to an alert."""

    PENDING = "pending"
    FIRING = "firing"
    ESCALATED = "escalated"
    EASED = "eased"
    RESOLVED = "resolved"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class Alert:
    """Times are ms UTC of the run. `started_ms` is the first breach, `peak` the worst value.

    `worse` is the mildest colour seen since `worse_ms` while above the severity, `better` the
    worst since `better_ms` while below it: what it would become once that has lasted.
    A pending alert that goes away is resolved with `fired_ms` None: it never was one.
    """

    id: str
    rule: str
    indicator: str
    level: str
    entity: str
    zone: str
    severity: Colour
    state: State
    started_ms: int
    fired_ms: int | None = None
    resolved_ms: int | None = None
    value: float | None = None
    score: float | None = None
    peak: float | None = None
    peak_score: float | None = None
    acknowledged_by: str | None = None
    acknowledged_ms: int | None = None
    note: str = ""
    sensors: tuple[str, ...] = ()
    message_zh: str = ""
    message_en: str = ""
    rule_version: str = ""
    worse: Colour | None = None
    worse_ms: int | None = None
    better: Colour | None = None
    better_ms: int | None = None


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """A transition; `alert` is how it is afterwards."""

    alert: Alert
    what: What
    t_ms: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What a frame says about the entity of an alert.

    `severity` is the colour of the score, `relaxed` that of the score less the margin: an alert
    worsens by the first and improves only by the second.
    """

    severity: Colour
    relaxed: Colour
    value: float | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a breach must last to fire or escalate, and its end to ease or resolve."""

    hold_ms: int
    clear_ms: int


def step(alert: Alert, seen: Seen | None, timing: Timing, now: int) -> tuple[Alert, list[What]]:
    """The alert after looking at its entity once; `seen` is None while the data is missing.

    Missing data changes nothing: it neither fires nor resolves.
    """
    if seen is None or alert.state is State.RESOLVED:
        return alert, []
    alert = _noted(alert, seen)
    if alert.state is State.PENDING:
        return _pending(alert, seen, timing, now)
    return _firing(alert, seen, timing, now)


def acknowledge(alert: Alert, by: str, note: str, now: int) -> Alert:
    """Someone has it; the first to say so stays."""
    if alert.acknowledged_by is not None:
        return alert
    return replace(alert, acknowledged_by=by, acknowledged_ms=now, note=note)


def alert_id(started_ms: int, rule: str, entity: str) -> str:
    """Sorts by time; the same breach has the same id in every replay."""
    digits = ""
    while started_ms:
        started_ms, digit = divmod(started_ms, 36)
        digits = _DIGITS[digit] + digits
    return f"{digits:0>9}-{rule}-{entity}"


def to_payload(alert: Alert) -> dict[str, Any]:
    """Plain JSON types; `from_payload` brings it back, also from a newer version."""
    payload = {name: getattr(alert, name) for name in Alert.__dataclass_fields__}
    payload |= {name: None if payload[name] is None else int(payload[name]) for name in _COLOURS}
    payload |= {"severity": alert.severity.name_en, "state": alert.state.value}
    return payload | {"sensors": list(alert.sensors)}


def from_payload(payload: Mapping[str, Any]) -> Alert:
    """KeyError or ValueError when it is not an alert; unknown fields are left out."""
    known = {name: payload[name] for name in Alert.__dataclass_fields__ if name in payload}
    for name in _COLOURS:
        if known.get(name) is not None:
            known[name] = Colour(known[name])
    known["severity"] = Colour[payload["severity"].upper()]
    known["state"] = State(payload["state"])
    known["sensors"] = tuple(known.get("sensors", ()))
    return Alert(**known)


_COLOURS = ("worse", "better")


def _pending(alert: Alert, seen: Seen, timing: Timing, now: int) -> tuple[Alert, list[What]]:
    """Fires at the mildest colour of the whole hold."""
    if seen.severity is Colour.NORMAL:
        return replace(alert, state=State.RESOLVED, resolved_ms=now), [What.RESOLVED]
    held = min(alert.worse or seen.severity, seen.severity)
    if now - alert.started_ms < timing.hold_ms:
        return replace(alert, severity=held, worse=held), []
    return replace(
        alert, state=State.FIRING, severity=held, fired_ms=now, worse=None, worse_ms=None
    ), [What.FIRING]


def _firing(alert: Alert, seen: Seen, timing: Timing, now: int) -> tuple[Alert, list[What]]:
    if seen.severity > alert.severity:
        return _rising(replace(alert, better=None, better_ms=None), seen, timing, now)
    alert = replace(alert, worse=None, worse_ms=None)
    if seen.relaxed < alert.severity:
        return _falling(alert, seen, timing, now)
    return replace(alert, better=None, better_ms=None), []


def _rising(alert: Alert, seen: Seen, timing: Timing, now: int) -> tuple[Alert, list[What]]:
    since = now if alert.worse_ms is None else alert.worse_ms
    worse = min(alert.worse or seen.severity, seen.severity)
    if now - since < timing.hold_ms:
        return replace(alert, worse=worse, worse_ms=since), []
    return replace(alert, severity=worse, worse=None, worse_ms=None), [What.ESCALATED]


def _falling(alert: Alert, seen: Seen, timing: Timing, now: int) -> tuple[Alert, list[What]]:
    since = now if alert.better_ms is None else alert.better_ms
    better = seen.relaxed if alert.better is None else max(alert.better, seen.relaxed)
    if now - since < timing.clear_ms:
        return replace(alert, better=better, better_ms=since), []
    alert = replace(alert, better=None, better_ms=None)
    if better is Colour.NORMAL:
        return replace(alert, state=State.RESOLVED, resolved_ms=now), [What.RESOLVED]
    return replace(alert, severity=better), [What.EASED]


def _noted(alert: Alert, seen: Seen) -> Alert:
    """Latest value, and the worst so far; worse means a lower score."""
    worst = seen.score is not None and (alert.peak_score is None or seen.score < alert.peak_score)
    return replace(
        alert,
        value=seen.value,
        score=seen.score,
        peak=seen.value if worst else alert.peak,
        peak_score=seen.score if worst else alert.peak_score,
    )
