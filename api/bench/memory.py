"""What a service holds after a day: a process of its own that takes in all that the city says."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from api.bench.chain import send
from api.bench.row import Row
from api.bench.start import free_port, wait_for
from sensors import topics
from sensors.broker import start_broker
from sensors.bus import Bus
from sensors.catalogue import load_catalogue
from sensors.clockmessage import ClockMessage, encode_clock
from sensors.faults.profile import load_profile
from sensors.network import build_network
from sensors.simulation import Simulation
from twin.city import City, load_city_config
from twin.clock import MINUTE_MS, iso, parse_time
from twin.geography import load_geography
from twin.scenarios import load_scenarios

START_MS = parse_time("2026-05-13T00:00")
STEP_MS = 10 * MINUTE_MS  # as many evaluations as the monitor does between two looks
STEPS = 24 * 6
RUN = "bench"


def rows(config: Path) -> Iterator[Row]:
    """The default city over 24 h, with 30 days of its slow kinds before them, at full speed.

    All readings come over the broker into store and windows; every evaluation is done. Resident
    memory at the end, and the most there ever was.
    """
    with tempfile.TemporaryDirectory() as folder:
        broker = start_broker("nats", Path(folder) / "broker")
        try:
            with _service(broker.url, Path(folder), config) as (pid, url):
                _live_a_day(_simulation(config), broker.url, url)
                yield _row("memory of the service after 24 h", _status_mb(pid, "VmRSS"))
                yield _row("its peak", _status_mb(pid, "VmHWM"))
        finally:
            broker.stop()


def _row(what: str, figure_mb: float) -> Row:
    return Row(what, "MB", figure_mb, target=500, more_is_better=False)


@contextmanager
def _service(broker_url: str, folder: Path, config: Path) -> Iterator[tuple[int, str]]:
    """Its process id and address, once it listens."""
    port = free_port()
    command = [sys.executable, "-m", "api.cli", "serve", "--broker", broker_url, "--run", RUN]
    command += ["--area", "core", "--port", str(port), "--config", str(config)]
    command += ["--data", str(folder / "data")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _ask(f"{url}/readyz")["checks"]["ingest"] == "ok")
        yield process.pid, url
    finally:
        process.terminate()
        process.wait(30)


def _simulation(config: Path) -> Simulation:
    geography, scenarios = load_geography(config, "core"), load_scenarios(config)
    network = build_network(load_catalogue(config), geography)
    city = City.start(load_city_config(config), geography, scenarios, 42, START_MS)
    return Simulation(city, network, load_profile(config), 1)


def _live_a_day(simulation: Simulation, broker_url: str, url: str) -> None:
    """The city waits until its readings are stored and worked out before it goes on."""
    with closing(Bus(broker_url, "bench-clock")) as bus:
        send(broker_url, list(simulation.history()), RUN)
        for step in range(1, STEPS + 1):
            t_ms = START_MS + step * STEP_MS
            send(broker_url, simulation.advance(t_ms), RUN)
            clock = ClockMessage(run=RUN, t_ms=t_ms, area="core", seed=42)
            bus.publish(topics.clock_topic(RUN), encode_clock(clock), 1, True)
            wait_for(partial(_has_seen, url, t_ms - 10_000))


def _has_seen(url: str, t_ms: int) -> bool:
    return bool(_ask(f"{url}/api/v1/vitals")["t"] == iso(t_ms))


def _ask(url: str) -> dict[str, Any]:
    return dict(httpx.get(url, timeout=30).json())


def _status_mb(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0
