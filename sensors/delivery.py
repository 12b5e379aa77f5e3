"""The way from a neuron to its gateway: faults of clocks and radios, then the time it takes.

Everything here happens before packs are numbered; what is numbered is guaranteed.
"""

import msgspec
import numpy as np

from sensors.catalogue import GRID_MS
from sensors.faults.chain import Chain
from sensors.faults.profile import Radios
from sensors.faults.tools import Moment
from sensors.network import Network
from sensors.noise import draw, keys_of, salted, uniform
from sensors.reading import ReadingBatch
from twin.arrays import Floats


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
        self._late: Floats = np.where(quickest >= half_s, 1.0, share)[network.kind]
        self._slow = self._late > 0
        self._network, self._faults = network, faults
        self._keys = salted(keys_of(seed, network.sensor_ids), "delay")
        self._waiting = ReadingBatch.empty()

    def join(self, batch: ReadingBatch, moment: Moment) -> ReadingBatch:
        """First messages and history: joining is a handshake, repeated until it succeeds."""
        return self._faults.carried(batch, moment, joining=True)

    def carry(self, batch: ReadingBatch, moment: Moment) -> ReadingBatch:
        """What reaches the gateways at this tick of what was said now and earlier."""
        parts = [self._split(part, moment) for part in self._faults.parts(batch, moment)]
        arrived = ReadingBatch.concat([self._waiting, *(now for now, _ in parts)])
        self._waiting = ReadingBatch.concat([later for _, later in parts])
        return arrived

    def _split(self, batch: ReadingBatch, moment: Moment) -> tuple[ReadingBatch, ReadingBatch]:
        """What arrives at this tick and what at the next."""
        sensor = self._network.series.sensor[batch.series]
        slow = np.flatnonzero(self._slow[sensor])
        if not len(slow):
            return batch, ReadingBatch.empty()
        chance = uniform(draw(self._keys[sensor[slow]], moment.t_ms // GRID_MS))
        late = np.zeros(len(batch), bool)
        late[slow] = chance < self._late[sensor[slow]]
        return batch.take(~late), batch.take(late)

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
        self._waiting = ReadingBatch(
            series, np.frombuffer(state.t_ms, np.int64), np.frombuffer(state.value, np.float64)
        )
