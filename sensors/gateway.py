"""Gateways: collect what reached them in a tick, put it in order, number it.

From here on nothing may be lost: a numbered pack is kept until the ingest confirms it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import numpy as np

from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.senml import MAX_RECORDS
from twin.arrays import Bools, Index, Ints

_NEVER_MS = np.iinfo(np.int64).min
REMEMBERED = 4  # device times per series by which a gateway knows a second copy (design choice)


@dataclass(frozen=True, slots=True)
class NumberedPack:
    """Readings that travel together. `seq` counts from 1 per gateway and epoch."""

    zone: str
    gateway: str
    epoch: int
    seq: int
    batch: ReadingBatch


class GatewayState(msgspec.Struct, frozen=True):
    """What is carried: the epoch, the last number per gateway, the last times per series."""

    epoch: int
    seq: bytes
    recent_ms: bytes
    told: bytes


class Gateways:
    """All gateways of a network. A resumed run keeps its epoch; a new run takes a new one."""

    def __init__(self, network: Network, epoch: int) -> None:
        self._network = network
        self.epoch = epoch
        self._seq = np.zeros(len(network.gateways), np.int64)
        self._recent_ms = np.full((len(network.series), REMEMBERED), _NEVER_MS, np.int64)
        self._told = np.zeros(len(network.series), np.int64)
        self._place = np.zeros(len(network.series), np.int64)

    def accept(self, batch: ReadingBatch) -> ReadingBatch:
        """In order of time, without second copies of what was heard lately.

        Late readings pass, however old. A copy that comes after REMEMBERED others of its series
        passes too: it is the same point in the store.
        """
        batch = batch.take(np.lexsort((batch.series, batch.t_ms)))
        known = (self._recent_ms[batch.series] == batch.t_ms[:, None]).any(axis=1)
        known |= _repeated(batch)
        if known.any():
            batch = batch.take(~known)
        self._remember(batch.series, batch.t_ms)
        return batch

    def pack(self, batch: ReadingBatch) -> Iterator[NumberedPack]:
        """Accepted readings as numbered packs of at most 200, gateway by gateway."""
        gateway = self._network.gateway[self._network.series.sensor[batch.series]]
        order = np.argsort(gateway, kind="stable")
        batch, gateway = batch.take(order), gateway[order]
        numbers, starts = np.unique(gateway, return_index=True)
        ends = np.searchsorted(gateway, numbers, "right")
        for number, start, end in zip(numbers.tolist(), starts, ends, strict=True):
            for first in range(int(start), int(end), MAX_RECORDS):
                last = min(first + MAX_RECORDS, int(end))
                yield self._numbered(number, batch.take(np.arange(first, last)))

    def state(self) -> GatewayState:
        """What restored gateways need beside the network."""
        columns = (self._seq, self._recent_ms, self._told)
        return GatewayState(self.epoch, *(column.tobytes() for column in columns))

    def restore(self, state: GatewayState) -> None:
        """Carry on from this state; ValueError when it is of another network."""
        sizes = (self._seq.nbytes, self._recent_ms.nbytes, self._told.nbytes)
        if (len(state.seq), len(state.recent_ms), len(state.told)) != sizes:
            raise ValueError(f"state of {len(state.seq) // 8} gateways, expected {sizes[0] // 8}")
        self.epoch = state.epoch
        self._seq = np.frombuffer(state.seq, np.int64).copy()
        recent = np.frombuffer(state.recent_ms, np.int64)
        self._recent_ms = recent.reshape(self._recent_ms.shape).copy()
        self._told = np.frombuffer(state.told, np.int64).copy()

    def _remember(self, series: Index, t_ms: Ints) -> None:
        """The last times of each series, round and round; most batches hold a series once."""
        while len(series):
            row = np.arange(len(series))
            self._place[series[::-1]] = row[::-1]
            first = self._place[series] == row
            now = series[first]
            self._recent_ms[now, self._told[now] % REMEMBERED] = t_ms[first]
            self._told[now] += 1
            series, t_ms = series[~first], t_ms[~first]

    def _numbered(self, gateway: int, batch: ReadingBatch) -> NumberedPack:
        self._seq[gateway] += 1
        zone, name = self._network.gateways[gateway]
        return NumberedPack(zone, name, self.epoch, int(self._seq[gateway]), batch)


def _repeated(batch: ReadingBatch) -> Bools:
    """Second copies in a batch sorted by time and series."""
    repeated = np.zeros(len(batch), bool)
    repeated[1:] = (batch.t_ms[1:] == batch.t_ms[:-1]) & (batch.series[1:] == batch.series[:-1])
    return repeated
