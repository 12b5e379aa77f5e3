"""The bus against real brokers: threads, loss and recovery, a bounded queue."""

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest
from structlog.testing import capture_logs

from sensors.broker import Broker, start_broker
from sensors.bus import Bus, BusFull, Message

pytestmark = pytest.mark.stack


@pytest.fixture
def bus(broker: Broker) -> Iterator[Bus]:
    opened = Bus(broker.url, "tested", queued=200)
    assert opened.wait_connected(10)
    yield opened
    opened.close()


def test_messages_of_several_threads_all_arrive_each_in_order(bus: Bus) -> None:
    arrived: Queue[Message] = Queue()
    bus.subscribe("t/+", arrived.put)

    def publish(name: int) -> None:
        for number in range(300):
            bus.publish(f"t/{name}", b"%d" % number, 1)

    threads = [threading.Thread(target=publish, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found: dict[str, list[int]] = {}
    for _ in range(1200):
        message = arrived.get(timeout=20)
        found.setdefault(message.topic, []).append(int(message.payload))
    assert found == {f"t/{name}": list(range(300)) for name in range(4)}


def test_a_loss_and_a_recovery_are_one_line_each_and_nothing_is_lost(
    broker: Broker, bus: Bus, tmp_path: Path
) -> None:
    arrived: Queue[Message] = Queue()
    bus.subscribe("t/+", arrived.put)
    bus.publish("t/a", b"before", 1)
    assert arrived.get(timeout=10).payload == b"before"
    with capture_logs() as logs:
        broker.process.kill()
        broker.process.wait()
        while bus.connected:
            bus.flush(0.05)
        for number in range(50):
            bus.publish("t/a", b"%d" % number, 1)
        assert not bus.flush(1.5)  # long enough for a second attempt
        again = start_broker(broker.kind, tmp_path / "broker", broker.port)
        try:
            assert bus.flush(20)
            missing = {b"%d" % number for number in range(50)}
            while missing:
                missing.discard(arrived.get(timeout=10).payload)
        finally:
            again.stop()
    lines = [line["event"] for line in logs if line["event"].startswith("broker")]
    assert lines[:2] == ["broker is lost, trying again", "broker is back"]


def test_a_full_queue_blocks_and_then_raises(broker: Broker, bus: Bus) -> None:
    broker.stop()
    while bus.connected:
        bus.flush(0.05)
    for _ in range(200):
        bus.publish("t/a", b"", 1)
    with pytest.raises(BusFull, match="200 messages already wait"):
        bus.publish("t/a", b"", 1, within_s=0.1)


def test_a_handler_that_fails_does_not_stop_the_next_message(bus: Bus) -> None:
    arrived: Queue[bytes] = Queue()

    def handle(message: Message) -> None:
        if message.payload == b"bad":
            raise ValueError("bad")
        arrived.put(message.payload)

    bus.subscribe("t/a", handle)
    with capture_logs() as logs:
        bus.publish("t/a", b"bad", 1)
        bus.publish("t/a", b"good", 1)
        assert arrived.get(timeout=10) == b"good"
    assert [line["event"] for line in logs] == ["a message could not be handled"]


def test_a_handler_may_publish(bus: Bus) -> None:
    arrived: Queue[bytes] = Queue()
    bus.subscribe("t/echo", lambda message: arrived.put(message.payload))
    bus.subscribe("t/call", lambda message: bus.publish("t/echo", message.payload, 1))
    bus.publish("t/call", b"hello", 1)
    assert arrived.get(timeout=10) == b"hello"


def test_a_broker_that_is_not_there_yet_is_found_when_it_comes(
    broker_kind: str, tmp_path: Path
) -> None:
    first = start_broker(broker_kind, tmp_path / "broker")
    first.stop()
    with capture_logs() as logs:
        bus = Bus(first.url, "early")
        assert not bus.wait_connected(0.3)
        second = start_broker(broker_kind, tmp_path / "broker", first.port)
        assert bus.wait_connected(20)
        bus.close()
        second.stop()
    events = [line["event"] for line in logs]
    assert events == ["broker cannot be reached, trying again", "broker is back"]
