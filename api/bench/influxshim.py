"""Lets a client of InfluxDB 2.x write to InfluxDB 1.6: maps the write path, asks for a token.

For measurements and tests where only the older engine is installed; no service uses it.
"""

import ssl
import threading
from collections.abc import Iterable, Mapping
from email.message import Message as HttpMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

Answer = tuple[int, dict[str, str], bytes]  # status, headers, body

_OF_THE_LINE = {"host", "connection", "transfer-encoding", "content-length", "keep-alive"}
_UNAUTHORIZED = b'{"code": "unauthorized", "message": "unauthorized access"}'


class Shim(ThreadingHTTPServer):
    """Passes everything on to `engine`, writes under the path and names that 1.x knows."""

    def __init__(self, engine: str, token: str, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.engine, self.token = engine, token
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_address[1]}"
        self.client = httpx.Client(timeout=60)
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    def target(self, path: str) -> str:
        """The engine's own address for a request."""
        parts = urlsplit(path)
        if parts.path != "/api/v2/write":
            return self.engine + path
        asked = parse_qs(parts.query)
        return f"{self.engine}/write?" + urlencode({"db": asked["bucket"][0], "precision": "n"})

    def answer(self, method: str, path: str, body: bytes) -> Answer | None:
        """What is answered without asking the engine; None for all else."""
        return None

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()
        self.client.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Shim

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Authorization") != f"Token {self.server.token}":
            self._reply(401, {}, [_UNAUTHORIZED])
            return
        own = self.server.answer(self.command, self.path, body)
        if own is None:
            self._pass_on(body)
        else:
            self._reply(own[0], own[1], [own[2]])

    def do_POST(self) -> None:
        self.do_GET()

    def _pass_on(self, body: bytes) -> None:
        headers = dict(_kept(self.headers))
        target = self.server.target(self.path)
        try:
            with self.server.client.stream(
                self.command, target, content=body, headers=headers
            ) as found:
                self._reply(found.status_code, found.headers, found.iter_raw())
        except (httpx.TransportError, ConnectionError):
            self.close_connection = True  # as if the engine itself had gone

    def _reply(self, status: int, headers: Mapping[str, str], parts: Iterable[bytes]) -> None:
        self.send_response(status)
        for name, value in _kept(headers):
            self.send_header(name, value)
        if status != 204:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if status == 204:
            return
        for part in filter(None, parts):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None: ...


def _kept(headers: Mapping[str, str] | HttpMessage) -> Iterable[tuple[str, str]]:
    """What concerns the message; the token stays here."""
    left_out = {*_OF_THE_LINE, "authorization"}
    return ((name, value) for name, value in headers.items() if name.lower() not in left_out)
