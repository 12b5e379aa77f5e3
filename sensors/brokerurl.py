"""The address of a broker: mqtt://[user:password@]host:port, or mqtts:// for TLS."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

PORTS = {"mqtt": 1883, "mqtts": 8883}
PRIVATE = "HENGFU_NET_PRIVATE"  # set: nobody else is on the network to the broker


class BusError(Exception):
    """An address or a TLS setting that is none; the text names what was expected."""


def parse_url(url: str) -> tuple[str, int, str | None, str | None]:
    """Host, port, user and password of mqtt://[user:password@]host:port; BusError otherwise."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        host, port, parts = None, 0, urlsplit("")
    if parts.scheme not in PORTS or not host:
        shown = url.rpartition("@")[2]  # without the password
        raise BusError(
            f"broker {shown!r}: expected mqtt://[user:password@]host:port, or mqtts:// for TLS"
        )
    user, password = parts.username, parts.password
    return host, port, user and unquote(user), password and unquote(password)


def uses_tls(url: str) -> bool:
    return urlsplit(url).scheme == "mqtts"


def in_the_clear(url: str, environment: Mapping[str, str]) -> bool:
    """True where a password would cross a network that others may hear, unencrypted."""
    host, _, _, password = parse_url(url)
    if environment.get(PRIVATE):
        return False
    return password is not None and not uses_tls(url) and not is_loopback(host)


def is_loopback(host: str) -> bool:
    """Of an address or the name `localhost`; any other name may be anywhere."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.lower() == "localhost"
