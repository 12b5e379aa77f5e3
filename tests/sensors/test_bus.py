"""Addresses, and joining while it connects; what needs a broker is in tests/stack/test_bus.py."""

from collections.abc import Callable

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from sensors.bus import Bus, BusError, Presence, parse_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mqtt://127.0.0.1:1884", ("127.0.0.1", 1884, None, None)),
        ("mqtt://broker", ("broker", 1883, None, None)),
        ("mqtts://broker", ("broker", 8883, None, None)),
        ("mqtt://me:p%40ss@broker:1", ("broker", 1, "me", "p@ss")),
    ],
)
def test_an_address_is_taken_apart(
    url: str, expected: tuple[str, int, str | None, str | None]
) -> None:
    assert parse_url(url) == expected


@pytest.mark.parametrize("url", ["", "broker:1883", "http://broker", "mqtt://", "mqtt://b:port"])
def test_anything_else_is_an_error_that_says_what_was_expected(url: str) -> None:
    with pytest.raises(BusError, match=r"expected mqtt://\[user:password@\]host:port"):
        parse_url(url)


def test_the_error_does_not_show_the_password() -> None:
    with pytest.raises(BusError) as error:
        parse_url("http://me:secret@broker")
    assert "secret" not in str(error.value)


class Joining:
    """A client on which somebody subscribes in the middle of the greeting, as a thread may."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.bus: Bus | None = None

    def subscribe(self, pattern: str, _qos: int) -> None:
        self.asked.append(pattern)

    def publish(self, *_: object) -> None:
        assert self.bus is not None
        self.bus.subscribe("late", lambda _message: None)

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_: None


def test_a_subscription_that_comes_while_connecting_is_asked_for() -> None:
    bus = Bus("mqtt://127.0.0.1:1", "test", Presence("status", b"here", b"gone"))
    client = Joining()
    client.bus, bus._client = bus, client  # type: ignore[assignment]
    reached = ReasonCode(PacketTypes.CONNACK, "Success")
    bus._on_connect(client, None, None, reached, None)  # type: ignore[arg-type]
    assert client.asked == ["late"]
