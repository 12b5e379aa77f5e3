"""Lost 0 and doubled 0: numbered packs through a real broker while everything is killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from sensors import topics
from sensors.broker import Broker, start_broker
from sensors.bus import Bus, Message
from sensors.highwater import decode_confirmation
from sensors.network import Network
from sensors.outbox import Outbox, Pack
from sensors.reading import ReadingBatch
from sensors.store.duck import DuckStore
from sensors.wire import encode_pack

pytestmark = pytest.mark.stack

RUN = "run-1"
T0 = 1_777_600_000_000
CLOCK = b'{"run": "run-1", "t_ms": %d, "speed": 60, "state": "running"}' % T0
PER_PACK, PACKS, GATEWAYS = 20, 300, 3
WITHIN_S = 60.0
WINDOW = 60  # unconfirmed packs, so that the killing happens in the middle
RESEND_MS = 500


@dataclass(slots=True)
class Gateways:
    """A simple numbered publisher that sends again what is not confirmed."""

    bus: Bus
    waiting: list[Pack]
    outbox: Outbox = field(default_factory=Outbox)
    confirmed: int = 0

    def hear(self, message: Message) -> None:
        told = decode_confirmation(message.payload)
        zone, gateway = topics.parse(message.topic).names
        if told is not None:
            self.confirmed += self.outbox.confirm(zone, gateway, told.epoch, told.seq)

    def send_until(self, confirmed: int) -> None:
        """Keep the window full until so many packs are confirmed."""
        self.bus.publish(topics.clock_topic(RUN), CLOCK, 1, True)
        deadline = time.monotonic() + WITHIN_S
        while self.confirmed < confirmed:
            assert time.monotonic() < deadline, f"{self.confirmed} of {confirmed} packs confirmed"
            now_ms = time.monotonic_ns() // 1_000_000
            for pack in self.outbox.resend(now_ms, RESEND_MS):
                self.publish(pack)
            while self.waiting and len(self.outbox) < WINDOW:
                pack = self.waiting.pop(0)
                self.outbox.add(pack, now_ms)
                self.publish(pack)
            time.sleep(0.01)

    def publish(self, pack: Pack) -> None:
        self.bus.publish(topics.readings_topic(RUN, pack.zone, pack.gateway), pack.payload, 1)


def numeric_series(network: Network, gateway: int) -> np.ndarray:
    plain = np.array([quantity.numeric for quantity in network.quantities])
    of_gateway = network.gateway[network.series.sensor] == gateway
    found = np.flatnonzero(of_gateway & plain[network.series.quantity])
    return found[:PER_PACK].astype(np.int32)


def make_packs(network: Network) -> tuple[list[Pack], ReadingBatch]:
    """Packs of several gateways in turn, and all readings in them."""
    chosen = [g for g in range(len(network.gateways)) if len(numeric_series(network, g)) == 20]
    packs, batches = [], []
    for seq in range(1, PACKS // GATEWAYS + 1):
        for gateway in chosen[:GATEWAYS]:
            series = numeric_series(network, gateway)
            t_ms = np.full(PER_PACK, T0 + 1000 * seq, np.int64)
            batch = ReadingBatch(series, t_ms, np.round(series / 1000 + seq, 3))
            zone, name = network.gateways[gateway]
            payload = encode_pack(network, zone, name, 7, seq, batch)
            packs.append(Pack(zone, name, 7, seq, payload))
            batches.append(batch)
    return packs, ReadingBatch.concat(batches)


class Chain:
    """Broker and ingest that can be killed at any moment and started again."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.folder, self.file = folder, folder / "store" / "twin.duckdb"
        self.broker: Broker = start_broker(kind, folder / "broker")
        self.ingest = self.start_ingest()

    def start_ingest(self) -> "subprocess.Popen[bytes]":
        script = Path(__file__).with_name("ingest_process.py")
        command = [sys.executable, str(script), self.broker.url, str(self.file), RUN]
        with (self.folder / "ingest.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ})

    def kill_ingest(self) -> None:
        self.ingest.kill()
        self.ingest.wait()
        self.ingest = self.start_ingest()

    def kill_broker(self) -> None:
        self.broker.process.kill()
        self.broker.process.wait()
        self.broker = start_broker(self.broker.kind, self.folder / "broker", self.broker.port)

    def kill_both(self) -> None:
        self.ingest.kill()
        self.kill_broker()
        self.ingest.wait()
        self.ingest = self.start_ingest()

    def stop(self) -> None:
        self.ingest.kill()
        self.ingest.wait()
        self.broker.stop()


@contextmanager
def running(kind: str, folder: Path) -> Iterator[Chain]:
    chain = Chain(kind, folder)
    try:
        yield chain
    finally:
        chain.stop()


def stored_rows(file: Path, network: Network) -> list[tuple[int, int, float]]:
    store = DuckStore(file)
    found = ReadingBatch.concat(list(store.scan(RUN, network, None, 0, 1 << 42)))
    store.close()
    return rows_of(found)


def rows_of(batch: ReadingBatch) -> list[tuple[int, int, float]]:
    columns = (batch.series.tolist(), batch.t_ms.tolist(), batch.value.tolist())
    return sorted(zip(*columns, strict=True))


@pytest.mark.parametrize(
    "kill", [Chain.kill_ingest, Chain.kill_broker, Chain.kill_both], ids=lambda kill: kill.__name__
)
def test_nothing_is_lost_and_nothing_doubled(
    broker_kind: str, tmp_path: Path, network: Network, kill: Callable[[Chain], None]
) -> None:
    packs, sent = make_packs(network)
    with running(broker_kind, tmp_path) as chain:
        bus = Bus(chain.broker.url, "gateways")
        gateways = Gateways(bus, packs)
        bus.subscribe(topics.confirmed_topic(RUN, "+", "+"), gateways.hear)
        for part in (1, 2):
            gateways.send_until(part * PACKS // 3)
            kill(chain)
        gateways.send_until(PACKS)
        bus.close()
    assert stored_rows(chain.file, network) == rows_of(sent)


def test_marks_continue_after_a_kill(broker_kind: str, tmp_path: Path, network: Network) -> None:
    """The mark of every gateway ends at its last pack, across a kill -9 of the ingest."""
    packs, _ = make_packs(network)
    with running(broker_kind, tmp_path) as chain:
        bus = Bus(chain.broker.url, "gateways")
        gateways = Gateways(bus, packs)
        bus.subscribe(topics.confirmed_topic(RUN, "+", "+"), gateways.hear)
        gateways.send_until(PACKS // 2)
        chain.kill_ingest()
        gateways.send_until(PACKS)
        bus.close()
    store = DuckStore(chain.file)
    assert {mark.seq for mark in store.marks(RUN)} == {PACKS // GATEWAYS}
    store.close()
