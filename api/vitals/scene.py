"""What a formula sees: one indicator at one level at one moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from api.operations.casebook import CaseBook
from api.vitals.members import Members, attribute
from api.vitals.ring import Bins
from api.vitals.sign import TABLES
from api.vitals.windows import STEPS, Windows, mean_of
from sensors.network import Network
from twin.arrays import Array, Bools, Floats, Index
from twin.clock import HOUR_MS
from twin.entities import Geography


@dataclass(frozen=True, slots=True)
class Measured:
    """One value per entity (NaN: no data); where `applicable` is false nothing is due."""

    value: Floats
    applicable: Bools | None = None
    trust: Floats | None = None  # 0..1 per entity, multiplies the confidence


@dataclass(frozen=True, slots=True)
class Ground:
    """What never changes about an indicator at a level: its entities (rows of the level's
    table), its parameters, the neurons and the map."""

    level: str
    rows: Index
    parameters: Mapping[str, float]
    network: Network
    geography: Geography


@dataclass(frozen=True, slots=True)
class Scene:
    """Inputs by role, the windows behind them, and the map."""

    t_ms: int
    level: str
    rows: Index  # entities as rows of the level's table
    window_ms: int
    members: Mapping[str, Members]
    parameters: Mapping[str, float]
    windows: Windows
    network: Network
    geography: Geography
    prepared: Any = None
    cases: CaseBook = field(default_factory=CaseBook)
    memory: dict[str, Any] = field(default_factory=dict)  # of the indicator, from scene to scene

    @property
    def size(self) -> int:
        return len(self.rows)

    def has(self, role: str) -> bool:
        return role in self.members

    def over_time(self, role: str, how: str, window_ms: int | None = None) -> Floats:
        """One number per member: mean, max, min, sum or p90 of the window, peak (highest bin
        mean), last, or shift (last minus the median of the bins)."""
        members, span_ms = self.members[role], window_ms or self.window_ms
        if how == "last":
            return self.windows.latest(members.series, members.sensor, self.t_ms)
        if how == "shift":
            return self.over_time(role, "last") - _median(self.bins(role, span_ms))
        return _OVER_TIME[how](self.bins(role, span_ms))

    def bins(self, role: str, window_ms: int, ring: str | None = None) -> Bins:
        """Bins (oldest first) by members, from the finest ring that holds the window."""
        members, name = self.members[role], ring or ring_for(window_ms)
        step_ms = STEPS[name][0]
        length = -(-window_ms // step_ms)
        return self.windows.rings[name].view(members.series, self.t_ms, length)

    def over_space(self, role: str, values: Floats, how: str, above: float = 0.5) -> Floats:
        """One number per entity from one per member of this role; those not believed are out."""
        believed = self.windows.believed[self.members[role].sensor]
        return self.members[role].over_space(np.where(believed, values, np.nan), how, above)

    def mean_by_entity(self, role: str) -> Floats:
        """Mean over the window and the members; entities without data take the area's mean."""
        local = self.over_space(role, self.over_time(role, "mean"), "mean")
        known = local[~np.isnan(local)]
        return np.where(np.isnan(local), known.mean(), local) if len(known) else local

    def attribute(self, role: str, name: str) -> Floats:
        """Per member: an attribute of the thing that carries it."""
        return attribute(self.network, self.geography, self.members[role].sensor, name)

    def local(self, name: str) -> Array:
        """Per entity: an attribute of the level's table."""
        return self.geography[TABLES[self.level]].attrs[name][self.rows]

    def parameter(self, name: str) -> float:
        return self.parameters[name]


def ring_for(window_ms: int) -> str:
    """The finest ring that holds a window; ValueError when none does."""
    for name, (_, longest_ms) in STEPS.items():
        if window_ms <= longest_ms and (name != "hours" or window_ms >= HOUR_MS):
            return name
    raise ValueError(f"no ring holds a window of {window_ms} ms")


def _sum(bins: Bins) -> Floats:
    return np.where(bins.count.sum(axis=0) > 0, bins.total.sum(axis=0), np.nan)


def _max(bins: Bins) -> Floats:
    return _finite(bins.high.max(axis=0))


def _min(bins: Bins) -> Floats:
    return _finite(bins.low.min(axis=0))


def _peak(bins: Bins) -> Floats:
    means = bins.means()
    return _finite(np.where(np.isnan(means), -np.inf, means).max(axis=0))


def _p90(bins: Bins) -> Floats:
    """90th percentile of the bin means, linear between neighbours."""
    means = np.sort(bins.means(), axis=0)  # NaN sorts last
    known = (~np.isnan(means)).sum(axis=0)
    place = 0.9 * np.maximum(known - 1, 0)
    below = place.astype(np.int64)
    column = np.arange(means.shape[1])
    low = means[below, column]
    high = means[np.minimum(below + 1, np.maximum(known - 1, 0)), column]
    between: Floats = low + (place - below) * (high - low)
    return between


def _median(bins: Bins) -> Floats:
    means = np.sort(bins.means(), axis=0)  # NaN sorts last
    known = (~np.isnan(means)).sum(axis=0)
    middle: Floats = means[np.maximum(known - 1, 0) // 2, np.arange(means.shape[1])]
    return middle


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


_OVER_TIME: Mapping[str, Callable[[Bins], Floats]] = {
    "mean": mean_of,
    "max": _max,
    "min": _min,
    "sum": _sum,
    "p90": _p90,
    "peak": _peak,
}
OVER_TIME = (*_OVER_TIME, "last", "shift")
