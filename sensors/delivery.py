"""The way from a neuron to its gateway: faults of clocks and radios, then the time it takes.

Everything here happens before packs are numbered; what is numbered is guaranteed.
"""

from dataclasses import replace

import msgspec
import numpy as np

from sensors.catalogue import GRID_MS
from sensors.faults.chain import Chain
from sensors.faults.profile import Radios
from sensors.faults.tools import Moment
from sensors.network import Network
from sensors.noise import draw, keys_of, middle, salted
from sensors.reading import Choice, Messages, ReadingBatch
from twin.arrays import Bools


class DeliveryState(msgspec.Struct, frozen=True):
    """What is carried: the readings still on their way."""

    series: bytes
    t_ms: bytes
    value: bytes


class Delivery:
    """The radios of all neurons; a message arrives within this tick of the grid or the next."""

    def __init__(self, network: Network, seed: int, radios: Radios, faults: Chain) -> None:
        delays = np.array([radios.of(kind.net).delay_s for kind in network.catalogue.kinds])
        quickest, slowest = delays.T
        half_s = GRID_MS / 2000
        share = np.clip((slowest - half_s) / np.maximum(slowest - quickest, 1e-9), 0.0, 1.0)
        late = np.where(quickest >= half_s, 1.0, share)
        self._late = np.ceil(late * 2.0**32).astype(np.uint64)[network.kind]
        self._network, self._faults = network, faults
        self._sensor = network.series.sensor.astype(np.intp)
        self._slow = (self._late > 0)[self._sensor]  # per series
        self._keys = salted(keys_of(seed, network.sensor_ids), "delay")
        self._waiting = Messages.empty()

    def join(self, batch: ReadingBatch, moment: Moment) -> ReadingBatch:
        """First messages and history: joining is a handshake, repeated until it succeeds."""
        return self._faults.carried(batch, moment, joining=True)

    def carry(self, said: Messages, moment: Moment) -> Messages:
        """What reaches the gateways at these ticks of what was said now and earlier."""
        untouched, others = self._faults.parted(said, moment)
        waited = replace(self._waiting, at_ms=np.full(len(self._waiting), moment.first_ms))
        pairs = [self._split(said, untouched, moment)]
        pairs += [self._split(other, None, moment) for other in others]
        self._waiting = Messages.chosen([later for _, later in pairs])
        return Messages.chosen([(waited, None), *(now for now, _ in pairs)])

    def _split(self, part: Messages, which: Bools | None, moment: Moment) -> tuple[Choice, Choice]:
        """What arrives by now, at the tick at which it got on or at the next, and what after;
        `which` of the messages, all without."""
        slow = np.flatnonzero(self._slow.take(part.series.astype(np.intp)))
        if not len(slow) and which is None:
            return (part, None), (Messages.empty(), None)
        sensor, at_ms = self._sensor.take(part.series[slow].astype(np.intp)), part.at_ms.copy()
        step = at_ms[slow] // GRID_MS if moment.ticks > 1 else moment.t_ms // GRID_MS
        late = slow[middle(draw(self._keys.take(sensor), step)) < self._late.take(sensor)]
        at_ms[late] += GRID_MS
        later = late[at_ms[late] > moment.t_ms]
        now = np.ones(len(part), bool) if which is None else which.copy()
        later = later[now[later]]
        now[later] = False
        part = replace(part, at_ms=at_ms)
        return (part, np.flatnonzero(now)), (part, later)

    def state(self) -> DeliveryState:
        """What a restored delivery needs beside network, seed and faults."""
        waiting = self._waiting
        columns = (waiting.series, waiting.t_ms, waiting.value)
        return DeliveryState(*(column.tobytes() for column in columns))

    def restore(self, state: DeliveryState) -> None:
        """Carry on from this state; ValueError when it is of another network."""
        series = np.frombuffer(state.series, np.int32)
        if series.max(initial=-1) >= len(self._network.series):
            raise ValueError(f"readings of series {series.max()}, expected fewer")
        t_ms, value = np.frombuffer(state.t_ms, np.int64), np.frombuffer(state.value, np.float64)
        self._waiting = Messages.of(ReadingBatch(series, t_ms, value), 0)
