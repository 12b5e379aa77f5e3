"""The way from a neuron to its gateway: loss in bursts, delay, duplicates, outages.

Gilbert and Elliott's channel: each neuron's radio is good or bad, may change with every message,
and loses messages at the rate of its state. All readings of a neuron at one time are one message.
Everything here happens before packs are numbered; what is numbered is guaranteed.
"""

from dataclasses import dataclass

import msgspec
import numpy as np

from sensors.catalogue import GRID_MS
from sensors.faults import Affected, Fault, FaultPlan
from sensors.network import Network
from sensors.noise import draw, fraction, keys_of, salted, uniform
from sensors.reading import ReadingBatch
from twin.arrays import Bools, Floats, Index

DUPLICATES = 0.001  # share of messages that arrive twice (design choice)


@dataclass(frozen=True, slots=True)
class Channel:
    """The radio of one network class (design choices).

    Chances per message to turn bad and good again, and to be lost in each state; attempts
    before a message is given up; delay in s, spread evenly.
    """

    worsens: float
    recovers: float
    lost_good: float
    lost_bad: float
    attempts: int
    delay_s: tuple[float, float]


CHANNELS = {
    "W": Channel(0.0005, 0.2, 0.0002, 0.6, 6, (0.1, 1.0)),  # TCP tries again
    "N": Channel(0.004, 0.12, 0.005, 0.7, 3, (2.0, 10.0)),
    "L": Channel(0.02, 0.15, 0.02, 0.8, 1, (1.0, 5.0)),  # unconfirmed LoRaWAN uplinks
}


class DeliveryState(msgspec.Struct, frozen=True):
    """What is carried: which radios are bad, and the readings still on their way."""

    bad: bytes
    series: bytes
    t_ms: bytes
    value: bytes
    state: list[str | None]


class Delivery:
    """The radios of all neurons; a message arrives within this tick of the grid or the next."""

    def __init__(self, network: Network, seed: int) -> None:
        channels = [CHANNELS[kind.net] for kind in network.catalogue.kinds]
        table = np.array([_facts(channel) for channel in channels]).T[:, network.kind]
        self._worsens, self._recovers, self._lost_good, self._lost_bad = table[:4]
        self._quickest, self._slowest = table[4:]
        self._network = network
        self._keys = salted(keys_of(seed, network.sensor_ids), "channel")
        self._out = Affected(FaultPlan(network, seed), Fault.OUTAGE, len(network.gateways))
        self._bad: Bools = np.zeros(len(network), bool)
        self._waiting = ReadingBatch.empty()

    def carry(self, batch: ReadingBatch, t_ms: int) -> ReadingBatch:
        """What reaches the gateways at this tick of what was said now and at the last."""
        sensor = self._network.series.sensor[batch.series]
        first = draw(self._keys[sensor], t_ms // GRID_MS)
        second = draw(first, 1)
        bad = self._turn(sensor, uniform(first))
        lost = uniform(second) < np.where(bad, self._lost_bad[sensor], self._lost_good[sensor])
        lost |= self._out.at(t_ms)[self._network.gateway[sensor]]
        delay_s = self._quickest[sensor] + fraction(second) * (
            self._slowest[sensor] - self._quickest[sensor]
        )
        late = delay_s * 1000 >= GRID_MS / 2
        twice = ~lost & ~late & (fraction(first) < DUPLICATES)
        arrived = [self._waiting, batch.take(~lost & ~late), batch.take(twice)]
        self._waiting = batch.take(~lost & late)
        return ReadingBatch.concat(arrived)

    def state(self) -> DeliveryState:
        """What a restored delivery needs beside network and seed."""
        waiting = self._waiting
        texts = [None] * len(waiting) if waiting.state is None else waiting.state.tolist()
        return DeliveryState(
            bad=self._bad.tobytes(),
            series=waiting.series.tobytes(),
            t_ms=waiting.t_ms.tobytes(),
            value=waiting.value.tobytes(),
            state=texts,
        )

    def restore(self, state: DeliveryState) -> None:
        """Carry on from this state; ValueError when it is of another network."""
        if len(state.bad) != len(self._bad):
            raise ValueError(f"state of {len(state.bad)} neurons, expected {len(self._bad)}")
        stated = any(text is not None for text in state.state)
        self._bad = np.frombuffer(state.bad, bool).copy()
        self._waiting = ReadingBatch(
            np.frombuffer(state.series, np.int32),
            np.frombuffer(state.t_ms, np.int64),
            np.frombuffer(state.value, np.float64),
            np.array(state.state, object) if stated else None,
        )

    def _turn(self, sensor: Index, chance: Floats) -> Bools:
        """The state of these radios now; readings of one message agree, as they share a draw."""
        was = self._bad[sensor]
        bad: Bools = np.where(was, chance >= self._recovers[sensor], chance < self._worsens[sensor])
        self._bad[sensor] = bad
        return bad


def _facts(channel: Channel) -> tuple[float, ...]:
    lost = (channel.lost_good**channel.attempts, channel.lost_bad**channel.attempts)
    return (channel.worsens, channel.recovers, *lost, *channel.delay_s)
