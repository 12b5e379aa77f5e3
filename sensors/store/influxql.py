"""The questions in InfluxQL: explicit times always, names that cannot break out."""

from collections.abc import Sequence

from sensors.store.influxlines import HOUR, LETTER, MARK, RUN, VITAL, tag

EVER = (0, 1 << 42)  # ms, 1970 to 2109; without bounds a grouped query ends at the wall clock
_FURTHEST_MS = 9_223_372_036_854  # InfluxDB counts nanoseconds in 64 bits

FIELDS = "SHOW FIELD KEYS"
DATABASES = "SHOW DATABASES"


def where(start_ms: int, end_ms: int, **tags: str | None) -> str:
    """The condition; a tag that is None is not asked for."""
    asked = [f"\"{key}\" = '{tag(value)}'" for key, value in tags.items() if value is not None]
    first, end = (max(-_FURTHEST_MS, min(t_ms, _FURTHEST_MS)) for t_ms in (start_ms, end_ms))
    return " AND ".join([*asked, f"time >= {first}ms", f"time < {end}ms"])


def measurements(kinds: Sequence[str]) -> str:
    """Kinds after FROM."""
    return ", ".join(f'"{tag(kind)}"' for kind in kinds)


def readings(condition: str, kind: str, limit: int) -> str:
    """The newest of each quantity, newest first."""
    return (
        f'SELECT "value", "state" FROM {measurements([kind])} WHERE {condition} '
        f'GROUP BY "quantity" ORDER BY time DESC LIMIT {int(limit)}'
    )


def steps(condition: str, kind: str, step_ms: int) -> str:
    """Means, ranges and counts of each quantity; steps without a number are left out."""
    wanted = 'mean("value"), min("value"), max("value"), count("value")'
    return (
        f"SELECT {wanted} FROM {measurements([kind])} WHERE {condition} {_by(step_ms, 'quantity')}"
    )


def count(field: str, condition: str, kinds: Sequence[str]) -> str:
    """How many numbers or states each kind has."""
    return f'SELECT count("{field}") FROM {measurements(kinds)} WHERE {condition}'


def points(field: str, condition: str, kinds: Sequence[str]) -> str:
    """All numbers or all states, kind by kind; both in one question take twice the time."""
    return (
        f'SELECT "zone", "sensor", "quantity", "{field}" '
        f"FROM {measurements(kinds)} WHERE {condition}"
    )


def latest(field: str, condition: str, kinds: Sequence[str]) -> str:
    """The newest of each series that has this field."""
    return (
        f'SELECT last("{field}") FROM {measurements(kinds)} WHERE {condition} '
        'GROUP BY "sensor", "quantity"'
    )


def marks(run: str) -> str:
    """The highest sequence number of each gateway and epoch, for their time is that number."""
    condition = where(*EVER, run=run)
    return f'SELECT last("seq") FROM "{MARK}" WHERE {condition} GROUP BY "zone", "gateway", "epoch"'


def vitals(condition: str) -> str:
    fields = '"value", "score", "confidence", "has_value", "has_score"'
    return f'SELECT {fields} FROM "{VITAL}" WHERE {condition}'


def vital_steps(condition: str, step_ms: int) -> str:
    """Every step that has a row, with the mean confidence."""
    fields = 'count("has_value"), mean("confidence")'
    return f'SELECT {fields} FROM "{VITAL}" WHERE {condition} {_by(step_ms)}'


def vital_means(field: str, condition: str, step_ms: int) -> str:
    """Mean, least and most of the rows in which the field is not missing."""
    there = f'"has_{field}" = true'
    wanted = f'mean("{field}"), min("{field}"), max("{field}")'
    return f'SELECT {wanted} FROM "{VITAL}" WHERE {there} AND {condition} {_by(step_ms)}'


def minutes(condition: str) -> str:
    """Every vital sign, told apart by tags."""
    wanted = (
        '"indicator", "level", "entity", "value", "score", "confidence", "has_value", "has_score"'
    )
    return f'SELECT {wanted} FROM "{VITAL}" WHERE {condition}'


def hours(condition: str) -> str:
    wanted = '"value", "score", "confidence", "has_value", "has_score", "low", "high", "worst"'
    return f'SELECT {wanted} FROM "{HOUR}" WHERE {condition}'


def first_minute(run: str) -> str:
    return f'SELECT first("has_value") FROM "{VITAL}" WHERE {where(*EVER, run=run)}'


def last_hour(run: str) -> str:
    return f'SELECT last("has_value") FROM "{HOUR}" WHERE {where(*EVER, run=run)}'


def letters(run: str, limit: int) -> str:
    fields = '"topic", "reason", "detail", "payload"'
    condition = where(*EVER, run=run)
    return f'SELECT {fields} FROM "{LETTER}" WHERE {condition} ORDER BY time DESC LIMIT {limit}'


def letter_number(run: str, number: int) -> str:
    """The n-th newest, counted from 0."""
    condition = where(*EVER, run=run)
    return (
        f'SELECT "reason" FROM "{LETTER}" WHERE {condition} '
        f"ORDER BY time DESC LIMIT 1 OFFSET {number}"
    )


def runs(selector: str, field: str, run: str | None = None) -> str:
    """`first` or `last` time at which each run has the field."""
    condition = where(*EVER, run=run)
    return f'SELECT {selector}("{field}") FROM "{RUN}" WHERE {condition} GROUP BY "run"'


def delete(run: str, measurement: str | None = None, end_ms: int | None = None) -> str:
    """Everything of the run, or what one measurement has of it before a time; 1.x only."""
    if measurement is None or end_ms is None:
        return f"DELETE WHERE \"run\" = '{tag(run)}'"
    condition = where(-_FURTHEST_MS, end_ms, run=run)
    return f"DELETE FROM {measurements([measurement])} WHERE {condition}"


def policies(bucket: str) -> str:
    """How long a database of 1.x keeps what it has."""
    escaped = bucket.replace("\\", "\\\\").replace('"', '\\"')
    return f'SHOW RETENTION POLICIES ON "{escaped}"'


def _by(step_ms: int, *tags: str) -> str:
    parts = [*(f'"{name}"' for name in tags), f"time({int(step_ms)}ms)"]
    return f"GROUP BY {', '.join(parts)} fill(none)"
