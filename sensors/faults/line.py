"""One fault of a profile on one network: its episodes, its memory, and how it strikes."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from sensors.faults.label import Fault, FaultLabel
from sensors.faults.profile import FaultRule
from sensors.faults.spells import Episodes, Spells, sizes
from sensors.faults.table import FAULTS, Kind
from sensors.faults.tools import Memory, Moment, Spell, Tools
from sensors.grades import GRADES, Errors
from sensors.network import Network
from sensors.noise import Keys, draw, keys_of
from sensors.reading import Messages
from twin.arrays import Bools, Floats, Index
from twin.clock import DAY_MS


class Injected(msgspec.Struct, frozen=True):
    """A fault that was asked for: `targets` are rows of neurons, or of gateways."""

    fault: Fault
    targets: list[int]
    start_ms: int
    end_ms: int
    size: float
    id: str = ""


class MemoryState(msgspec.Struct, frozen=True):
    """The memory of one line as bytes."""

    held: bytes
    since: bytes
    series: bytes
    t_ms: bytes
    value: bytes
    due_ms: bytes


class Line:
    """`number` is its place in the chain; neurons that watch others have no faults of their own."""

    def __init__(
        self, number: int, fault: Fault, rule: FaultRule | None, tools: Tools, keys: Keys, seed: int
    ) -> None:
        """`keys`: one per neuron that is not a watcher. Without a rule it never strikes unasked."""
        self.fault, self.rule, self.kind = fault, rule, FAULTS[fault]
        self.number, self.bit = number, np.uint32(1 << number)
        self._fits = (
            np.ones(len(tools.network.catalogue), bool)
            if rule is None
            else _fits(tools.network, rule, self.kind)
        )
        self.names = _names(tools.network, self.kind, len(keys))
        self._tools, self._network = tools, tools.network
        if self.kind.gateway:
            keys = keys_of(seed, self.names)
        self._spells = (
            None if rule is None else Spells(rule, keys, self._rates(rule), self.kind.signed)
        )
        self._planned, self._day = Episodes.none(), -1
        self._all = self._now = Episodes.none()
        self._episode: Index = np.full(len(tools.network), -1, np.int32)
        series = len(tools.numeric) if fault is Fault.STUCK else 0
        own = len(keys) if not self.kind.gateway else 0
        self.memory = Memory(np.full(series, np.nan), np.full(own, -1, np.int64))

    # When

    def turn(self, t_ms: int, injected: Sequence[Injected]) -> int:
        """Bring the episodes up to this time; when they change again."""
        if t_ms // DAY_MS != self._day:
            self._day = t_ms // DAY_MS
            self._planned = Episodes.none() if self._spells is None else self._spells.around(t_ms)
        self._all = Episodes.join([self._planned, *map(_episodes, injected)])
        self._now = self._all.at(t_ms)
        self._spread()
        return min(self._all.changes_ms(t_ms), (self._day + 1) * DAY_MS)

    def struck(self) -> Bools:
        """Per neuron, whether an episode of its own, its device's or its gateway's holds."""
        return self._episode >= 0

    def takes(self, neuron: Index) -> Bools:
        """Which of these neurons the rule is for."""
        return self._fits[self._network.kind[neuron]]

    def begun(self, after_ms: int | None, t_ms: int) -> list[FaultLabel]:
        """Labels of what began after one time and up to another; all that hold when None."""
        start = self._all.start_ms
        new = start > after_ms if after_ms is not None else self._all.end_ms > t_ms
        found = self._all.take(np.flatnonzero(new & (start <= t_ms)))
        columns = (found.target, found.start_ms, found.end_ms, found.size)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [FaultLabel(s, self.names[row], self.fault, e, size) for row, s, e, size in rows]

    def _spread(self) -> None:
        """Which episode holds for each neuron: the younger one where two overlap."""
        self._episode[:] = -1
        if len(self._now):
            targets = np.full(len(self.names), -1, np.int32)
            targets[self._now.target] = np.arange(len(self._now), dtype=np.int32)
            network = self._network
            row = network.gateway if self.kind.gateway else network.device
            self._episode = targets[row]
            if not self.kind.message:  # a watcher's own readings are not its device's
                self._episode[network.device != np.arange(len(network))] = -1
        if len(self.memory.held):
            self.memory.held[self._episode[self._network.series.sensor] < 0] = np.nan

    # How

    def strike(self, batch: Messages, moment: Moment, bits: Callable[[], Keys]) -> Messages:
        """What becomes of these readings, all of them struck; `bits`: 64 per reading."""
        episode = self._episode[self._network.series.sensor[batch.series]]
        spell = Spell(batch.at_ms, moment, episode, self._now, self._sizes, bits)
        return self.kind.strike(batch, spell, self._tools, self.memory)

    def by_chance(self, batch: Messages) -> Bools:
        """Which of these readings fall in no episode."""
        return self._episode[self._network.series.sensor[batch.series]] < 0

    def _sizes(self, draws: Keys) -> Floats:
        size = (0.0, 0.0) if self.rule is None else self.rule.size
        return sizes(size, draw(draws, 1), self.kind.signed)

    # What is carried

    def state(self) -> MemoryState:
        memory, waiting = self.memory, self.memory.waiting
        columns = (memory.held, memory.since, waiting.series, waiting.t_ms, waiting.value)
        return MemoryState(*(column.tobytes() for column in (*columns, waiting.at_ms)))

    def restore(self, state: MemoryState) -> None:
        """ValueError when it is of another network."""
        sizes_ = (self.memory.held.nbytes, self.memory.since.nbytes)
        if (len(state.held), len(state.since)) != sizes_:
            raise ValueError(f"state of {self.fault} for another number of neurons")
        series = np.frombuffer(state.series, np.int32)
        waiting = Messages(
            series,
            np.frombuffer(state.t_ms, np.int64),
            np.frombuffer(state.value, np.float64),
            np.frombuffer(state.due_ms, np.int64),
        )
        self.memory = Memory(
            np.frombuffer(state.held, np.float64).copy(),
            np.frombuffer(state.since, np.int64).copy(),
            waiting,
        )

    # For whom

    def _rates(self, rule: FaultRule) -> Floats:
        """Episodes per year of each target; 0 for those the rule leaves out."""
        if self.kind.gateway:
            nets = [gateway[0].upper() for _, gateway in self._network.gateways]
            return np.where(np.isin(nets, list(rule.nets)), rule.per_year or 0.0, 0.0)
        kinds = self._network.catalogue.kinds
        rates: Floats = np.array([_rate(rule, GRADES[kind.grade]) for kind in kinds]) * self._fits
        return rates[self._network.kind[: len(self.names)]]


def _names(network: Network, kind: Kind, own: int) -> list[str]:
    if kind.gateway:
        return ["/".join(pair) for pair in network.gateways]
    return list(network.sensor_ids[:own])


def _fits(network: Network, rule: FaultRule, kind: Kind) -> Bools:
    """Per kind of neuron, whether the rule is for it."""
    fits = [
        one.net in rule.nets
        and (not rule.kinds or one.id in rule.kinds)
        and (not kind.numeric or any(quantity.numeric for quantity in one.quantities))
        for one in network.catalogue.kinds
    ]
    return np.array(fits)


def _episodes(injected: Injected) -> Episodes:
    count = len(injected.targets)
    return Episodes(
        np.array(injected.targets, np.int32),
        np.full(count, injected.start_ms, np.int64),
        np.full(count, injected.end_ms, np.int64),
        np.full(count, injected.size),
    )


def _rate(rule: FaultRule, grade: Errors) -> float:
    graded = {Fault.STUCK: grade.stuck_per_year, Fault.DEAD: grade.dead_per_year}
    if rule.fault in graded:
        return graded[rule.fault] * (rule.factor or 0.0)
    return rule.per_year or 0.0
