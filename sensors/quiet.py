"""Neurons that look at every tick, report changes, and cannot have seen one.

Between full minutes the truth of most neurons stands still: their next values lie between two
bounds, those of the strongest noise. Where both are too near to the last report to be news, the
neuron need not be measured; it says nothing but its heartbeat. Whoever has a fault, a spike or a
heartbeat is measured as always, so that what is said is the same, byte for byte.

    truth, last report ─► bounds ─► quiet or awake ─► per tick: places to be measured
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sensors.catalogue import GRID_MS
from sensors.faults.chain import Chain
from sensors.instruments import COMMON, GAIN, NOISE, NOISE_REL, Instruments
from sensors.layout import Flat
from sensors.measure import quantised, switches
from sensors.network import Network
from sensors.noise import WIDEST, draw
from sensors.rhythm import Groups
from sensors.schedule import Schedule
from twin.arrays import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class View:
    """What neurons go by: flat truth, offsets of instruments, wrong switches, last reports."""

    flat: Flat
    offsets: Floats
    wrong: Bools
    last: Floats


class Quiet:
    """The idle series of a schedule: which of them to measure at which tick."""

    def __init__(
        self,
        network: Network,
        schedule: Schedule,
        instruments: Instruments,
        delta: Floats,
        faults: Chain | None,
    ) -> None:
        """`instruments` and `delta`, what makes news of a move, are by place."""
        places, self._faults = schedule.idle, faults
        self._places, self._numbers = places, places[places < schedule.numbers]
        self._switches = places[places >= schedule.numbers]
        self._series = schedule.order[places]
        self._sensor = network.series.sensor[self._series].astype(np.intp)
        self._phase, heartbeat = schedule.beats(places)
        turn = self._phase % heartbeat
        self._by_beat = np.lexsort((turn, heartbeat))
        self._beats = Groups(heartbeat[self._by_beat], turn[self._by_beat])
        self._instruments, self._delta = instruments, delta
        self._mine = instruments.take(self._numbers)
        self._common = np.ascontiguousarray(self._mine.parameters[:COMMON])
        self._widest = WIDEST * self._mine.weights.sum(axis=0)
        self._noisy = np.flatnonzero((self._common[NOISE] > 0) | (self._common[NOISE_REL] > 0))
        self._loud = np.zeros(len(network), bool)

    def awake(self, view: View, seen: Sequence[int]) -> tuple[Ints, Ints]:
        """The idle places that must be measured, with the number of the tick at which."""
        ticks = len(seen)
        if not len(self._places):
            return self._places, self._places
        loud = np.concatenate((self._changed(view), self._switched(view)))
        if self._faults is not None:
            loud |= self._faults.marked(self._sensor)
            loud[self._noisy] |= self._spiked(self._faults, seen)
        self._loud[self._sensor[loud]] = True
        always = self._loud[self._sensor]
        self._loud[self._sensor[loud]] = False
        beats, tick = self._beats.due(seen[0] // GRID_MS, ticks)
        beating = self._by_beat[beats]
        alone = np.flatnonzero(~always[beating])  # of the others the heartbeat
        rows = np.repeat(np.flatnonzero(always), ticks)
        places = self._places[np.concatenate((rows, beating[alone]))]
        return places, np.concatenate((np.arange(len(rows)) % ticks, tick[alone]))

    def _changed(self, view: View) -> Bools:
        """Numbers that may have moved far enough to be news, or may with their next noise."""
        mine, common = self._mine, self._common
        clear = view.flat.take(mine.truth_at, None)
        reach = (np.abs(clear) * common[NOISE_REL] + common[NOISE]) * self._widest
        clear *= common[GAIN]
        clear += view.offsets[self._numbers]
        low, high = quantised(common, clear - reach), quantised(common, clear + reach)
        last, delta = view.last[self._numbers], self._delta[self._numbers]
        near: Bools = (np.abs(low - last) < delta) & (np.abs(high - last) < delta)
        return np.asarray(~(near & (high - low < delta)))

    def _switched(self, view: View) -> Bools:
        """Switches that say something else than they last did."""
        rows = self._switches
        now = switches(self._instruments, view.wrong, view.flat, rows, None)
        return np.asarray(~(np.abs(now - view.last[rows]) < self._delta[rows]))

    def _spiked(self, faults: Chain, seen: Sequence[int]) -> Bools:
        """Which of the noisy numbers a spike strikes at any of the ticks."""
        rows, step = self._noisy, np.array(seen, np.int64)[:, None] // GRID_MS
        draws = draw(self._mine.keys[rows], step - self._phase[rows])
        return np.asarray(faults.spiked(self._series[rows], draws).any(axis=0))
