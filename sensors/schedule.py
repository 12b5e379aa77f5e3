"""Which neurons speak when: each kind's cadence with a phase of the neuron's own."""

from dataclasses import dataclass

import numpy as np

from sensors.catalogue import GRID_MS
from sensors.network import Network
from sensors.noise import Keys, draw, salted, uniform
from twin.arrays import Bools, Index, Ints


@dataclass(frozen=True, slots=True)
class Group:
    """Series of one cadence by phase: `order[ends[p - 1]:ends[p]]` sample at phase p."""

    steps: int
    order: Index
    ends: Ints

    def due(self, step: int) -> Index:
        """The series of this group that sample at this step of the grid."""
        phase = step % self.steps
        return self.order[self.ends[phase] : self.ends[phase + 1]]


class Schedule:
    """Steps count from 1970 in units of the fleet's grid of 10 s."""

    def __init__(self, network: Network, keys: Keys) -> None:
        """`keys`: one per neuron."""
        kinds, sensor = network.catalogue.kinds, network.series.sensor
        cadence = np.array([kind.cadence_ms // GRID_MS for kind in kinds])[network.kind]
        heartbeat = np.array([kind.heartbeat_ms // GRID_MS for kind in kinds])[network.kind]
        heartbeat = np.maximum(heartbeat, cadence)
        phase = np.floor(uniform(draw(salted(keys, "phase"), 0)) * heartbeat).astype(np.int64)
        self._cadence: Ints = cadence[sensor]
        self._heartbeat: Ints = heartbeat[sensor]
        self._phase: Ints = phase[sensor]
        self._groups = [self._group(int(steps)) for steps in np.unique(self._cadence)]

    def due(self, t_ms: int) -> Index:
        """The series that sample at this time; those of one neuron are neighbours."""
        step = t_ms // GRID_MS
        return np.concatenate([group.due(step) for group in self._groups])

    def tick(self, series: Index, t_ms: int) -> Ints:
        """The number of each series' sample at this time."""
        return (t_ms // GRID_MS - self._phase[series]) // self._cadence[series]

    def heartbeat(self, series: Index, t_ms: int) -> Bools:
        """Which of these series must report now whatever they read."""
        beat: Bools = (t_ms // GRID_MS - self._phase[series]) % self._heartbeat[series] == 0
        return beat

    def _group(self, steps: int) -> Group:
        mine = np.flatnonzero(self._cadence == steps)
        phase = self._phase[mine] % steps
        order = mine[np.argsort(phase, kind="stable")].astype(np.int32)
        ends = np.searchsorted(np.sort(phase), np.arange(steps + 1))
        return Group(steps, order, ends.astype(np.int64))
