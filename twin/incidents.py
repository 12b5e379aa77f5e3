"""Incidents: records of what happens, and the levers that they push."""

import math
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec
import numpy as np

from twin.arrays import Floats, Index
from twin.fading import FADES
from twin.geography import Entities, Geography
from twin.labels import Label
from twin.levers import lever_key, table_of
from twin.scenarios import Effect, Scenario


class Stage(StrEnum):
    """How far an incident has come."""

    PLANNED = "planned"
    ACTIVE = "active"


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """One incident that is planned or active; times are ms UTC. Once over it is only a label."""

    id: str
    scenario: str
    kind: str
    target: str
    zone: str
    start_ms: int
    end_ms: int
    magnitude: float
    cause: str
    stage: Stage = Stage.PLANNED

    def at(self, stage: Stage) -> "Incident":
        """The same incident, this far."""
        return msgspec.structs.replace(self, stage=stage)

    def ending(self, end_ms: int) -> "Incident":
        """The same incident with another end."""
        return msgspec.structs.replace(self, end_ms=end_ms)


def label_of(incident: Incident, end_ms: int | None) -> Label:
    """The truth to keep; end_ms None while the incident is active."""
    return Label(
        id=incident.id,
        scenario=incident.scenario,
        kind=incident.kind,
        target=incident.target,
        zone=incident.zone,
        start_ms=incident.start_ms,
        end_ms=end_ms,
        magnitude=incident.magnitude,
        cause=incident.cause,
    )


def push_levers(
    arrays: Mapping[str, Floats],
    geography: Geography,
    scenarios: Mapping[str, Scenario],
    incidents: Iterable[Incident],
    t_ms: int,
) -> None:
    """Let the active incidents push what stands at neutral, in order of id."""
    for incident in sorted(incidents, key=lambda incident: incident.id):
        for effect in scenarios[incident.scenario].effects:
            push = strength(effect, incident, t_ms) * incident.magnitude
            if push > 0.0:
                weight = reach(effect, incident, geography)
                lever = arrays[lever_key(effect.lever)]
                lever[:] = OPS[effect.op](lever, effect.value, push * weight)


def _add(lever: Floats, value: float, push: Floats) -> Floats:
    return lever + value * push


def _multiply(lever: Floats, value: float, push: Floats) -> Floats:
    return lever * np.maximum(0.0, 1.0 + (value - 1.0) * push)


def _sound(lever: Floats, value: float, push: Floats) -> Floats:
    """Levels in dB add as energy, and push is a factor on it: half as much is 3 dB less."""
    return np.asarray(10 * np.log10(10 ** (lever / 10) + push * 10 ** (value / 10)))


OPS: Mapping[str, Callable[[Floats, float, Floats], Floats]] = MappingProxyType(
    {"add": _add, "multiply": _multiply, "sound": _sound}
)


def strength(effect: Effect, incident: Incident, t_ms: int) -> float:
    """The effect's course at t_ms, 0 outside its window; 1 is full."""
    length_s = (incident.end_ms - incident.start_ms) / 1000
    start_s, end_s = effect.window[0] * length_s, effect.window[1] * length_s
    elapsed_s = (t_ms - incident.start_ms) / 1000
    if not start_s <= elapsed_s < end_s:
        return 0.0
    return SHAPES[effect.shape](elapsed_s - start_s, end_s - start_s, effect.time_s or 1.0)


def _pulse(elapsed_s: float, length_s: float, time_s: float) -> float:
    return 1.0


def _ramp(elapsed_s: float, length_s: float, time_s: float) -> float:
    return min(1.0, elapsed_s / time_s)


def _exp(elapsed_s: float, length_s: float, time_s: float) -> float:
    return 1.0 - math.exp(-elapsed_s / time_s)


def _swell(elapsed_s: float, length_s: float, time_s: float) -> float:
    return math.sin(math.pi * elapsed_s / length_s)


def _burst(elapsed_s: float, length_s: float, time_s: float) -> float:
    """Two minutes on, one minute off."""
    return 1.0 if elapsed_s % 180 < 120 else 0.0


def _bands(elapsed_s: float, length_s: float, time_s: float) -> float:
    """Rises and falls from one rain band to the next, strongest in the middle."""
    band = math.sin(math.pi * elapsed_s / time_s) ** 2
    return band * math.sin(math.pi * elapsed_s / length_s)


def _storm(elapsed_s: float, length_s: float, time_s: float) -> float:
    """Rises and falls exponentially around the middle, as the wind of a typhoon."""
    return math.exp(-abs(elapsed_s - length_s / 2) / time_s)


def _chicago(elapsed_s: float, length_s: float, time_s: float) -> float:
    """Chicago hyetograph, scaled so that the heaviest hour has mean 1.

    Shanghai design rain i = A/(t + 7)^0.656, peak ratio 0.405 (expert knowledge, unverified).
    """
    b, n, peak = 7.0, 0.656, 0.405
    offset = (elapsed_s - peak * length_s) / 60
    side = offset / (1 - peak) if offset >= 0 else -offset / peak
    return float(((1 - n) * side + b) / (side + b) ** (1 + n) * (60 + b) ** n)


SHAPES: Mapping[str, Callable[[float, float, float], float]] = MappingProxyType(
    {
        "pulse": _pulse,
        "ramp": _ramp,
        "exp": _exp,
        "swell": _swell,
        "burst": _burst,
        "bands": _bands,
        "storm": _storm,
        "chicago": _chicago,
    }
)


def reach(effect: Effect, incident: Incident, geography: Geography) -> Floats:
    """How much of the effect each row of the lever's table gets, 0 to 1."""
    table = geography[table_of(effect.lever)]
    source = geography[incident.kind]
    row = source.index(incident.target)
    if effect.radius_m is not None:
        return _around(effect, effect.radius_m, table, source, row)
    if effect.reach == "all":
        return np.ones(len(table))
    if effect.reach == "zone":
        return np.asarray(zone_rows(table) == zone_rows(source)[row], np.float64)
    return _one_hot(len(table), _partner(effect, table, source, row))


def _around(effect: Effect, radius_m: float, table: Entities, source: Entities, row: int) -> Floats:
    """What fades around the target, or around the row that `reach` finds for it."""
    if effect.reach != "target":
        row, source = _partner(effect, table, source, row), table
    if row < 0:
        return np.zeros(len(table))
    distance_m = np.hypot(table.x_m - source.x_m[row], table.y_m - source.y_m[row])
    return FADES[effect.fades](distance_m, radius_m)


def _partner(effect: Effect, table: Entities, source: Entities, row: int) -> int:
    if effect.reach == "target":
        return row
    attached = _attached(table.kind, source, row) if effect.reach == "attached" else -1
    if attached >= 0 or len(table) == 0:
        return attached
    return int(np.argmin(np.hypot(table.x_m - source.x_m[row], table.y_m - source.y_m[row])))


def _attached(kind: str, source: Entities, row: int) -> int:
    columns: dict[str, Index] = {
        "zone": source.zone,
        "link": source.link,
        "building": source.building,
    }
    column = columns.get(kind, source.attrs.get(kind))
    return -1 if column is None else int(column[row])


def _one_hot(size: int, row: int) -> Floats:
    weight = np.zeros(size)
    if row >= 0:
        weight[row] = 1.0
    return weight


def zone_rows(table: Entities) -> Index:
    """The zone of each row; a zone is in itself."""
    return np.arange(len(table), dtype=np.int32) if table.kind == "zone" else table.zone
