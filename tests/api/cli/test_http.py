"""Whom the commands trust when the service answers over HTTPS."""

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from support.certificates import Authority, make_authority

from api.cli.errors import one_line
from api.cli.http import call
from api.trust import CA_FILE
from twin.config import ConfigError


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"status": "ok"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def port(authority: Authority) -> Iterator[int]:
    """A service whose certificate, by this authority, names 127.0.0.1 alone."""
    pair = authority.issue("web", "IP:127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)
    server = HTTPServer(("127.0.0.1", 0), Answering)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def complaint(url: str) -> str:
    with pytest.raises(httpx.ConnectError) as caught:
        call("GET", url, "/healthz")
    return one_line(caught.value) or ""


def test_the_authority_of_the_ca_file_is_trusted(
    port: int, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CA_FILE, str(authority.pair.cert))
    assert call("GET", f"https://127.0.0.1:{port}", "/healthz") == {"status": "ok"}


def test_an_authority_that_is_not_known_is_one_line_with_the_variable(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CA_FILE, raising=False)
    said = complaint(f"https://127.0.0.1:{port}")
    assert "is not accepted: unable to get local issuer certificate; set HENGFU_CA_FILE" in said


def test_another_host_than_in_the_certificate_is_one_line(
    port: int, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CA_FILE, str(authority.pair.cert))
    assert "or ask for the host that it names" in complaint(f"https://localhost:{port}")


def test_a_ca_file_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CA_FILE, str(tmp_path / "missing"))
    with pytest.raises(ConfigError, match=f"{CA_FILE}.*expected a file of PEM certificates"):
        call("GET", "https://127.0.0.1:1", "/healthz")
