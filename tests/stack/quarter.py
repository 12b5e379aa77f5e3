"""`hengfu up` in a process of its own, driven from outside as a person would."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from httpx_sse import connect_sse

Event = dict[str, Any]


@dataclass(slots=True)
class Quarter:
    """A running quarter; `events` is what the alert feed has said so far."""

    process: "subprocess.Popen[bytes]"
    url: str
    data: Path
    events: list[Event] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """The folder of the run."""
        (run,) = (self.data / "runs").iterdir()
        return run

    def get(self, path: str) -> Any:
        response = httpx.get(self.url + path, timeout=10)
        response.raise_for_status()
        return response.json()

    def hengfu(self, *arguments: str) -> str:
        """A command against this quarter; its output."""
        return subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments, "--url", self.url],
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    @property
    def ready(self) -> bool:
        return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200

    def wait(self, happened: Callable[[], bool], within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while not happened():
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.1)

    def wait_event(self, fits: Callable[[Event], bool], within_s: float) -> Event:
        """The first alert event that fits; the feed is resumed from where it was left."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                for event in self._feed(deadline):
                    self.events.append(event)
                    if fits(event):
                        return event
            time.sleep(0.1)
        seen = [(e["type"], e["data"]["rule"], e["data"]["entity"]) for e in self.events]
        raise AssertionError(f"no such event within {within_s} s; seen: {seen}")

    def children(self) -> dict[str, int]:
        """Process ids of the children by what they are: broker, serve, simulate."""
        found = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, IndexError, ValueError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == self.pid:
                    words = (entry / "cmdline").read_text().split("\0")
                    role = next((w for w in words if w in ("serve", "simulate")), "broker")
                    found[role] = int(entry.name)
        return found

    @property
    def pid(self) -> int:
        return self.process.pid

    def _feed(self, deadline: float) -> Iterator[Event]:
        last = self.events[-1]["sequence"] if self.events else "0"
        timeout = httpx.Timeout(5, read=max(0.1, deadline - time.monotonic()))
        with (
            httpx.Client(timeout=timeout) as client,
            connect_sse(
                client,
                "GET",
                f"{self.url}/api/v1/alerts/stream",
                headers={"Last-Event-ID": last},
            ) as source,
        ):
            for event in source.iter_sse():
                if event.data:
                    yield event.json()


@contextlib.contextmanager
def quarter(folder: Path, broker: str, *options: str) -> Iterator[Quarter]:
    """Bring it up in the folder, wait until it says that it is ready, and stop it by Ctrl-C."""
    port = free_port()
    data = folder / "data"
    command = [sys.executable, "-m", "api.cli", "up", "--port", str(port), "--broker", broker]
    log = folder / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--data", str(data), *options], stdout=output, stderr=output
        )
    city = Quarter(process, f"http://127.0.0.1:{port}", data)
    try:
        _wait_ready(city, log)
        yield city
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be reaped does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _wait_ready(city: Quarter, log: Path) -> None:
    while city.process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if city.ready:
                return
        time.sleep(0.1)
    raise AssertionError(f"hengfu up ended: {log.read_text()}")
