"""Gateways: collect what reached them in a tick, put it in order, number it.

From here on nothing may be lost: a numbered pack is kept until the ingest confirms it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import numpy as np

from sensors.catalogue import GRID_MS
from sensors.network import Network
from sensors.ordering import in_order
from sensors.reading import Messages, ReadingBatch
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
        self._recent_ms = np.full((REMEMBERED, len(network.series)), _NEVER_MS, np.int64)
        self._told = np.zeros(len(network.series), np.int64)
        self._place = np.zeros(len(network.series), np.int64)

    def accept(self, batch: ReadingBatch) -> ReadingBatch:
        """In order of time, without second copies of what was heard lately.

        Late readings pass, however old. A copy that comes after REMEMBERED others of its series
        passes too: it is the same point in the store.
        """
        return self.arrived(Messages.of(batch, 0)).readings()

    def arrived(self, messages: Messages) -> Messages:
        """The same for messages of several ticks: tick by tick, each in order of time."""
        tick = messages.at_ms // GRID_MS
        messages = messages.take(in_order(tick, messages.t_ms, messages.series))
        fresh = self._fresh(messages.series, messages.t_ms)
        return messages if fresh.all() else messages.take(fresh)

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
        columns = (self._seq, self._recent_ms.T, self._told)
        return GatewayState(self.epoch, *(column.tobytes() for column in columns))

    def restore(self, state: GatewayState) -> None:
        """Carry on from this state; ValueError when it is of another network."""
        sizes = (self._seq.nbytes, self._recent_ms.nbytes, self._told.nbytes)
        if (len(state.seq), len(state.recent_ms), len(state.told)) != sizes:
            raise ValueError(f"state of {len(state.seq) // 8} gateways, expected {sizes[0] // 8}")
        self.epoch = state.epoch
        self._seq = np.frombuffer(state.seq, np.int64).copy()
        recent = np.frombuffer(state.recent_ms, np.int64)
        self._recent_ms = np.ascontiguousarray(recent.reshape(-1, REMEMBERED).T)
        self._told = np.frombuffer(state.told, np.int64).copy()

    def _fresh(self, series: Index, t_ms: Ints) -> Bools:
        """Which are no copies; these are remembered."""
        fresh = np.ones(len(series), bool)
        if len(series):
            order = in_order(series)
            plain = self._follow(series[order], t_ms[order])
            self._hear(np.sort(order[~plain]), series, t_ms, fresh)
        return fresh

    def _follow(self, series: Index, t_ms: Ints) -> Bools:
        """Remember the readings of each series as long as their times go on, later than all before:
        no copies there.

        Readings come series by series; which of them that was.
        """
        rows = np.arange(len(series))
        new = np.concatenate(([True], series[1:] != series[:-1]))
        starts, group = np.flatnonzero(new), new.cumsum() - 1
        later = np.concatenate(([True], t_ms[1:] > t_ms[:-1]))
        later[starts] = t_ms[starts] > self._recent_ms.take(series[starts], axis=1).max(axis=0)
        ends, stops = np.append(starts[1:], len(series)), np.flatnonzero(~later)[::-1]
        ends[group[stops]] = stops  # the first of a series stays
        plain: Bools = rows < ends[group]
        newest = np.flatnonzero(plain & (rows >= (ends - REMEMBERED)[group]))
        series, nth = series[newest], newest - starts[group[newest]]
        told = self._told[series] + nth
        self._recent_ms[told % REMEMBERED, series] = t_ms[newest]
        self._told[series] = told + 1
        return plain

    def _hear(self, rows: Ints, series: Index, t_ms: Ints, fresh: Bools) -> None:
        """Mark copies as not fresh, remember the others: the next of every series at once."""
        while len(rows):
            now = series[rows]
            self._place[now[::-1]] = rows[::-1]
            first = self._place[now] == rows
            self._try(rows[first], now[first], t_ms[rows[first]], fresh)
            rows = rows[~first]

    def _try(self, rows: Ints, series: Index, t_ms: Ints, fresh: Bools) -> None:
        """Mark what is known among readings of different series, remember the others."""
        known = (self._recent_ms.take(series, axis=1) == t_ms).any(axis=0)
        if known.any():
            fresh[rows[known]] = False
            series, t_ms = series[~known], t_ms[~known]
        told = self._told[series]
        self._recent_ms[told % REMEMBERED, series] = t_ms
        self._told[series] = told + 1

    def _numbered(self, gateway: int, batch: ReadingBatch) -> NumberedPack:
        self._seq[gateway] += 1
        zone, name = self._network.gateways[gateway]
        return NumberedPack(zone, name, self.epoch, int(self._seq[gateway]), batch)
