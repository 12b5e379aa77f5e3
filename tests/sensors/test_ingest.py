"""Order of write, acknowledgement and confirmation, with a bus and a store made for it."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from structlog.testing import capture_logs

from sensors import topics
from sensors.bus import BusFull, Handler, Message
from sensors.catalogue import load_catalogue
from sensors.deadletter import DeadLetter
from sensors.highwater import decode_confirmation
from sensors.ingest import BATCH_READINGS, Ingest
from sensors.network import Network, build_network
from sensors.reading import ReadingBatch
from sensors.store.base import Mark, StoreUnavailable
from sensors.wire import encode_pack
from twin.config import default_config_dir
from twin.geography import load_geography

NOW_MS = 1_777_600_000_000
CLOCK = b'{"run": "r", "t_ms": %d}' % NOW_MS
WITHIN_S = 10.0
Event = tuple[str, int]


@pytest.fixture(scope="module")
def network() -> Network:
    config = default_config_dir()
    return build_network(load_catalogue(config), load_geography(config, "core"))


@dataclass
class FakeBus:
    """Hands messages to the handlers at once; notes acknowledgements and confirmations."""

    events: list[Event]
    connected: bool = True
    full: bool = False
    handlers: dict[str, Handler] = field(default_factory=dict)

    def subscribe(self, pattern: str, handler: Handler, qos: int = 1, manual: bool = False) -> None:
        self.handlers[topics.parse(pattern).channel] = handler

    def on_connect(self, action: Callable[[], object]) -> None:
        action()

    def publish(
        self, topic: str, payload: bytes, qos: int, retain: bool, within_s: float = 0.0
    ) -> None:
        if self.full:
            raise BusFull("full")
        told = decode_confirmation(payload)
        assert told is not None
        assert retain
        self.events.append(("confirmed", told.seq))

    def ack(self, message: Message) -> None:
        self.events.append(("acknowledged", message.mid))


@dataclass
class FakeStore:
    """Notes writes; can be away."""

    events: list[Event]
    away: bool = False
    tried: threading.Event = field(default_factory=threading.Event)
    letters: list[DeadLetter] = field(default_factory=list)
    held: list[Mark] = field(default_factory=list)

    def write(
        self,
        run: str,
        batch: ReadingBatch,
        network: Network,
        marks: Sequence[Mark] = (),
        letters: Sequence[DeadLetter] = (),
    ) -> None:
        self.tried.set()
        if self.away:
            raise StoreUnavailable("the disk is full")
        self.letters.extend(letters)
        self.events.append(("written", len(batch)))

    def marks(self, run: str) -> list[Mark]:
        return self.held


@dataclass
class Setting:
    """An ingest between a fake bus and a fake store, with what happened in order."""

    ingest: Ingest
    bus: FakeBus
    store: FakeStore
    network: Network
    events: list[Event]

    def send(self, *messages: Message) -> None:
        for message in messages:
            self.bus.handlers["readings"](message)

    def wait_until(self, happened: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WITHIN_S
        while not happened():
            assert time.monotonic() < deadline, self.events
            time.sleep(0.002)


@pytest.fixture
def setting(network: Network) -> Iterator[Setting]:
    events: list[Event] = []
    bus, store = FakeBus(events), FakeStore(events)
    ingest = Ingest(bus, store, network, "r", lambda: 0)  # type: ignore[arg-type]
    ingest.start()
    bus.handlers["clock"](Message("hengfu/v1/r/clock", CLOCK))
    yield Setting(ingest, bus, store, network, events)
    ingest.stop()


def pack(network: Network, seq: int) -> Message:
    zone, gateway = network.gateways[network.gateway[0]]
    batch = ReadingBatch(np.zeros(1, np.int32), np.array([NOW_MS + seq]), np.array([1.0]))
    payload = encode_pack(network, zone, gateway, 1, seq, batch)
    return Message(topics.readings_topic("r", zone, gateway), payload, qos=1, mid=100 + seq)


def test_a_pack_is_written_then_acknowledged_then_confirmed(setting: Setting) -> None:
    setting.send(pack(setting.network, 1))
    setting.wait_until(lambda: len(setting.events) == 3)
    assert setting.events == [("written", 1), ("acknowledged", 101), ("confirmed", 1)]


def test_while_the_store_is_away_nothing_is_acknowledged_and_later_nothing_is_missing(
    setting: Setting,
) -> None:
    setting.store.away = True
    with capture_logs() as logs:
        setting.send(pack(setting.network, 1))
        assert setting.store.tried.wait(WITHIN_S)
        setting.wait_until(lambda: not setting.ingest.health()["ok"])
        assert setting.events == []
        assert setting.ingest.health()["failure"] == "the disk is full"
        setting.store.away = False
        setting.wait_until(lambda: len(setting.events) == 3)
        setting.wait_until(lambda: bool(setting.ingest.health()["ok"]))
    assert setting.events[0] == ("written", 1)
    assert [line["event"] for line in logs] == ["store is lost, trying again", "store is back"]


def test_a_gap_delays_the_confirmation_and_not_the_write(setting: Setting) -> None:
    setting.send(pack(setting.network, 2))
    setting.wait_until(lambda: ("acknowledged", 102) in setting.events)
    assert ("confirmed", 2) not in setting.events
    assert setting.ingest.counters()["gaps"] == 1
    setting.send(pack(setting.network, 1))
    setting.wait_until(lambda: ("confirmed", 2) in setting.events)


def test_a_repeated_pack_is_confirmed_again_without_a_write(setting: Setting) -> None:
    setting.send(pack(setting.network, 1))
    setting.wait_until(lambda: len(setting.events) == 3)
    setting.send(pack(setting.network, 1))
    setting.wait_until(lambda: len(setting.events) == 5)
    assert setting.events[3:] == [("acknowledged", 101), ("confirmed", 1)]


def test_a_confirmation_that_finds_no_room_is_made_up_for(setting: Setting) -> None:
    setting.bus.full = True
    setting.send(pack(setting.network, 1))
    setting.wait_until(lambda: ("acknowledged", 101) in setting.events)
    setting.bus.full = False
    setting.wait_until(lambda: ("confirmed", 1) in setting.events)


def test_many_packs_share_a_transaction(setting: Setting) -> None:
    setting.send(*(pack(setting.network, seq) for seq in range(1, 201)))
    setting.wait_until(lambda: ("confirmed", 200) in setting.events)
    written = [count for event, count in setting.events if event == "written"]
    assert sum(written) == 200
    assert len(written) < 100
    assert max(written) <= BATCH_READINGS


def test_a_bad_payload_is_acknowledged_after_its_letter_is_kept(setting: Setting) -> None:
    setting.send(Message("hengfu/v1/r/readings/z/g", b"nonsense", qos=1, mid=7))
    setting.wait_until(lambda: ("acknowledged", 7) in setting.events)
    assert setting.events[0] == ("written", 0)
    assert [letter.reason for letter in setting.store.letters] == ["not-json"]
    assert setting.ingest.counters()["dead_not-json"] == 1


@pytest.mark.parametrize(
    "clock",
    [b'{"run": "other", "t_ms": 5}', b'{"run": "r", "t_ms": %d, "speed": 1e308}' % NOW_MS],
)
def test_a_strange_clock_neither_ends_the_ingest_nor_refuses_a_pack(
    setting: Setting, clock: bytes
) -> None:
    setting.bus.handlers["clock"](Message("hengfu/v1/r/clock", clock))
    setting.send(pack(setting.network, 1))
    setting.wait_until(lambda: ("written", 1) in setting.events)
    assert setting.ingest.health()["ok"]
    assert "dead_far-future" not in setting.ingest.counters()


def test_after_a_reconnect_the_marks_are_published_again(network: Network) -> None:
    events: list[Event] = []
    zone, gateway = network.gateways[0]
    bus, store = FakeBus(events), FakeStore(events, held=[Mark(zone, gateway, 1, 42)])
    ingest = Ingest(bus, store, network, "r", lambda: 0)  # type: ignore[arg-type]
    ingest.start()
    bus.handlers["clock"](Message("hengfu/v1/r/clock", CLOCK))
    deadline = time.monotonic() + WITHIN_S
    while events != [("confirmed", 42)]:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    ingest.stop()


def test_stopping_while_the_store_is_away_ends_without_acknowledging(setting: Setting) -> None:
    setting.store.away = True
    setting.send(pack(setting.network, 1))
    assert setting.store.tried.wait(WITHIN_S)
    setting.ingest.stop()
    assert setting.events == []
    assert setting.ingest.health()["running"] is False


def test_an_ingest_that_was_never_started_can_be_stopped(network: Network) -> None:
    ingest = Ingest(FakeBus([]), FakeStore([]), network, "r")  # type: ignore[arg-type]
    ingest.stop()
    assert ingest.health()["ok"] is False
