"""Which neurons speak when: each kind's cadence with a phase of the neuron's own."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sensors.catalogue import GRID_MS
from sensors.network import Network
from sensors.noise import Keys, draw, salted, uniform
from twin.arrays import Bools, Index, Ints

Part = slice | Ints


@dataclass(frozen=True, slots=True)
class Group:
    """Series of one cadence, side by side: places `ends[p]` to `ends[p + 1]` sample at phase p."""

    steps: int
    ends: tuple[int, ...]

    def due(self, step: int) -> tuple[int, int]:
        """First and last place of this group that sample at this step of the grid."""
        phase = step % self.steps
        return self.ends[phase], self.ends[phase + 1]


class Schedule:
    """Steps count from 1970 in units of the fleet's grid of 10 s.

    Every series has a place; those that sample together are neighbours, switches come last.
    `order` is the series of each place, `numbers` how many places are no switches, `idle` the
    places of those that sample at every step but need not always be measured.
    """

    def __init__(self, network: Network, keys: Keys, idle: Bools | None = None) -> None:
        """`keys`: one per neuron; `idle`: per series."""
        kinds, sensor = network.catalogue.kinds, network.series.sensor
        cadence = np.array([kind.cadence_ms // GRID_MS for kind in kinds])[network.kind]
        heartbeat = np.array([kind.heartbeat_ms // GRID_MS for kind in kinds])[network.kind]
        heartbeat = np.maximum(heartbeat, cadence)
        phase = np.floor(uniform(draw(salted(keys, "phase"), 0)) * heartbeat).astype(np.int64)
        self._cadence: Ints = cadence[sensor]
        self._heartbeat: Ints = heartbeat[sensor]
        self._phase: Ints = phase[sensor]
        turn = self._phase % self._cadence
        switch = np.array([one.boolean for one in network.quantities])[network.series.quantity]
        idle = np.zeros(len(switch), bool) if idle is None else idle & (self._cadence == 1)
        self.order: Index = np.lexsort((turn, self._cadence, idle, switch)).astype(np.int32)
        self.idle: Index = np.flatnonzero(idle[self.order]).astype(np.int32)
        self.numbers = len(switch) - int(switch.sum())
        self._places = np.arange(len(switch), dtype=np.int32)
        idle_numbers = int((self.idle < self.numbers).sum())
        ends = self.numbers - idle_numbers, len(switch) - len(self.idle) + idle_numbers
        self._groups = [*self._grouped(turn, 0, ends[0])]
        self._groups += self._grouped(turn, self.numbers, ends[1])

    def due(self, t_ms: int) -> Index:
        """The series that sample at this time."""
        return self.order[np.concatenate((self.places(t_ms), self.idle))]

    def places(self, t_ms: int) -> Index:
        """The places of those that are not idle, in order."""
        step = t_ms // GRID_MS
        ranges = [group.due(step) for group in self._groups]
        parts = [self._places[first:last] for first, last in ranges if first < last]
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else self._places[:0]

    def parted(self, places: Index) -> tuple[Part, Part]:
        """Where among these places the numbers are, and where the switches."""
        if bool((places[1:] > places[:-1]).all()):
            first = int(np.searchsorted(places, self.numbers))
            return slice(0, first), slice(first, len(places))
        switch = places >= self.numbers
        return np.flatnonzero(~switch), np.flatnonzero(switch)

    def beats(self, series: Index) -> tuple[Ints, Ints]:
        """Phase and interval of the heartbeats of these series, in steps."""
        return self._phase[series], self._heartbeat[series]

    def tick(self, series: Index, t_ms: Ints | int) -> Ints:
        """The number of each series' sample at this time, or each at its own."""
        return (t_ms // GRID_MS - self._phase[series]) // self._cadence[series]

    def heartbeat(self, series: Index, t_ms: Ints | int) -> Bools:
        """Which of these series must report now whatever they read."""
        beat: Bools = (t_ms // GRID_MS - self._phase[series]) % self._heartbeat[series] == 0
        return beat

    def _grouped(self, turn: Ints, first: int, last: int) -> Iterator[Group]:
        """Groups of these places."""
        series = self.order[first:last]
        return groups(self._cadence[series], turn[series], first)


def groups(interval: Ints, turn: Ints, first: int = 0) -> Iterator[Group]:
    """One group per interval (in steps) of places that are in order of interval and turn."""
    if not len(turn):
        return
    starts = np.flatnonzero(np.concatenate(([True], interval[1:] != interval[:-1])))
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(turn)], strict=True):
        steps = int(interval[start])
        ends = first + start + np.searchsorted(turn[start:end], np.arange(steps + 1))
        yield Group(steps, tuple(ends.tolist()))
