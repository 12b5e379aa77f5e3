"""The HTTP port: free, taken by others, or ours."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.doctor import make_asked

from api.doctor.clock import check_machine
from api.doctor.finding import Result
from api.doctor.service import check_devices, check_http, devices, readiness
from twin.clock import HOUR_MS, wall_ms


@contextmanager
def answering(answers: dict[str, Any]) -> Iterator[str]:
    """A service that answers these paths with JSON, and 401 else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answers.get(self.path.partition("?")[0], {})).encode()
            self.send_response(200 if self.path.partition("?")[0] in answers else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


OURS = {"/healthz": {"status": "ok"}, "/readyz": {"ready": True, "checks": {"store": "ok"}}}


def test_a_free_port_is_fine(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    found = check_http(make_asked(tmp_path, url=f"http://127.0.0.1:{port}"))
    assert (found.result, found.says) == (Result.OK, f"port {port} is free, no service runs on it")


def test_a_port_that_is_held_without_answering_fails(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        found = check_http(make_asked(tmp_path, url=url))
    assert found.result is Result.FAIL
    assert "--port" in found.do


def test_something_else_on_the_port_fails(tmp_path: Path) -> None:
    with answering({"/healthz": "welcome"}) as url:
        found = check_http(make_asked(tmp_path, url=url))
    assert found.result is Result.FAIL
    assert "something else than hengfu" in found.says


def test_our_service_is_recognised_and_its_clock_compared(tmp_path: Path) -> None:
    with answering(OURS) as url:
        asked = make_asked(tmp_path, url=url)
        assert check_http(asked).result is Result.OK
        assert check_machine(asked).result is Result.OK
        late = make_asked(tmp_path, url=url, wall=lambda: wall_ms() + HOUR_MS)
        assert check_machine(late).result is Result.FAIL
        assert check_devices(asked).do == "set HENGFU_API_KEY"


def test_what_it_is_not_ready_for_is_told() -> None:
    found = readiness("here", {"ready": False, "checks": {"store": "does not answer", "bus": "ok"}})
    assert found.result is Result.WARN
    assert "(store: does not answer)" in found.says


@pytest.mark.parametrize(
    ("reasons", "result"),
    [((), Result.OK), (("not-json",), Result.OK), (("far-past", "far-future"), Result.FAIL)],
)
def test_gateways_with_a_wrong_clock_are_named(reasons: tuple[str, ...], result: Result) -> None:
    letters = [
        {"topic": f"hengfu/v1/r/readings/z-01-0{place}/w1", "reason": reason}
        for place, reason in enumerate(reasons)
    ]
    found = devices(letters)
    assert found.result is result
    assert ("z-01-00/w1, z-01-01/w1" in found.says) is (result is Result.FAIL)
