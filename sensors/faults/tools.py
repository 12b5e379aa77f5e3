"""What fault functions work with: who is struck and how hard, what a series can read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Protocol

import numpy as np

from sensors.catalogue import Quantity
from sensors.network import Network
from sensors.noise import Keys
from sensors.reading import ReadingBatch
from twin.arrays import Bools, Floats, Index, Ints

AIR_TEMPERATURE = "zone.air_temp_c"
BATTERY, CLOCK_OFFSET = "device.battery_pct", "device.clock_offset_s"


@dataclass(frozen=True, slots=True)
class Moment:
    """Now (the fleet's grid, ms UTC) and the city's arrays, of which a few matter to faults."""

    t_ms: int
    arrays: Mapping[str, Floats]


class Spell:
    """For each reading that is struck: the episode it falls in, and 64 random bits.

    A reading that is struck by chance alone is an episode of its own. Worked out when asked for.
    """

    def __init__(
        self,
        moment: Moment,
        episode: Index,
        known: "Columns",
        alone: Callable[[Keys], Floats],
        bits: Callable[[], Keys],
    ) -> None:
        """`episode`: a row of `known` per reading, -1 for none; `alone`: sizes by chance."""
        self.moment = moment
        self._episode, self._known, self._alone, self._bits = episode, known, alone, bits

    @cached_property
    def start_ms(self) -> Ints:
        return self._looked_up(self._known.start_ms, np.int64(self.moment.t_ms))

    @cached_property
    def end_ms(self) -> Ints:
        return self._looked_up(self._known.end_ms, np.int64(self.moment.t_ms + 1))

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
        return np.clip((self.moment.t_ms - self.start_ms) / (self.end_ms - self.start_ms), 0.0, 1.0)

    def _looked_up(self, column: Ints, otherwise: np.int64) -> Ints:
        found = np.full(len(self._episode), otherwise)
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
    not hold. `waiting` readings arrive at `due_ms`.
    """

    held: Floats
    since: Ints
    waiting: ReadingBatch = field(default_factory=ReadingBatch.empty)
    due_ms: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def keep(self, batch: ReadingBatch, due_ms: Ints) -> None:
        """These readings arrive later."""
        self.waiting = ReadingBatch.concat([self.waiting, batch])
        self.due_ms = np.concatenate([self.due_ms, due_ms])

    def release(self, t_ms: int) -> ReadingBatch:
        """What is due by now, in the order it was kept."""
        due = self.due_ms <= t_ms
        batch, self.waiting = self.waiting.take(due), self.waiting.take(~due)
        self.due_ms = self.due_ms[~due]
        return batch

    def forget_oldest(self, limit: int) -> None:
        """A memory of this many readings: the oldest are lost."""
        if len(self.waiting) > limit:
            self.waiting = self.waiting.take(
                np.arange(len(self.waiting) - limit, len(self.waiting))
            )
            self.due_ms = self.due_ms[-limit:]


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
        turned = low + (value - low) % (high - low)
        inside = np.where(self.circular[series], turned, np.clip(value, low, high))
        steps = np.rint(inside * self.over[series] / self.times[series])
        fitted: Floats = steps * self.times[series] / self.over[series]
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
