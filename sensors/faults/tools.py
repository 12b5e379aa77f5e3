"""What fault functions work with: who is struck and how hard, what a series can read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Protocol

import numpy as np

from sensors.catalogue import GRID_MS, Quantity
from sensors.network import Network
from sensors.noise import Keys
from sensors.reading import Messages
from twin.arrays import Bools, Floats, Index, Ints, clamp

AIR_TEMPERATURE = "zone.air_temp_c"
BATTERY, CLOCK_OFFSET = "device.battery_pct", "device.clock_offset_s"


@dataclass(frozen=True, slots=True)
class Moment:
    """Now (the fleet's grid, ms UTC) and the city's arrays, of which a few matter to faults.

    Several `ticks` that end now may pass at once where those few arrays stayed the same.
    """

    t_ms: int
    arrays: Mapping[str, Floats]
    ticks: int = 1

    @property
    def first_ms(self) -> int:
        """The first of the ticks."""
        return self.t_ms - (self.ticks - 1) * GRID_MS

    def tick_of(self, due_ms: Ints) -> Ints:
        """The tick at which what is due then gets on, at the earliest the first."""
        steps = -(-(due_ms - self.first_ms) // GRID_MS)
        return self.first_ms + np.maximum(0, steps) * GRID_MS


class Spell:
    """For each reading that is struck: the episode it falls in, and 64 random bits.

    A reading that is struck by chance alone is an episode of its own. Worked out when asked for.
    """

    def __init__(
        self,
        now_ms: Ints,
        moment: Moment,
        episode: Index,
        known: "Columns",
        alone: Callable[[Keys], Floats],
        bits: Callable[[], Keys],
    ) -> None:
        """`now_ms`: the tick of each reading; `episode`: a row of `known` for each, -1 for none;
        `alone`: sizes by chance."""
        self.now_ms, self.moment = now_ms, moment
        self._episode, self._known, self._alone, self._bits = episode, known, alone, bits

    @cached_property
    def start_ms(self) -> Ints:
        return self._looked_up(self._known.start_ms, self.now_ms)

    @cached_property
    def end_ms(self) -> Ints:
        return self._looked_up(self._known.end_ms, self.now_ms + 1)

    @cached_property
    def size(self) -> Floats:
        size = self._alone(self.draws)
        inside = np.flatnonzero(self._episode >= 0)
        size[inside] = self._known.size[self._episode[inside]]
        return size

    @cached_property
    def draws(self) -> Keys:
        return self._bits()

    def progress(self) -> Floats:
        """Share of the episode that is over, 0 to 1."""
        return np.clip((self.now_ms - self.start_ms) / (self.end_ms - self.start_ms), 0.0, 1.0)

    def _looked_up(self, column: Ints, otherwise: Ints) -> Ints:
        found = otherwise.copy()
        inside = np.flatnonzero(self._episode >= 0)
        found[inside] = column[self._episode[inside]]
        return found


class Columns(Protocol):
    """Episodes by row."""

    @property
    def start_ms(self) -> Ints: ...
    @property
    def end_ms(self) -> Ints: ...
    @property
    def size(self) -> Floats: ...


@dataclass(slots=True)
class Memory:
    """What a fault carries from one moment to the next.

    `held`: a value per series, NaN for none. `since`: per neuron, when it began, -1 while it does
    not hold. `waiting` messages get on once their `at_ms` has come.
    """

    held: Floats
    since: Ints
    waiting: Messages = field(default_factory=Messages.empty)

    def keep(self, batch: Messages, due_ms: Ints) -> None:
        """These messages, which were to get on now, get on later."""
        kept = replace(batch, at_ms=np.maximum(batch.at_ms, due_ms), marks=None)
        order = np.argsort(batch.at_ms, kind="stable")  # as if every tick had come on its own
        self.waiting = Messages.concat([self.waiting, kept.take(order)])

    def release(self, moment: Moment) -> Messages:
        """What is due by now, in the order it was kept."""
        due = self.waiting.at_ms <= moment.t_ms
        batch, self.waiting = self.waiting.take(due), self.waiting.take(~due)
        return replace(batch, at_ms=moment.tick_of(batch.at_ms))

    def forget_oldest(self, limit: int) -> None:
        """A memory of this many readings: the oldest are lost."""
        if len(self.waiting) > limit:
            first = len(self.waiting) - limit
            self.waiting = self.waiting.take(np.arange(first, len(self.waiting)))


@dataclass(frozen=True, slots=True)
class Tools:
    """Per series of a network, in wire units: noise, range, steps, what a loose probe reads."""

    network: Network
    numeric: Bools
    circular: Bools
    noise_abs: Floats
    noise_rel: Floats
    low: Floats
    high: Floats
    times: Floats  # a step of the scale is times / over
    over: Floats
    rest: Floats
    celsius: Bools
    battery: Bools
    clock_offset: Bools

    @staticmethod
    def of(network: Network) -> "Tools":
        row, quantities = network.series.quantity, network.quantities
        facts = np.array([_facts(quantity) for quantity in quantities]).T[:, row]
        truths = np.array([quantity.truth for quantity in quantities])[row]
        noise_abs, noise_rel, low, high, times, over, rest = facts
        return Tools(
            network=network,
            numeric=np.array([quantity.numeric for quantity in quantities])[row],
            circular=np.array([quantity.circular for quantity in quantities])[row],
            noise_abs=noise_abs,
            noise_rel=noise_rel,
            low=low,
            high=high,
            times=times,
            over=over,
            rest=rest,
            celsius=np.array([quantity.unit == "Cel" for quantity in quantities])[row],
            battery=truths == BATTERY,
            clock_offset=truths == CLOCK_OFFSET,
        )

    def sigma(self, series: Index, value: Floats) -> Floats:
        """Noise of these series at these values, at least a step of the scale."""
        noise = self.noise_abs[series] + self.noise_rel[series] * np.abs(value)
        return np.maximum(noise, self.times[series] / self.over[series])

    def fit(self, series: Index, value: Floats) -> Floats:
        """On to the scale: into the range, rounded to whole steps; directions go round."""
        low, high = self.low[series], self.high[series]
        times, over, circular = self.times[series], self.over[series], self.circular[series]
        inside = clamp(value, low, high)
        if circular.any():
            inside = np.where(circular, low + (value - low) % (high - low), inside)
        fitted: Floats = np.rint(inside * over / times) * times / over
        return fitted

    def zone(self, series: Index) -> Index:
        return self.network.zone[self.network.series.sensor[series]]


def _facts(quantity: Quantity) -> list[float]:
    if not quantity.numeric:
        return [0, 0, 0, max(1, len(quantity.states) - 1), 1, 1, 0]
    per_unit = quantity.per_unit
    step = Fraction(repr(quantity.resolution)) / Fraction(repr(per_unit))
    low, high = quantity.low / per_unit, quantity.high / per_unit
    rest = min(max(0.0, low), high)
    noise = [quantity.noise_abs / per_unit, quantity.noise_rel]
    return [*noise, low, high, float(step.numerator), float(step.denominator), rest]
