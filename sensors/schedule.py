"""Which neurons speak when: each kind's cadence with a phase of the neuron's own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sensors.catalogue import GRID_MS
from sensors.network import Network
from sensors.noise import Keys, draw, salted, uniform
from sensors.rhythm import Groups, Rhythm, Rows, neighbours
from twin.arrays import Bools, Index, Ints


@dataclass(frozen=True, slots=True)
class Due:
    """Samples of some ticks: the place of each, those that are no switches first.

    Samples of one place come tick by tick. `numbers`: how many are no switches; `tick`: at which
    of the ticks each is taken, None where there is but one; `ticks_ms`: when that is.
    """

    places: Rows
    numbers: int
    tick: Ints | None
    ticks_ms: Ints

    def __len__(self) -> int:
        rows = self.places
        return rows.stop - rows.start if isinstance(rows, slice) else len(rows)

    @property
    def steps(self) -> Ints:
        """The ticks as steps of the fleet's grid."""
        return self.ticks_ms // GRID_MS

    @property
    def at_ms(self) -> Ints:
        """The tick of each sample."""
        if self.tick is None:
            return np.full(len(self), self.ticks_ms[0])
        return self.ticks_ms[self.tick]

    def part(self, first: int, last: int) -> tuple[Rows, Ints | None]:
        """Places and ticks of a stretch of them."""
        rows, tick = self.places, None if self.tick is None else self.tick[first:last]
        if isinstance(rows, slice):
            return slice(rows.start + first, rows.start + last), tick
        return rows[first:last], tick

    def take(self, rows: Ints) -> tuple[Ints, Ints | None]:
        """Places and ticks of some of them."""
        tick = None if self.tick is None else self.tick[rows]
        if isinstance(self.places, slice):
            return self.places.start + rows, tick
        return self.places[rows], tick


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
        switch = np.array([one.boolean for one in network.quantities])[network.series.quantity]
        idle = np.zeros(len(switch), bool) if idle is None else idle & (cadence[sensor] == 1)
        turn = (phase % cadence)[sensor]
        self.order: Index = np.lexsort((turn, cadence[sensor], idle, switch)).astype(np.int32)
        self.idle: Ints = np.flatnonzero(idle[self.order])
        self.numbers = len(switch) - int(switch.sum())
        sensor = sensor[self.order]
        self._cadence, self._heartbeat = cadence[sensor], heartbeat[sensor]
        self._phase: Ints = phase[sensor]
        self._samples = Rhythm(self._cadence, self._phase)
        self._beats = Rhythm(self._heartbeat, self._phase)
        self._awake = np.flatnonzero(~idle[self.order])
        cadence, phase = self._cadence[self._awake], self._phase[self._awake]
        self._groups = Groups(cadence, phase % cadence)

    def due(self, seen: Sequence[int], awake: tuple[Ints, Ints] | None = None) -> Due:
        """What is sampled at these ticks; of idle places only those `awake`, with their ticks."""
        step, ticks = seen[0] // GRID_MS, len(seen)
        rows, tick = self._groups.due(step, ticks)
        places = self._awake[rows]
        numbers = int((places < self.numbers).sum())
        if awake is not None and len(awake[0]):
            switch = awake[0] >= self.numbers
            order = np.argsort(switch, kind="stable")
            places, tick = (
                np.concatenate((mine[:numbers], others[order], mine[numbers:]))
                for mine, others in zip((places, tick), awake, strict=True)
            )
            numbers += len(switch) - int(switch.sum())
        if ticks > 1:
            return Due(places, numbers, tick, np.array(seen))
        return Due(neighbours(places), numbers, None, np.array(seen))

    def all_of(self, places: Ints, t_ms: int) -> Due:
        """These places, which come in order, sample at this time."""
        numbers = int(np.searchsorted(places, self.numbers))
        return Due(neighbours(places), numbers, None, np.array([t_ms]))

    def beats(self, places: Ints) -> tuple[Ints, Ints]:
        """Phase and interval of the heartbeats of these places, in steps."""
        return self._phase[places], self._heartbeat[places]

    def count(self, places: Rows, tick: Ints | None, steps: Ints) -> Ints:
        """The number of each place's sample at one of these steps."""
        return self._samples.count(places, tick, steps)

    def heartbeat(self, places: Rows, tick: Ints | None, steps: Ints) -> Bools:
        """Which of these places must report whatever they read."""
        return self._beats.turns(places, tick, steps)
