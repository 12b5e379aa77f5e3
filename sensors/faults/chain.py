"""All faults of one profile on one network, as a chain that batches pass down."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import msgspec
import numpy as np

from sensors.catalogue import DEVICE, GRID_MS
from sensors.faults.label import Fault, FaultLabel
from sensors.faults.line import Injected, Line, MemoryState
from sensors.faults.messages import BUFFER_READINGS
from sensors.faults.profile import CHANCE, FaultRule, Profile
from sensors.faults.radio import GUST, OUTAGE, RAIN, Channel, Power
from sensors.faults.table import FAULTS
from sensors.faults.tools import Moment, Tools
from sensors.grades import GRADES
from sensors.network import Network
from sensors.noise import Keys, draw, keys_of, middle, salted
from sensors.reading import Marks, Messages, ReadingBatch
from twin.arrays import Array, Bools, Floats, Index, Ints
from twin.clock import DAY_MS

_NEVER_MS = -(2**62)
_SINGLE = CHANCE | {Fault.SPIKE, Fault.DROPOUT}  # strike single readings by chance


class ChainState(msgspec.Struct, frozen=True):
    """What a restored chain needs beside network, seed and profile."""

    profile: str
    seen_ms: int | None
    injected: list[Injected]
    lines: list[MemoryState]


class Chain:
    """Faults in the order of the profile; those it does not name strike only when injected.

    `measured` and `carried` give what becomes of a batch. `labels` says what has struck.
    """

    def __init__(self, network: Network, seed: int, profile: Profile) -> None:
        own = network.table_rows[DEVICE]  # those that watch others have no faults of their own
        keys = keys_of(seed, network.sensor_ids[:own])
        self.profile, self._network, self._tools = profile, network, Tools.of(network)
        rules: dict[Fault, FaultRule | None] = {rule.fault: rule for rule in profile.rules}
        rules |= {fault: None for fault in FAULTS if fault not in rules}
        self._lines = [
            Line(number, fault, rule, self._tools, keys, seed)
            for number, (fault, rule) in enumerate(rules.items())
        ]
        self._values = [line for line in self._lines if not line.kind.message]
        self._messages = [line for line in self._lines if line.kind.message]
        self._chances = _chances(self._lines)
        self._sensor = network.series.sensor.astype(np.intp)
        self._device = network.device[network.series.sensor].astype(np.intp)  # of each series
        self._of = {line.fault: line for line in self._lines}
        self._keys = salted(keys, "channel")
        self._channel = Channel(network, own, profile)
        self._power = Power(network, own)
        self._spikes = _spike_rates(network, self._of[Fault.SPIKE].rule)
        self._flags = np.zeros(len(network), np.uint32)
        self._from_ms, self._until_ms = 0, _NEVER_MS
        self._seen_ms: int | None = None
        self._injected: list[Injected] = []
        self._labels: list[FaultLabel] = []
        self._single: list[
            tuple[Fault, Ints, Index]
        ] = []  # readings struck by chance: time, neuron

    # The way down

    def steady(self, t_ms: int) -> bool:
        """Whether this tick can pass together with those before it: nothing begins or ends."""
        crowded = len(self._of[Fault.BACKFILL].memory.waiting) > BUFFER_READINGS // 2
        return self._from_ms <= t_ms < self._until_ms and not crowded

    def turn(self, t_ms: int) -> None:
        """Begin and end episodes."""
        if not self._from_ms <= t_ms < self._until_ms:
            self._injected = [one for one in self._injected if one.end_ms > t_ms - DAY_MS]
            asked = {fault: [i for i in self._injected if i.fault is fault] for fault in FAULTS}
            self._from_ms = t_ms
            self._until_ms = min(line.turn(t_ms, asked[line.fault]) for line in self._lines)
            self._flags[:] = 0
            for line in self._lines:
                if line.fault is not Fault.DROPOUT:  # strikes by its channel
                    self._flags[line.struck()] |= line.bit
                self._labels += line.begun(self._seen_ms, t_ms)

    @staticmethod
    def outside(arrays: Mapping[str, Floats]) -> dict[str, Floats]:
        """A copy of what of the city matters to messages."""
        return {name: arrays[name].copy() for name in (RAIN, GUST, OUTAGE) if name in arrays}

    def alike(self, one: Mapping[str, Floats], other: Mapping[str, Floats]) -> bool:
        """Whether storms stand over the same zones and the same transformers are out."""
        return self._channel.alike(one, other) and self._power.alike(one, other)

    def marked(self, sensor: Array) -> Bools:
        """Which of these neurons an episode strikes now."""
        marked: Bools = self._flags[sensor] != 0
        return marked

    def spiked(self, series: Array, draws: Keys) -> Bools:
        """Which of these samples a spike throws off; `draws`: 64 random bits each."""
        if self._spikes is None:
            return np.zeros(draws.shape, bool)
        return middle(draws) < self._spikes.take(series)

    def measured(self, batch: ReadingBatch, draws: Keys, moment: Moment) -> ReadingBatch:
        """Values as faulty neurons read them, in place.

        `batch` has the ticks of the grid as its times; `draws`: 64 random bits per reading.
        """
        self._reach(moment)
        series = batch.series.astype(np.intp)
        codes = self._flags.take(self._sensor.take(series))
        codes[np.flatnonzero(self.spiked(series, draws))] |= self._of[Fault.SPIKE].bit
        rows = np.flatnonzero(codes)
        if len(rows):
            struck = batch.take(rows)
            marked = Messages(struck.series, struck.t_ms, struck.value, struck.t_ms, codes[rows])
            batch.value[rows] = self._misread(marked, draws[rows], moment)
        return batch

    def carried(self, batch: ReadingBatch, moment: Moment, joining: bool = False) -> ReadingBatch:
        """What reaches the gateways now, of this batch and of earlier ones.

        `joining`: first messages, which are repeated until they are heard; and history.
        """
        said = Messages.of(batch, moment.t_ms)
        untouched, others = self.parted(said, moment, joining)
        choice = (said, np.flatnonzero(untouched))
        return Messages.chosen([choice, *((other, None) for other in others)]).readings()

    def parted(
        self, said: Messages, moment: Moment, joining: bool = False
    ) -> tuple[Bools, list[Messages]]:
        """Which of these messages nothing happens to, and what becomes of all others and of
        those of earlier moments. Messages come tick by tick."""
        self._reach(moment)
        device = self._device.take(said.series.astype(np.intp))
        marks = self._flags.take(device)
        if not joining:
            self._mark(marks, device, said.at_ms, moment)
        rows = np.flatnonzero(marks)
        if not len(rows) and not self._waits:
            return np.ones(len(said), bool), []
        struck = replace(said.take(rows), marks=marks[rows])
        return marks == 0, self._travel(struck, moment, joining)

    def labels(self) -> list[FaultLabel]:
        """What has struck since the last time this was asked."""
        labels, self._labels = self._labels, []
        return sorted(labels + self._single_labels())

    def unfinished(self, t_ms: int) -> list[FaultLabel]:
        """Power cuts that have not ended, as far as they have come by this time."""
        line = self._of[Fault.POWER_CUT]
        since = line.memory.since
        return [
            FaultLabel(int(since[row]), line.names[row], line.fault, t_ms)
            for row in np.flatnonzero(since >= 0).tolist()
        ]

    def inject(self, injected: Injected) -> None:
        """From its start on, this fault strikes these targets; the same id is taken once."""
        if not injected.id or all(injected.id != known.id for known in self._injected):
            self._injected.append(injected)
            self._until_ms = _NEVER_MS

    # Steps

    @property
    def _waits(self) -> bool:
        """Whether readings of earlier moments are still to come."""
        return any(len(line.memory.waiting) for line in self._lines)

    def _reach(self, moment: Moment) -> None:
        self.turn(moment.first_ms)
        self._seen_ms = moment.t_ms

    def _misread(self, part: Messages, draws: Keys, moment: Moment) -> Floats:
        present = _present(part)
        for line in self._values:
            if present & int(line.bit):
                hit = part.marked(line.bit)
                if line.kind.numeric:
                    hit &= self._tools.numeric[part.series]
                struck = part.take(hit)
                self._note(line, struck)
                mine = partial(_bits, line, draws[hit])
                part.value[hit] = line.strike(struck, moment, mine).value
        return part.value

    def _travel(self, part: Messages, moment: Moment, joining: bool) -> list[Messages]:
        """Messages in trouble through the lines; late ones of earlier moments join at the end."""
        released = []
        present = _present(part)
        for line in self._messages:
            if present & int(line.bit) and not (joining and line.kind.radio):
                hit = part.marked(line.bit)
                struck = part.take(hit)
                self._note(line, struck)
                become = line.strike(struck, moment, partial(self._bits, line, struck))
                part = Messages.concat([part.take(~hit), become])
            if len(line.memory.waiting) and not joining:
                released.append(line.memory.release(moment))
        return [part, *released]

    def _mark(self, marks: Marks, device: Array, at_ms: Ints, moment: Moment) -> None:
        """Mark those whom the channel, the power and chance strike at this moment."""
        draws = self._draws(device, at_ms if moment.ticks > 1 else moment.t_ms)
        self._mark_lost(marks, device, draws, at_ms, moment)
        self._mark_dark(marks, device, moment)
        self._mark_chance(marks, device, draws)

    def _mark_chance(self, marks: Marks, device: Array, draws: Keys) -> None:
        """Shares of the messages; those of several lines do not overlap."""
        if not self._chances:
            return
        drawn = middle(draws)
        rows = np.flatnonzero(drawn < np.uint64(self._chances[-1][2]))
        drawn = drawn[rows]
        for line, low, high in self._chances:
            hit = rows[(drawn >= low) & (drawn < high)]
            marks[hit[line.takes(device[hit])]] |= line.bit

    def _mark_lost(
        self, marks: Marks, device: Array, draws: Keys, at_ms: Ints, moment: Moment
    ) -> None:
        line = self._of[Fault.DROPOUT]
        forced = line.struck()
        if line.rule is not None or forced.any():
            since = line.memory.since
            lost = self._channel.lost(device, draws, at_ms, forced, since, moment)
            if line.rule is None:
                lost &= forced[device]
            marks[np.flatnonzero(lost)] |= line.bit

    def _mark_dark(self, marks: Marks, device: Array, moment: Moment) -> None:
        """Those without power now; a label when power is back."""
        line = self._of[Fault.POWER_CUT]
        if line.rule is None:
            return
        since, dark = line.memory.since, self._power.dark(moment.arrays)
        if not len(dark) and since.max(initial=-1) < 0:
            return
        now = np.zeros(len(since), bool)
        now[dark] = True
        marks[np.flatnonzero(now[device])] |= line.bit
        for row in np.flatnonzero(~now & (since >= 0)).tolist():
            begun_ms, ended_ms = int(since[row]), moment.first_ms
            self._labels.append(FaultLabel(begun_ms, line.names[row], line.fault, ended_ms))
        since[~now] = -1
        since[now & (since < 0)] = moment.first_ms

    def _note(self, line: Line, struck: Messages) -> None:
        """Labels of single readings that chance strikes."""
        if line.fault not in _SINGLE:
            return
        alone = struck.take(line.by_chance(struck))
        if len(alone):
            sensor = self._network.series.sensor[alone.series]
            row = self._network.device[sensor] if line.kind.message else sensor
            self._single.append((line.fault, alone.t_ms, row))

    def _single_labels(self) -> list[FaultLabel]:
        """One label for all readings of a message."""
        single, self._single = self._single, []
        found = {
            (t_ms, row, fault)
            for fault, times, rows in single
            for t_ms, row in zip(times.tolist(), rows.tolist(), strict=True)
        }
        names = self._network.sensor_ids
        return [FaultLabel(t_ms, names[row], fault, t_ms) for t_ms, row, fault in found]

    def _draws(self, device: Array, at_ms: Ints | int) -> Keys:
        """64 bits per message: those of one neuron at one time agree."""
        return draw(self._keys.take(device), at_ms // GRID_MS)

    def _bits(self, line: Line, struck: Messages) -> Keys:
        device = self._device[struck.series]
        return _bits(line, self._draws(device, struck.at_ms))

    # What is carried

    def state(self) -> ChainState:
        states = [line.state() for line in self._lines]
        return ChainState(self.profile.id, self._seen_ms, self._injected, states)

    def restore(self, state: ChainState) -> None:
        """Carry on from this state; ValueError when it is of another network or profile."""
        if state.profile != self.profile.id:
            raise ValueError(f"faults of profile {state.profile}, expected {self.profile.id}")
        for line, memory in zip(self._lines, state.lines, strict=True):
            line.restore(memory)
        self._channel.remember(self._of[Fault.DROPOUT].memory.since)
        self._seen_ms, self._injected = state.seen_ms, list(state.injected)
        self._until_ms = _NEVER_MS


def _chances(lines: list[Line]) -> list[tuple[Line, float, float]]:
    """Faults that strike a share of the messages, each with its part of the 32-bit numbers."""
    found, first = [], 0.0
    for line in lines:
        if line.rule is not None and line.rule.share:
            last = first + line.rule.share * 2.0**32
            found.append((line, first, last))
            first = last
    return found


def _present(part: Messages) -> int:
    """All marks that any of these messages has."""
    return 0 if part.marks is None else int(np.bitwise_or.reduce(part.marks, initial=0))


def _bits(line: Line, draws: Keys) -> Keys:
    """Bits of this line alone."""
    return draw(draws, 101 + line.number)


def _spike_rates(network: Network, rule: FaultRule | None) -> Keys | None:
    """Spikes per 2**32 samples of each series: the grade's rate where there is noise."""
    if rule is None:
        return None
    quantities = network.quantities
    noisy = [one.numeric and (one.noise_abs > 0 or one.noise_rel > 0) for one in quantities]
    rates = [GRADES[kind.grade].spikes * (rule.factor or 0.0) for kind in network.catalogue.kinds]
    row = network.series.quantity
    share = np.array(rates)[network.quantity_kind[row]] * np.array(noisy)[row]
    found: Keys = np.rint(np.minimum(share, 1.0) * 2.0**32).astype(np.uint64)
    return found
