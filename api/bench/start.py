"""How long `hengfu up` takes to the first full set of vital signs, and what memory it holds."""

import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from api.bench.row import Row

WITHIN_S = 60.0
SETTLE_S = 20.0  # wall seconds at 60x before memory is read


def rows() -> Iterator[Row]:
    """Wall seconds from the start of the processes; resident memory of all of them, shared once."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [sys.executable, "-m", "api.cli", "up", "--port", str(port), "--data", folder]
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}/readyz"
            wait_for(lambda: httpx.get(url, timeout=5).status_code == 200)
            yield Row(
                "start to first vital signs",
                "s",
                time.perf_counter() - begun,
                target=10,
                more_is_better=False,
            )
            time.sleep(SETTLE_S)
            yield Row(
                "memory of hengfu up in all",
                "MB",
                sum(_pss_mb(pid) for pid in [process.pid, *_children(process.pid)]),
                target=1_000,
                more_is_better=False,
            )
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def wait_for(happened: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Until it is so; a server that does not answer as expected has not come so far."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError, KeyError):
            if happened():
                return
        time.sleep(0.05)
    raise TimeoutError(f"the service did not come so far within {within_s:.0f} s")


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def _pss_mb(pid: int) -> float:
    """Proportional set size: pages that several processes share are counted once in all."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
