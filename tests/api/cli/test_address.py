"""Where the service may listen without keys."""

import socket

import pytest

from api.cli.address import Address, listen, resolve
from api.cli.errors import UsageError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_is_loopback_however_it_is_written(host: str) -> None:
    assert resolve(host, 8000).loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "2001:db8::1", "fe80::1"])
def test_every_other_address_is_not(host: str) -> None:
    assert not resolve(host, 8000).loopback


@pytest.mark.parametrize("host", ["", "a.invalid", "127.0.0.1.9", "x" * 300, "http://127.0.0.1"])
def test_what_is_no_address_is_one_line_that_names_the_option(host: str) -> None:
    with pytest.raises(UsageError, match="--host"):
        resolve(host, 8000)


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(UsageError, match=r"--host 192\.0\.2\.1: "):
        listen(Address(socket.AF_INET, "192.0.2.1", 8000))


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is in use"):
            listen(resolve("127.0.0.1", port))
