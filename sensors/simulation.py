"""City and neurons in lock step: what the gateways send while the city runs.

City (SimPy clock) --every 10 s, rank 900--> Fleet -> Delivery -> Gateways.accept   (Chain: faults)
                                                advance(): -> numbered packs, encoded
                                                generate(): -> batches, no wire
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np

from sensors.catalogue import GRID_MS
from sensors.delivery import Delivery, DeliveryState
from sensors.faults import demand
from sensors.faults.chain import Chain, ChainState
from sensors.faults.label import FaultLabel
from sensors.faults.profile import Profile
from sensors.faults.tools import Moment
from sensors.fleet import Fleet, FleetState
from sensors.gateway import Gateways, GatewayState
from sensors.layout import check_truths
from sensors.network import Network
from sensors.outbox import Pack
from sensors.reading import Messages, ReadingBatch
from sensors.states import StateTexts
from sensors.wire import encode_pack
from twin.arrays import Floats
from twin.city import City
from twin.clock import HOUR_MS, MINUTE_MS, SECOND_MS, iso
from twin.command import Acknowledgement, Command
from twin.truth import Truth

FLEET_RANK = 900  # after every system of the city
TOGETHER = 16_384  # messages that are enough to be passed on: more calls cost less than more memory
_VERSION = 2


class SnapshotError(ValueError):
    """Bytes that are not a snapshot of this network."""


class _Snapshot(msgspec.Struct, frozen=True):
    version: int
    born: bool
    city: bytes
    faults: ChainState
    fleet: FleetState
    delivery: DeliveryState
    gateways: GatewayState


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a generated run: what reached the gateways, and the faults that began in it."""

    readings: ReadingBatch
    faults: list[FaultLabel]


class Simulation:
    """A city with its neurons. Restored from a snapshot it goes on exactly as it would have."""

    def __init__(self, city: City, network: Network, profile: Profile, epoch: int = 0) -> None:
        """`epoch` marks the pack numbers of this run; a resumed run keeps that of its snapshot.

        Raises ConfigError when the catalogue asks for something the city does not have.
        """
        check_truths(network.catalogue, city.truth().arrays)
        self.city, self.network = city, network
        self.faults = Chain(network, city.seed, profile)
        self.fleet = Fleet(network, city.seed, self.faults, city.fast)
        self.delivery = Delivery(network, city.seed, profile.radio, self.faults)
        self.gateways = Gateways(network, epoch)
        self._texts = StateTexts(network)
        self._born = False
        self._arrived: list[ReadingBatch] = []
        self._said: list[Messages] = []
        self._ticks, self._last_ms = 0, 0
        self._outside: Mapping[str, Floats] = {}
        self._together_ms = math.gcd(MINUTE_MS, city.config.tick_s * SECOND_MS)
        city.every(GRID_MS, FLEET_RANK, self._tick)

    @classmethod
    def restore(
        cls,
        data: bytes,
        network: Network,
        profile: Profile,
        restore_city: Callable[[bytes], City],
    ) -> "Simulation":
        """The simulation of a snapshot; SnapshotError when it does not fit network or profile."""
        try:
            snapshot = msgspec.msgpack.decode(data, type=_Snapshot)
        except msgspec.MsgspecError as error:
            raise SnapshotError(f"damaged snapshot: {error}") from error
        if snapshot.version != _VERSION:
            raise SnapshotError(f"snapshot version {snapshot.version}, expected {_VERSION}")
        simulation = cls(restore_city(snapshot.city), network, profile)
        try:
            simulation.faults.restore(snapshot.faults)
            simulation.fleet.restore(snapshot.fleet)
            simulation.delivery.restore(snapshot.delivery)
            simulation.gateways.restore(snapshot.gateways)
        except ValueError as error:
            raise SnapshotError(f"snapshot of another network or profile: {error}") from error
        simulation._born = snapshot.born
        return simulation

    def snapshot(self) -> bytes:
        """Everything that changes; the same state always gives the same bytes.

        Fault labels that nobody has asked for are not in it.
        """
        self._pass_on()
        return msgspec.msgpack.encode(
            _Snapshot(
                version=_VERSION,
                born=self._born,
                city=self.city.snapshot(),
                faults=self.faults.state(),
                fleet=self.fleet.state(),
                delivery=self.delivery.state(),
                gateways=self.gateways.state(),
            )
        )

    def history(self, days: float = 30) -> Iterator[Pack]:
        """The slow kinds' past as packs, before the first advance; ValueError after it."""
        return self._sealed(ReadingBatch.concat(list(self.past(days))))

    def past(self, days: float = 30) -> Iterator[ReadingBatch]:
        """The same hour by hour, without numbers and wire."""
        for truth in self.city.prehistory(days, HOUR_MS):
            moment = Moment(truth.t_ms, truth.arrays)
            yield self._accepted(self.delivery.join(self.fleet.history(truth), moment))

    def advance(self, until_ms: int) -> list[Pack]:
        """Run the city to just before this time; what the gateways sent meanwhile, in order."""
        return [pack for batch in self._run(until_ms) for pack in self._sealed(batch)]

    def generate(self, until_ms: int, step_ms: int = HOUR_MS) -> Iterator[Stretch]:
        """The same readings without numbers and wire, stretch by stretch."""
        while self.city.now_ms < until_ms:
            batches = self._run(min(until_ms, self.city.now_ms + step_ms))
            yield Stretch(ReadingBatch.concat(batches), self.faults.labels())

    def submit(self, command: Command) -> Acknowledgement:
        """Follow a command: `inject_fault` strikes neurons, all others are the city's."""
        if command.action != demand.ACTION:
            return self.city.submit(command)
        now_ms = self.city.now_ms
        try:
            injected = demand.demanded(command, now_ms, self.network, self.faults.profile)
        except demand.FaultRefusedError as refusal:
            return Acknowledgement(
                command=command.id, accepted=False, detail=str(refusal), t_ms=now_ms
            )
        self.faults.inject(injected)
        detail = f"{injected.fault} at {len(injected.targets)} from {iso(injected.start_ms)}"
        return Acknowledgement(command=command.id, accepted=True, detail=detail, t_ms=now_ms)

    def _run(self, until_ms: int) -> list[ReadingBatch]:
        """What arrived until then, tick by tick."""
        self.city.run_until(until_ms)
        self._pass_on()
        arrived, self._arrived = self._arrived, []
        return arrived

    def _tick(self, t_ms: int) -> None:
        """Ticks between which only what is fast changes are passed on together."""
        truth = self.city.truth()
        if not self._born:
            self._born = True
            moment = Moment(t_ms, truth.arrays)
            self._arrived.append(
                self._accepted(self.delivery.join(self.fleet.births(truth), moment))
            )
            return
        if not self.faults.steady(t_ms):
            self._pass_on()
            self.faults.turn(t_ms)
        if not self.fleet.seeing:
            self._look_outside(truth)
        self.fleet.see(truth)
        self._ticks += 1
        self._last_ms = t_ms
        if (t_ms + GRID_MS) % self._together_ms < GRID_MS:
            self._said.append(self.fleet.say())
            if sum(map(len, self._said)) >= TOGETHER:
                self._pass_on()

    def _look_outside(self, truth: Truth) -> None:
        """Storms and power cuts: messages pass on together as long as these stay as they are."""
        outside = self.faults.outside(truth.arrays)
        if self._said and not self.faults.alike(self._outside, outside):
            self._pass_on()
        self._outside = outside

    def _pass_on(self) -> None:
        """What was said at the ticks since the last time, through faults and gateways."""
        if self.fleet.seeing:
            self._said.append(self.fleet.say())
        if not self._ticks:
            return
        moment = Moment(self._last_ms, self._outside, self._ticks)
        said, self._said, self._ticks = Messages.concat(self._said), [], 0
        arrived = self.gateways.arrived(self.delivery.carry(said, moment))
        batch = self._texts.batch(arrived.series, arrived.t_ms, arrived.value)
        ticks = [moment.first_ms + tick * GRID_MS for tick in range(1, moment.ticks)]
        ends = [*np.searchsorted(arrived.at_ms, ticks).tolist(), len(batch)]
        for first, last in zip([0, *ends[:-1]], ends, strict=True):
            self._arrived.append(batch.part(first, last))

    def _accepted(self, batch: ReadingBatch) -> ReadingBatch:
        """What the gateways take, states as texts from here on."""
        batch = self.gateways.accept(batch)
        return self._texts.batch(batch.series, batch.t_ms, batch.value)

    def _sealed(self, batch: ReadingBatch) -> Iterator[Pack]:
        for pack in self.gateways.pack(batch):
            payload = encode_pack(
                self.network, pack.zone, pack.gateway, pack.epoch, pack.seq, pack.batch
            )
            yield Pack(pack.zone, pack.gateway, pack.epoch, pack.seq, payload)
