"""City and neurons in lock step: what the gateways send while the city runs.

City (SimPy clock) --every 10 s, rank 900--> Fleet -> Delivery -> Gateways.accept
                                                advance(): -> numbered packs, encoded
                                                generate(): -> batches, no wire
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from sensors.catalogue import GRID_MS
from sensors.delivery import Delivery, DeliveryState
from sensors.faults import Fault, FaultLabel, FaultPlan
from sensors.fleet import Fleet, FleetState, Said
from sensors.gateway import Gateways, GatewayState
from sensors.layout import check_truths
from sensors.network import Network
from sensors.outbox import Pack
from sensors.reading import ReadingBatch
from sensors.wire import encode_pack
from twin.city import City
from twin.clock import HOUR_MS

FLEET_RANK = 900  # after every system of the city
_VERSION = 1


class SnapshotError(ValueError):
    """Bytes that are not a snapshot of this network."""


class _Snapshot(msgspec.Struct, frozen=True):
    version: int
    born: bool
    city: bytes
    fleet: FleetState
    delivery: DeliveryState
    gateways: GatewayState


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a generated run: what reached the gateways, and which samples were spikes."""

    readings: ReadingBatch
    spikes: list[FaultLabel]


class Simulation:
    """A city with its neurons. Restored from a snapshot it goes on exactly as it would have."""

    def __init__(self, city: City, network: Network, epoch: int = 0) -> None:
        """`epoch` marks the pack numbers of this run; a resumed run keeps that of its snapshot.

        Raises ConfigError when the catalogue asks for something the city does not have.
        """
        check_truths(network.catalogue, city.truth().arrays)
        self.city, self.network = city, network
        self.fleet = Fleet(network, city.seed)
        self.delivery = Delivery(network, city.seed)
        self.gateways = Gateways(network, epoch)
        self._born = False
        self._arrived: list[ReadingBatch] = []
        self._spikes: list[FaultLabel] = []
        city.every(GRID_MS, FLEET_RANK, self._tick)

    @classmethod
    def restore(
        cls, data: bytes, network: Network, restore_city: Callable[[bytes], City]
    ) -> "Simulation":
        """The simulation of a snapshot; SnapshotError when it does not fit this network."""
        try:
            snapshot = msgspec.msgpack.decode(data, type=_Snapshot)
        except msgspec.MsgspecError as error:
            raise SnapshotError(f"damaged snapshot: {error}") from error
        if snapshot.version != _VERSION:
            raise SnapshotError(f"snapshot version {snapshot.version}, expected {_VERSION}")
        simulation = cls(restore_city(snapshot.city), network)
        try:
            simulation.fleet.restore(snapshot.fleet)
            simulation.delivery.restore(snapshot.delivery)
            simulation.gateways.restore(snapshot.gateways)
        except ValueError as error:
            raise SnapshotError(f"snapshot of another network: {error}") from error
        simulation._born = snapshot.born
        return simulation

    def snapshot(self) -> bytes:
        """Everything that changes; the same state always gives the same bytes."""
        return msgspec.msgpack.encode(
            _Snapshot(
                version=_VERSION,
                born=self._born,
                city=self.city.snapshot(),
                fleet=self.fleet.state(),
                delivery=self.delivery.state(),
                gateways=self.gateways.state(),
            )
        )

    def history(self, days: float = 30) -> Iterator[Pack]:
        """The slow kinds' past as packs, before the first advance; ValueError after it."""
        past = [self.fleet.history(truth).batch for truth in self.city.prehistory(days, HOUR_MS)]
        return self._sealed(self.gateways.accept(ReadingBatch.concat(past)))

    def advance(self, until_ms: int) -> list[Pack]:
        """Run the city to just before this time; what the gateways sent meanwhile, in order."""
        batches, _ = self._run(until_ms)
        return [pack for batch in batches for pack in self._sealed(batch)]

    def generate(self, until_ms: int, step_ms: int = HOUR_MS) -> Iterator[Stretch]:
        """The same readings without numbers and wire, stretch by stretch."""
        while self.city.now_ms < until_ms:
            batches, spikes = self._run(min(until_ms, self.city.now_ms + step_ms))
            yield Stretch(ReadingBatch.concat(batches), spikes)

    def fault_labels(self, start_ms: int, end_ms: int) -> list[FaultLabel]:
        """Neurons that stuck or died and gateways that were out in this period."""
        return FaultPlan(self.network, self.city.seed).labels(start_ms, end_ms)

    def _run(self, until_ms: int) -> tuple[list[ReadingBatch], list[FaultLabel]]:
        self.city.run_until(until_ms)
        arrived, self._arrived = self._arrived, []
        spikes, self._spikes = self._spikes, []
        return arrived, spikes

    def _tick(self, t_ms: int) -> None:
        truth = self.city.truth()
        if self._born:
            said = self.fleet.measure(truth)
            arrived = self.delivery.carry(said.batch, t_ms)
        else:
            self._born = True
            said = self.fleet.births(truth)
            arrived = said.batch  # joining is a handshake: it is repeated until it succeeds
        self._arrived.append(self.gateways.accept(arrived))
        self._spikes.extend(self._labels(said))

    def _labels(self, said: Said) -> Iterator[FaultLabel]:
        spiked = said.batch.take(said.spiked)
        sensors = self.network.series.sensor[spiked.series].tolist()
        for sensor, t_ms in zip(sensors, spiked.t_ms.tolist(), strict=True):
            yield FaultLabel(self.network.sensor_ids[sensor], Fault.SPIKE, t_ms, t_ms)

    def _sealed(self, batch: ReadingBatch) -> Iterator[Pack]:
        for pack in self.gateways.pack(batch):
            payload = encode_pack(
                self.network, pack.zone, pack.gateway, pack.epoch, pack.seq, pack.batch
            )
            yield Pack(pack.zone, pack.gateway, pack.epoch, pack.seq, payload)
