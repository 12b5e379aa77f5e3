"""The address of a broker: mqtt://[user:password@]host:port."""

from urllib.parse import unquote, urlsplit


class BusError(Exception):
    """An address that is none; the text names what was expected."""


def parse_url(url: str) -> tuple[str, int, str | None, str | None]:
    """Host, port, user and password of mqtt://[user:password@]host:port; BusError otherwise."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 1883
    except ValueError:
        host, port, parts = None, 0, urlsplit("")
    if parts.scheme != "mqtt" or not host:
        shown = url.rpartition("@")[2]  # without the password
        raise BusError(f"broker {shown!r}: expected mqtt://[user:password@]host:port")
    user, password = parts.username, parts.password
    return host, port, user and unquote(user), password and unquote(password)
