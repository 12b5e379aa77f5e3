"""Each user of the shipped broker against each kind of topic, on the real Mosquitto."""

import contextlib
import re
import socket
from collections.abc import Iterator
from queue import Queue

import pytest
from compose.mosquitto import (
    GATEWAYS,
    OBSERVER,
    SHIPPED,
    USERS,
    Mosquitto,
    make_mosquitto,
    password,
)

from sensors import topics
from sensors.broker import HOST
from sensors.bus import Bus, Message

pytestmark = pytest.mark.stack

EVERYBODY = (*USERS, *GATEWAYS)
ALL = " ".join(EVERYBODY)
RUN = "hengfu/v1/r1/"
# topic after hengfu/v1/{run}/ -> who may write it, who may read it
TABLE = {
    "readings/z-01-01/w1": ("city z-01-01", "ingest monitor viewer"),
    "readings/z-02-02/w1": ("city z-02-02", "ingest monitor viewer"),
    "readings/ingest/w1": ("city", "monitor viewer"),  # no zone: each is denied its own name
    "readings/monitor/w1": ("city", "ingest viewer"),
    "readings/viewer/w1": ("city", "ingest monitor"),
    "confirmed/z-01-01/w1": ("ingest monitor", "city ingest monitor viewer z-01-01"),
    "confirmed/z-02-02/w1": ("ingest monitor", "city ingest monitor viewer z-02-02"),
    "status/city": ("city monitor", "monitor viewer"),
    "status/ingest": ("ingest monitor", "monitor viewer"),
    "status/monitor": ("monitor", "monitor viewer"),
    "clock": ("city monitor", ALL),
    "vitals/quarter/hengfu": ("monitor", "monitor viewer"),
    "alerts/a1": ("monitor", "monitor viewer"),
    "warnings": ("monitor", "monitor viewer"),
    "commands/city": ("monitor", "city"),
    "commands/crews": ("monitor", ""),
    "acks/c1": ("city", "monitor"),
    "progress/o1": ("city", "monitor"),
    "reports/12345": ("city", "monitor"),
}
NOBODYS = ("elsewhere", "hengfu/v1/r1", "hengfu/v1/r1/clock/more", "hengfu/v2/r1/clock", "$SYS/x")
TOPICS = (*NOBODYS, *(RUN + topic for topic in TABLE))
END = b"end"


def may(user: str, place: int) -> set[str]:
    """Topics that the table lets the user write (0) or read (1)."""
    return {RUN + topic for topic, roles in TABLE.items() if user in roles[place].split()}


@contextlib.contextmanager
def client(broker: Mosquitto, user: str) -> Iterator[Bus]:
    bus = Bus(broker.url(user, password(user)), f"test-{user}", persistent=False)
    try:
        assert bus.wait_connected(10), broker.log()
        yield bus
    finally:
        bus.close()


def heard(arrived: "Queue[Message]") -> set[str]:
    """Topics up to the last message."""
    return {message.topic for message in iter(lambda: arrived.get(timeout=10), None)}


def listen(bus: Bus) -> "Queue[Message | None]":
    """Everything the broker lets through, None for the end."""
    arrived: Queue[Message | None] = Queue()
    bus.subscribe("#", lambda message: arrived.put(None if message.payload == END else message))
    assert bus.wait_subscribed(10)
    return arrived


def say(bus: Bus, names: tuple[str, ...], payload: bytes) -> None:
    for name in names:
        bus.publish(name, payload, qos=1)
    assert bus.flush(10)


def test_every_channel_is_in_the_table() -> None:
    assert {topic.split("/")[0] for topic in TABLE} == set(topics.CHANNELS)


def test_every_user_of_the_rules_is_tried() -> None:
    acl = (SHIPPED / "acl").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^user (\S+)$", acl, re.MULTILINE)) == USERS


@pytest.mark.parametrize("user", EVERYBODY)
def test_a_user_can_write_what_the_table_says_and_nothing_else(
    mosquitto: Mosquitto, user: str
) -> None:
    with client(mosquitto, OBSERVER) as observer, client(mosquitto, user) as writer:
        arrived = listen(observer)
        say(writer, TOPICS, user.encode())
        say(observer, (f"{RUN}clock",), END)
        assert heard(arrived) == may(user, 0)


@pytest.mark.parametrize("user", EVERYBODY)
def test_a_user_can_read_what_the_table_says_and_nothing_else(
    mosquitto: Mosquitto, user: str
) -> None:
    with client(mosquitto, OBSERVER) as observer, client(mosquitto, user) as reader:
        arrived = listen(reader)
        say(observer, TOPICS, b"news")
        say(observer, (f"{RUN}clock",), END)
        assert heard(arrived) == may(user, 1)


@pytest.mark.parametrize(
    "login",
    [None, ("city", ""), ("city", "wrong"), ("nobody", "nobody-0123456789"), ("", "")],
    ids=["anonymous", "no password", "wrong password", "unknown user", "empty user"],
)
def test_without_a_right_login_nobody_connects(
    mosquitto: Mosquitto, login: tuple[str, str] | None
) -> None:
    assert connect_code(mosquitto.port, login) == 5  # MQTT 3.1.1: not authorised


def test_a_right_login_connects(mosquitto: Mosquitto) -> None:
    """So that refusals elsewhere do not come from a malformed packet."""
    assert connect_code(mosquitto.port, ("viewer", password("viewer"))) == 0


def test_no_password_is_kept_in_the_clear(mosquitto: Mosquitto) -> None:
    private = mosquitto.folder / "private"
    kept = (private / "passwords").read_text(encoding="utf-8")
    assert [user for user in EVERYBODY if f"{user}:$" not in kept] == []
    assert [user for user in EVERYBODY if password(user) in kept + mosquitto.log()] == []
    assert {file.stat().st_mode & 0o077 for file in private.iterdir()} == {0}


def test_retained_messages_outlive_a_restart(
    mosquitto: Mosquitto, tmp_path_factory: pytest.TempPathFactory
) -> None:
    broker = make_mosquitto(tmp_path_factory.mktemp("restart"))
    broker.prepare()
    broker.start()
    try:
        with client(broker, "city") as city:
            city.publish(f"{RUN}clock", b"12:00", qos=1, retain=True)
            assert city.flush(10)
        broker.stop()
        broker.start()
        with client(broker, "viewer") as viewer:
            message = listen(viewer).get(timeout=10)
        assert message is not None
        assert (message.payload, message.retain) == (b"12:00", True)
    finally:
        broker.stop()


def connect_code(port: int, login: tuple[str, str] | None) -> int:
    """The return code of CONNACK for a bare MQTT 3.1.1 CONNECT."""
    user = b"" if login is None else b"".join(_text(part) for part in login)
    flags = 0x02 if login is None else 0xC2
    body = _text("MQTT") + bytes([4, flags, 0, 60]) + _text("bare") + user
    with socket.create_connection((HOST, port), timeout=10) as link:
        link.sendall(bytes([0x10, len(body)]) + body)
        return link.recv(4)[3]


def _text(text: str) -> bytes:
    return len(text).to_bytes(2, "big") + text.encode()
