"""Where the service listens, and whether others than this machine can reach that."""

import errno
import ipaddress
import socket
from dataclasses import dataclass

from api.cli.errors import UsageError


@dataclass(frozen=True, slots=True)
class Address:
    """A resolved address: what decides is what will be bound, not how it was written."""

    family: socket.AddressFamily
    host: str
    port: int

    @property
    def loopback(self) -> bool:
        return ipaddress.ip_address(self.host.partition("%")[0]).is_loopback


def resolve(host: str, port: int) -> Address:
    """The first address of the name; raises UsageError when it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise UsageError(f"--host {host}: expected an address of this machine") from None
    family, _, _, _, bound = found[0]
    return Address(family, str(bound[0]), port)


def listen(address: Address) -> socket.socket:
    """A bound socket; raises UsageError when the address cannot be had."""
    listener = socket.socket(address.family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
    except OSError as error:
        listener.close()
        raise UsageError(_reason(address, error)) from None
    return listener


def _reason(address: Address, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"port {address.port} needs more rights: give another with --port"
    if error.errno == errno.EADDRINUSE:
        return f"port {address.port} is in use: give another with --port"
    return f"--host {address.host}: {error.strerror}"
