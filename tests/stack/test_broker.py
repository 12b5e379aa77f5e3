"""What the chain needs of an embedded broker, on each of them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from sensors.broker import HOST, Broker, BrokerError, start_broker
from sensors.bus import Bus, Message, Presence

pytestmark = pytest.mark.stack

Connect = Callable[..., Bus]


@pytest.fixture
def connect(broker: Broker) -> Iterator[Connect]:
    opened = []

    def open_bus(name: str, url: str = broker.url, presence: Presence | None = None) -> Bus:
        bus = Bus(url, name, presence)
        opened.append(bus)
        assert bus.wait_connected(10)
        return bus

    yield open_bus
    for bus in opened:
        bus.close()


def listen(bus: Bus, pattern: str = "t/#", manual: bool = False) -> "Queue[Message]":
    arrived: Queue[Message] = Queue()
    bus.subscribe(pattern, arrived.put, manual=manual)
    return arrived


def published(bus: Bus, topic: str, payload: bytes, retain: bool = False) -> None:
    bus.publish(topic, payload, 1, retain)
    assert bus.flush(10)


def first_retained(broker: Broker) -> Message:
    """What a newcomer hears first. NATS shows it to others a moment after acknowledging it."""
    for _ in range(20):
        newcomer = Bus(broker.url, "late", persistent=False)
        try:
            return listen(newcomer).get(timeout=0.5)
        except Empty:
            continue
        finally:
            newcomer.close()
    raise AssertionError("nothing is retained")


def test_a_retained_message_reaches_whoever_comes_later(broker: Broker, connect: Connect) -> None:
    published(connect("sender"), "t/a", b"kept", retain=True)
    message = first_retained(broker)
    assert (message.topic, message.payload, message.retain) == ("t/a", b"kept", True)


def test_an_empty_payload_clears_what_was_retained(broker: Broker, connect: Connect) -> None:
    sender = connect("sender")
    published(sender, "t/a", b"kept", retain=True)
    published(sender, "t/a", b"", retain=True)
    published(sender, "t/b", b"other", retain=True)
    assert first_retained(broker).topic == "t/b"


def test_a_session_keeps_messages_while_its_owner_is_away(broker: Broker, connect: Connect) -> None:
    owner = connect("owner")
    assert listen(owner).empty()
    published(owner, "t/a", b"one")
    owner.close()
    published(connect("sender"), "t/b", b"two")
    again = Bus(broker.url, "owner")
    arrived = listen(again)
    assert arrived.get(timeout=10).payload == b"two"
    again.close()


def test_an_unacknowledged_message_comes_again_to_the_next_connection(
    broker: Broker, connect: Connect
) -> None:
    owner = connect("owner")
    arrived = listen(owner, manual=True)
    published(connect("sender"), "t/a", b"one")
    assert arrived.get(timeout=10).payload == b"one"
    owner.close()
    again = Bus(broker.url, "owner")
    assert listen(again, manual=True).get(timeout=20).payload == b"one"
    again.close()


def test_the_will_is_published_when_a_client_is_killed(broker: Broker, connect: Connect) -> None:
    arrived = listen(connect("watcher"))
    script = (
        "import os, sys, time; from sensors.bus import *;"
        "bus = Bus(sys.argv[1], 'victim', Presence('t/status', b'up', b'gone'));"
        "bus.wait_connected(10); bus.flush(10); time.sleep(0.3); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, broker.url], check=False, timeout=30)
    assert arrived.get(timeout=10).payload == b"up"
    assert arrived.get(timeout=10).payload == b"gone"
    heard = (first_retained(broker) for _ in range(10))
    assert any((late.payload, late.retain) == (b"gone", True) for late in heard)


def test_two_passing_clients_of_one_name_do_not_disturb_each_other(broker: Broker) -> None:
    first, second = (Bus(broker.url, "tool", persistent=False) for _ in range(2))
    assert first.wait_connected(10)
    assert second.wait_connected(10)
    arrived = listen(first)
    assert first.wait_subscribed(10)
    published(second, "t/a", b"hello")
    assert arrived.get(timeout=10).payload == b"hello"
    first.close()
    second.close()


def test_an_absent_client_does_not_fill_the_broker(broker: Broker, connect: Connect) -> None:
    """Far more than the bound for an absent session: others still connect and publish."""
    absent = Bus(broker.url, "absent")
    assert listen(absent).empty()
    assert absent.wait_subscribed(10)
    absent.close()
    sender = Bus(broker.url, "sender", queued=100)
    for number in range(320):  # 320 MB, above the bounds of 128 and 256 MB
        sender.publish(f"t/{number}", bytes(1_000_000), 1)
    assert sender.flush(30)
    sender.close()
    late = connect("late")
    published(late, "t/late", b"the oldest or the newest may be dropped")
    back = Bus(broker.url, "absent")
    arrived = listen(back)
    assert arrived.get(timeout=20).topic.startswith("t/")
    while arrived.get(timeout=20).topic != "t/late":
        published(late, "t/late", b"sent again, as gateways do")
    back.close()


def test_a_closed_bus_says_goodbye_itself(connect: Connect) -> None:
    arrived = listen(connect("watcher"))
    connect("service", presence=Presence("t/status", b"up", b"gone")).close()
    assert [arrived.get(timeout=10).payload for _ in range(2)] == [b"up", b"gone"]


def test_a_megabyte_passes(connect: Connect) -> None:
    arrived = listen(connect("watcher"))
    published(connect("sender"), "t/big", bytes(1_000_000))
    assert len(arrived.get(timeout=10).payload) == 1_000_000


def test_retained_messages_outlive_an_orderly_restart(
    broker: Broker, connect: Connect, tmp_path: Path
) -> None:
    published(connect("sender"), "t/a", b"kept", retain=True)
    broker.stop()
    again = start_broker(broker.kind, tmp_path / "broker", broker.port)
    try:
        assert again.url == broker.url
        assert first_retained(again).payload == b"kept"
    finally:
        again.stop()


def test_a_wrong_password_is_refused(broker: Broker) -> None:
    bus = Bus(f"mqtt://hengfu:wrong@{HOST}:{broker.port}", "stranger")
    assert not bus.wait_connected(1.0)
    bus.close()


def test_no_password_is_refused(broker: Broker) -> None:
    bus = Bus(f"mqtt://{HOST}:{broker.port}", "stranger")
    assert not bus.wait_connected(1.0)
    bus.close()


def test_it_listens_on_loopback_alone(broker: Broker) -> None:
    """Every listening socket of the process is bound to 127.0.0.1."""
    descriptors = Path(f"/proc/{broker.process.pid}/fd")
    if not descriptors.exists():
        pytest.skip("needs /proc")
    inodes = {
        os.readlink(link).removeprefix("socket:[").rstrip("]") for link in descriptors.iterdir()
    }
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    rows += [line.split() for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[3] == "0A" and row[9] in inodes]
    assert listening
    assert all(address.startswith("0100007F:") for address in listening)


def test_a_port_in_use_is_one_clear_line(broker_kind: str, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(BrokerError, match=rf"^port {port} on 127.0.0.1 is in use"):
            start_broker(broker_kind, tmp_path, port)


def test_a_folder_in_use_is_one_clear_line(broker: Broker, tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match=r"data folder .*broker is in use by another broker$"):
        start_broker(broker.kind, tmp_path / "broker")


def test_it_dies_with_the_process_that_started_it(broker_kind: str, tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("needs prctl")
    script = (
        "import os, sys; from pathlib import Path; from sensors.broker import start_broker;"
        "start_broker(sys.argv[1], Path(sys.argv[2])); os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", script, broker_kind, str(tmp_path)]
    subprocess.run(command, check=False, timeout=30)
    start_when_free(broker_kind, tmp_path).stop()


def start_when_free(kind: str, folder: Path) -> Broker:
    """The lock is held as long as the old broker lives, so success means that it is gone."""
    for _ in range(100):
        try:
            return start_broker(kind, folder)
        except BrokerError:
            time.sleep(0.1)
    raise AssertionError(f"{kind} outlived its parent")


def test_a_stopped_broker_leaves_no_process(broker: Broker) -> None:
    assert broker.alive()
    broker.stop()
    broker.stop()
    assert not broker.alive()


def test_nothing_arrives_on_a_topic_that_nobody_publishes(connect: Connect) -> None:
    arrived = listen(connect("watcher"), "quiet/#")
    with pytest.raises(Empty):
        arrived.get(timeout=0.2)
