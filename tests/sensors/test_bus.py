"""Addresses of brokers; everything that needs a broker is in tests/stack/test_bus.py."""

import pytest

from sensors.bus import BusError, parse_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mqtt://127.0.0.1:1884", ("127.0.0.1", 1884, None, None)),
        ("mqtt://broker", ("broker", 1883, None, None)),
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
