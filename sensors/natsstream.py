"""A bound on what nats-server keeps for MQTT sessions whose owner is away.

Without it the stream grows to the server's file limit, and from then on no client can even connect,
because its session cannot be saved. With it the oldest messages go first; gateways send them again.
"""

import json
import socket
from io import BufferedRWPair

STREAM = "$MQTT_msgs"  # the server makes it itself when the first client comes; we come before
MAX_BYTES = 256 * 1024 * 1024
WITHIN_S = 5.0


class StreamError(Exception):
    """The server did not do as told; the text is its answer."""


def bound_stream(host: str, port: int, user: str, password: str) -> None:
    """Make the stream with a limit, by one request in the NATS protocol.

    Making it again with the same limit changes nothing. Raises StreamError or OSError.
    """
    address = (host, port)
    with socket.create_connection(address, WITHIN_S) as peer, peer.makefile("rwb") as line:
        line.readline()  # INFO
        line.write(_request(user, password))
        line.flush()
        answer = _answer(line)
    if "error" in answer:
        raise StreamError(f"nats-server refuses a limit on {STREAM}: {answer['error']}")


def _request(user: str, password: str) -> bytes:
    stream = {
        "name": STREAM,
        "subjects": ["$MQTT.msgs.>"],
        "storage": "file",
        "retention": "interest",
        "num_replicas": 1,
        "max_bytes": MAX_BYTES,
        "discard": "old",
    }
    login = json.dumps({"user": user, "pass": password, "verbose": False})
    body = json.dumps(stream)
    ask = f"PUB $JS.API.STREAM.CREATE.{STREAM} answer {len(body)}\r\n{body}\r\n"
    return f"CONNECT {login}\r\nSUB answer 1\r\n{ask}".encode()


def _answer(line: BufferedRWPair) -> dict[str, object]:
    while head := line.readline():
        if head.startswith(b"MSG"):
            found: dict[str, object] = json.loads(line.readline())
            return found
        if head.startswith(b"-ERR"):
            raise StreamError(f"nats-server: {head.decode(errors='replace').strip()}")
    raise StreamError("nats-server closed the connection")
