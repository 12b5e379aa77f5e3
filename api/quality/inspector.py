"""All checks together, beside the windows that they guard."""

from collections import deque
from collections.abc import Collection

import msgspec
import numpy as np

from api.quality.config import Quality
from api.quality.drift import Drift
from api.quality.limits import Limits
from api.quality.neighbours import Neighbours
from api.quality.screen import NEVER_MS, Accepted, Screen
from api.quality.trust import Tally, Verdict, judge
from api.vitals.columns import fill, packed
from sensors.network import Network
from twin.arrays import Array, Bools, Floats, Index, Ints
from twin.clock import HOUR_MS


class InspectorState(msgspec.Struct, frozen=True):
    """What judgements to come depend on, and which readings were refused; columns as bytes."""

    columns: list[bytes]
    hour: int | None
    refused: bytes
    refused_ms: bytes


class Inspector:
    """Screens readings and judges neurons; times never go back."""

    def __init__(self, network: Network, quality: Quality, urgent: Collection[str] = ()) -> None:
        """`urgent`: quantities ("kind.quantity") whose readings are never held or left out."""
        self._network, self._quality = network, quality
        self.limits = Limits.of(network, quality, urgent)
        self.screen = Screen(self.limits)
        self.tally = Tally(len(network))
        trust = quality.trust
        self.neighbours = Neighbours.of(
            network, self.limits, trust.neighbours, trust.neighbours_least
        )
        self.drift = Drift(len(self.neighbours.series))
        self._keep = _carriers(network, urgent)
        self._per_hour = _per_hour(network)
        self._refused: deque[tuple[Index, Ints]] = deque()
        self._watched = np.bincount(
            network.series.sensor[self.limits.checked], minlength=len(network)
        )

    def refuse(self, series: Index, t_ms: Ints) -> None:
        """Readings out of the range of their quantity."""
        self._count(1, series, t_ms)

    def take(self, series: Index, t_ms: Ints, value: Floats) -> Accepted:
        """Readings in range, ordered by time."""
        accepted = self.screen.judge(series, t_ms, value)
        if len(accepted.refused):
            self.refuse(accepted.refused, accepted.refused_ms)
            self._refused.append((accepted.refused, accepted.refused_ms))
        return accepted

    def left_out(self) -> tuple[Index, Ints]:
        """Series and times of all readings that the screen refused, or holds."""
        held = np.flatnonzero(self.screen.held_ms > NEVER_MS).astype(np.int32)
        parts = [*self._refused, (held, self.screen.held_ms[held])]
        return np.concatenate([part[0] for part in parts]), np.concatenate([p[1] for p in parts])

    def forget(self, before_ms: int) -> None:
        """Readings this old are in no window any more."""
        while self._refused and int(self._refused[0][1].max()) < before_ms:
            self._refused.popleft()

    def state(self) -> InspectorState:
        """To go on from later."""
        refused = list(self._refused) or [(np.empty(0, np.int32), np.empty(0, np.int64))]
        return InspectorState(
            packed(self._columns()),
            self.tally.hour,
            np.concatenate([part[0] for part in refused]).tobytes(),
            np.concatenate([part[1] for part in refused]).tobytes(),
        )

    def restore(self, state: InspectorState) -> None:
        """Go on from there; ValueError when it is of other neurons."""
        fill(self._columns(), state.columns, "neurons")
        self.tally.hour = state.hour
        series = np.frombuffer(state.refused, np.int32)
        self._refused = deque(
            [(series, np.frombuffer(state.refused_ms, np.int64))] if len(series) else []
        )

    def _columns(self) -> tuple[Array, ...]:
        return *self.screen.columns(), self.tally.counts, *self.drift.columns()

    def heard(self, series: Index, t_ms: Ints) -> None:
        self._count(0, series, t_ms)

    def verdict(self, t_ms: int, hour_means: Floats) -> Verdict:
        """At t_ms; `hour_means` of the series of `neighbours`, NaN where nothing was read."""
        difference, trust = self.neighbours.difference(hour_means), self._quality.trust
        self.drift.note(t_ms, difference)
        unlike = self._worst(self.neighbours.unlike(difference))
        walked = self._worst(self.drift.walked(self._quality.drift, self.neighbours.near))
        refused = self.tally.refused(trust.refused_least)
        doubled = self.tally.doubled(t_ms, self._per_hour, trust.excess)
        return judge(trust, refused, unlike, walked, self._stuck_ms(), doubled, self._keep)

    def _worst(self, found: Floats) -> Floats:
        """Per neuron the greatest of its series that have neighbours, 0 without one."""
        worst = np.zeros(len(self._network))
        np.maximum.at(worst, self._network.series.sensor[self.neighbours.series], found)
        return worst

    def _stuck_ms(self) -> Ints:
        """Since when all checked series of a neuron stand still, 0 where one moves."""
        stuck, sensor = np.flatnonzero(self.screen.stuck()), self._network.series.sensor
        count = np.bincount(sensor[stuck], minlength=len(self._network))
        since = np.zeros(len(self._network), np.int64)
        np.maximum.at(since, sensor[stuck], self.screen.same_ms[stuck])
        return np.where((count > 0) & (count == self._watched), since, 0)

    def _count(self, which: int, series: Index, t_ms: Ints) -> None:
        self.tally.add(which, self._network.series.sensor[series], t_ms)


def _per_hour(network: Network) -> Floats:
    """Readings that each neuron makes in an hour; none due where only changes are reported."""
    rates = [
        len(kind.quantities) * HOUR_MS / kind.cadence_ms if kind.report == "periodic" else 0.0
        for kind in network.catalogue
    ]
    per_hour: Floats = np.array(rates)[network.kind]
    return per_hour


def _carriers(network: Network, urgent: Collection[str]) -> Bools:
    """Neurons that have an urgent quantity."""
    names = [f"{kind.id}.{one.id}" for kind in network.catalogue for one in kind.quantities]
    wanted = np.array([name in urgent for name in names], bool)[network.series.quantity]
    carriers = np.zeros(len(network), bool)
    carriers[network.series.sensor[wanted]] = True
    return carriers
