"""Payloads that are wrong in every way, through real brokers; the next good pack is stored."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from sensors import topics
from sensors.broker import Broker
from sensors.bus import Bus
from sensors.ingest import Ingest
from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.store.duck import DuckStore
from sensors.wire import encode_pack
from twin.clock import wall_ms

pytestmark = pytest.mark.stack

RUN = "run-1"
CITY_MS = 2_000_000_000_000  # the city may live years from the wall clock
WITHIN_S = 20.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckStore]:
    opened = DuckStore(tmp_path / "twin.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def ingest(broker: Broker, store: DuckStore, network: Network) -> Iterator[Ingest]:
    bus = Bus(broker.url, "ingest")
    clock = Bus(broker.url, "city")
    message = {"run": RUN, "t_ms": CITY_MS, "speed": 60.0, "state": "running"}
    clock.publish(topics.clock_topic(RUN), msgspec.json.encode(message), 1, True)
    assert clock.flush(10)
    started = Ingest(bus, store, network, RUN)
    started.start()
    assert bus.wait_subscribed(10)
    yield started
    started.stop()
    bus.close()
    clock.close()


@pytest.fixture
def gateway(broker: Broker) -> Iterator[Bus]:
    opened = Bus(broker.url, "gateway")
    assert opened.wait_connected(10)  # what is published before may be overtaken
    yield opened
    opened.close()


def pack(network: Network, seq: int, t_ms: int = CITY_MS) -> bytes:
    zone, name = network.gateways[network.gateway[0]]
    batch = ReadingBatch(np.zeros(1, np.int32), np.array([t_ms]), np.array([1.0]))
    return encode_pack(network, zone, name, 1, seq, batch)


def record(network: Network, **fields: object) -> bytes:
    zone = network.zone_ids[network.zone[0]]
    base = {"bn": f"urn:dev:hf:{zone}:", "n": network.series.name[0]}
    return msgspec.json.encode([base | {"t": CITY_MS / 1000} | fields])


def wait_for(ingest: Ingest, counter: str, count: int) -> None:
    deadline = time.monotonic() + WITHIN_S
    while ingest.counters().get(counter, 0) < count:
        assert time.monotonic() < deadline, f"{counter}: {ingest.counters()}"
        time.sleep(0.01)


def test_each_bad_payload_is_kept_with_its_reason_and_the_next_good_one_is_stored(
    ingest: Ingest, gateway: Bus, store: DuckStore, network: Network
) -> None:
    zone, name = network.gateways[network.gateway[0]]
    bad = {
        "not-json": b"\xff\x00 not json",
        "not-senml": b'{"v": 1}',
        "too-large": b"[" + b" " * 1_000_000 + b"]",
        "unknown-sensor": record(network, n="nobody:noise_laeq:1:laeq", v=1.0),
        "far-future": pack(network, 1, CITY_MS + 3_600_000),
        "far-past": record(network, t=300_000_000, v=1.0),
    }
    for payload in bad.values():
        gateway.publish(topics.readings_topic(RUN, zone, name), payload, 1)
    gateway.publish(topics.readings_topic(RUN, zone, name), b'[{"n": "x", "v": NaN}]', 1)
    gateway.publish(topics.readings_topic(RUN, zone, name), pack(network, 2), 1)
    wait_for(ingest, "readings", 1)
    letters = store.dead_letters(RUN, 100)
    assert sorted(letter.reason for letter in letters) == sorted([*bad, "not-json"])
    assert all(len(letter.payload) <= 1024 for letter in letters)
    assert all(abs(letter.received_ms - wall_ms()) < 60_000 for letter in letters)
    counts = ingest.counters()
    assert counts["dead_not-json"] == 2
    assert {counts[f"dead_{reason}"] for reason in bad if reason != "not-json"} == {1}
    assert ingest.health()["ok"]
    assert len(store.latest(RUN)) == 1


def test_a_refused_pack_is_confirmed_too_so_that_its_gateway_goes_on(
    ingest: Ingest, gateway: Bus, store: DuckStore, network: Network
) -> None:
    zone, name = network.gateways[network.gateway[0]]
    topic = topics.readings_topic(RUN, zone, name)
    gateway.publish(topic, pack(network, 1, CITY_MS + 3_600_000), 1)
    gateway.publish(topic, record(network, hf_epoch=1, hf_seq=2, v="text"), 1)
    gateway.publish(topic, pack(network, 3), 1)
    wait_for(ingest, "readings", 1)
    assert [(mark.gateway, mark.seq) for mark in store.marks(RUN)] == [(name, 3)]
