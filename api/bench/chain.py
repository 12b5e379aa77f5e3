"""Readings per second from a gateway through a real broker into the store, confirmed."""

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from queue import SimpleQueue

import duckdb
import numpy as np

from api.bench.row import Row, median_s
from sensors import topics
from sensors.broker import find_program, start_broker
from sensors.bus import Bus, Message
from sensors.catalogue import load_catalogue
from sensors.faults.profile import load_profile
from sensors.gateway import NumberedPack
from sensors.highwater import decode_confirmation
from sensors.ingest import Ingest
from sensors.network import Network, build_network
from sensors.outbox import Outbox, Pack
from sensors.simulation import Simulation
from sensors.store.duck import DuckStore
from sensors.wire import encode_pack
from twin.arrays import Array
from twin.city import City, load_city_config
from twin.clock import HOUR_MS, MINUTE_MS, parse_time, wall_ms
from twin.geography import load_geography
from twin.scenarios import load_scenarios

START_MS = parse_time("2026-05-13T06:00")
HOURS = 6
TARGET = 30_000
BATCH = 5_000
WITHIN_S = 60.0
WINDOW = 1_000  # unconfirmed packs at most
RUN = "bench"


def rows(config: Path) -> Iterator[Row]:
    """Hours of the core, sent as fast as they are confirmed, over each broker there is."""
    network, packs = network_and_packs(config)
    readings = sum(pack.payload.count(b'"n"') for pack in packs)
    bare = readings / _insert_s(readings)
    size = round(readings / len(packs))
    for broker in ("mosquitto", "nats"):
        if find_program(broker) is not None:
            took_s = _through(broker, network, packs)
            name = f"readings over {broker} into the store, packs of {size}"
            yield Row(name, "/s", readings / took_s, bare, "bare DuckDB insert", TARGET)


def network_and_packs(config: Path) -> tuple[Network, list[Pack]]:
    """The core, and what its gateways send in HOURS."""
    geography = load_geography(config, "core")
    network = build_network(load_catalogue(config), geography)
    city = City.start(load_city_config(config), geography, load_scenarios(config), 42, START_MS)
    return network, _packs(Simulation(city, network, load_profile(config), 1))


def _packs(simulation: Simulation) -> list[Pack]:
    """A minute per pack, so that most are of the size the wire is made for, about 100."""
    network = simulation.network
    return [
        Pack(one.zone, one.gateway, one.epoch, one.seq, _encoded(network, one))
        for stretch in simulation.generate(START_MS + HOURS * HOUR_MS, MINUTE_MS)
        for one in simulation.gateways.pack(stretch.readings)
    ]


def _encoded(network: Network, one: NumberedPack) -> bytes:
    return encode_pack(network, one.zone, one.gateway, one.epoch, one.seq, one.batch)


def _through(kind: str, network: Network, packs: list[Pack]) -> float:
    """Seconds from the first pack sent to the last one confirmed."""
    with tempfile.TemporaryDirectory() as folder:
        broker = start_broker(kind, Path(folder) / "broker")
        store = DuckStore(Path(folder) / "store.duckdb")
        bus = Bus(broker.url, "bench-ingest")
        ingest = Ingest(bus, store, network, RUN)
        try:
            ingest.start()
            bus.wait_subscribed(WITHIN_S)
            with ProcessPoolExecutor(1, get_context("spawn")) as city:
                return city.submit(send, broker.url, packs).result()
        finally:
            ingest.stop()
            bus.close()
            store.close()
            broker.stop()


def send(url: str, packs: list[Pack], run: str = RUN) -> float:
    """The gateways' half, in a process of its own: a window of packs, sent until confirmed."""
    outbox, bus = Outbox(), Bus(url, "bench-city")
    marks: SimpleQueue[tuple[str, str, int, int]] = SimpleQueue()

    def hear(message: Message) -> None:
        mark = decode_confirmation(message.payload)
        if mark is not None:
            zone, gateway = topics.parse(message.topic).names
            marks.put((zone, gateway, mark.epoch, mark.seq))

    bus.subscribe(topics.confirmed_topic(run, topics.ANY, topics.ANY), hear)
    bus.wait_subscribed(WITHIN_S)
    begun = time.perf_counter()
    for pack in packs:
        outbox.add(pack, wall_ms())
        bus.publish(topics.readings_topic(run, pack.zone, pack.gateway), pack.payload, qos=1)
        while len(outbox) >= WINDOW or not marks.empty():
            outbox.confirm(*marks.get(timeout=WITHIN_S))
    while len(outbox):
        outbox.confirm(*marks.get(timeout=WITHIN_S))
    took_s = time.perf_counter() - begun
    bus.close()
    return took_s


def _insert_s(readings: int) -> float:
    """Seconds that DuckDB alone takes for as many rows, in commits of the same size."""
    columns: dict[str, Array] = {
        "series": np.arange(readings, dtype=np.int32) % BATCH,
        "t_ms": START_MS + np.arange(readings, dtype=np.int64),
        "value": np.random.default_rng(1).random(readings),
    }

    def insert() -> None:
        with tempfile.TemporaryDirectory() as folder:
            database = duckdb.connect(str(Path(folder) / "bare.duckdb"))
            database.execute("CREATE TABLE readings (series INTEGER, t_ms BIGINT, value DOUBLE)")
            for first in range(0, readings, BATCH):
                part = {name: column[first : first + BATCH] for name, column in columns.items()}
                database.register("part", part)
                database.execute("INSERT INTO readings SELECT * FROM part")
            database.close()

    return median_s(insert)
