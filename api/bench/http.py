"""Requests per second of the vital signs beside a constant answer of the same server; history."""

import asyncio
import contextlib
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI, Response

from api.app import create_app
from api.bench.row import Row, median_s
from api.config import load_rulebook
from api.history.reader import read
from api.ledger import Ledger
from api.monitor import Pace
from api.service import Services, assemble
from sensors import topics
from sensors.bus import Message
from sensors.catalogue import load_catalogue
from sensors.clockmessage import ClockMessage
from sensors.faults.profile import load_profile
from sensors.network import build_network
from sensors.outbox import Pack
from sensors.simulation import Simulation
from sensors.store import HourRows, VitalRows
from sensors.store.duck import DuckStore
from twin.city import City, load_city_config
from twin.clock import DAY_MS, HOUR_MS, MINUTE_MS, parse_time
from twin.geography import load_geography
from twin.scenarios import load_scenarios

START_MS = parse_time("2026-05-01T00:00")
RUN, CLIENTS, REQUESTS, ROUNDS = "bench", 8, 2_000, 5
MONTH_DAYS = 31
HEAD = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Loop:
    """A bus within this process: what is delivered reaches the monitor at once."""

    connected = True

    def __init__(self) -> None:
        self._handlers: list[Callable[[Message], None]] = []

    def publish(
        self, topic: str, payload: bytes, qos: int = 0, retain: bool = False, within_s: float = 0.0
    ) -> None:
        """Nobody else listens."""

    def subscribe(
        self, pattern: str, handler: Callable[[Message], None], qos: int = 1, manual: bool = False
    ) -> None:
        if topics.parse(pattern).channel == "readings":
            self._handlers.append(handler)

    def deliver(self, pack: Pack) -> None:
        topic = topics.readings_topic(RUN, pack.zone, pack.gateway)
        for handler in self._handlers:
            handler(Message(topic, pack.payload, False, 1, 0, 0))


def rows(config: Path) -> Iterator[Row]:
    """Over loopback with keep-alive, the two in turn; ratio of medians. Then a month of hours."""
    with tempfile.TemporaryDirectory() as folder:
        services = _services(config, Path(folder))
        with _server(services) as port:
            constant, vitals = _rates(port, ("/constant", "/api/v1/vitals"))
        name = "GET /api/v1/vitals"
        yield Row(name, "/s", vitals, constant, "constant answer", 0.6 * constant)
        taken_s = _month_s(services)
        yield Row(
            "a month of history of one indicator, hours", "ms", 1000 * taken_s, target=100,
            more_is_better=False,
        )  # fmt: skip
        services.store.close()
        services.ledger.close()


def _services(config: Path, folder: Path) -> Services:
    """The service after ten minutes of the core."""
    geography, scenarios = load_geography(config, "core"), load_scenarios(config)
    network = build_network(load_catalogue(config), geography)
    store, ledger, bus = DuckStore(folder / "t.duckdb"), Ledger(folder / "l.sqlite"), Loop()
    services = assemble(
        RUN, "core", geography, network, load_rulebook(config, network.catalogue), scenarios,
        store, ledger, bus, Pace(),
    )  # fmt: skip
    services.monitor.listen(bus)
    city = City.start(load_city_config(config), geography, scenarios, 42, START_MS)
    for pack in Simulation(city, network, load_profile(config), 1).advance(
        START_MS + 10 * MINUTE_MS
    ):
        bus.deliver(pack)
    now_ms = START_MS + 10 * MINUTE_MS
    services.clock.hear(ClockMessage(run=RUN, t_ms=now_ms, speed=1.0, state="running", seed=42))
    services.monitor.pump()
    services.monitor.pump()
    return services


@contextlib.contextmanager
def _server(services: Services) -> Iterator[int]:
    app = create_app(services)
    _constant(app)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = int(bound.getsockname()[1])
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
        thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield port
        server.should_exit = True
        thread.join(10)


def _constant(app: FastAPI) -> None:
    @app.get("/constant")
    async def constant() -> Response:
        return Response(b"x" * 200)


def _rates(port: int, paths: tuple[str, ...]) -> list[float]:
    """Median requests/s of each path, asked in turn."""
    found: dict[str, list[float]] = {path: [] for path in paths}
    for _ in range(ROUNDS):
        for path in paths:
            begun = time.perf_counter()
            asyncio.run(_load(port, path))
            found[path].append(REQUESTS / (time.perf_counter() - begun))
    return [statistics.median(found[path]) for path in paths]


async def _load(port: int, path: str) -> None:
    await asyncio.gather(*(_client(port, path) for _ in range(CLIENTS)))


async def _client(port: int, path: str) -> None:
    """REQUESTS / CLIENTS requests, one after the other, on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = HEAD.format(path=path).encode()
    for _ in range(REQUESTS // CLIENTS):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{path} answered {head[:60]!r}")
        length = next(
            int(line.split(b":")[1]) for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )  # fmt: skip
        await reader.readexactly(length)
    writer.close()


def _month_s(services: Services) -> float:
    """A month of hours of every sign, three days of minutes; one sign's month is asked for."""
    assert services.monitor.frame is not None
    minute, store = services.monitor.frame.rows(), services.store
    end_ms = START_MS + MONTH_DAYS * DAY_MS
    for day_ms in range(START_MS, end_ms, DAY_MS):
        store.write_hours(RUN, _hours(minute, day_ms))
    for hour_ms in range(end_ms - 3 * DAY_MS, end_ms, HOUR_MS):
        store.write_vitals(RUN, _repeated(minute, hour_ms, MINUTE_MS, 60))
    sign = ("P1", "street", str(minute.entity[0]))
    return median_s(lambda: read(store, RUN, sign, START_MS, end_ms, HOUR_MS), 9)


def _hours(minute: VitalRows, day_ms: int) -> HourRows:
    rows = _repeated(minute, day_ms, HOUR_MS, 24)
    return HourRows(
        rows.t_ms, rows.indicator, rows.level, rows.entity, rows.value, rows.score,
        rows.confidence, rows.value, rows.value, rows.score,
    )  # fmt: skip


def _repeated(minute: VitalRows, start_ms: int, step_ms: int, count: int) -> VitalRows:
    """The same signs at so many times."""
    names = (np.tile(column, count) for column in (minute.indicator, minute.level, minute.entity))
    numbers = (np.tile(column, count) for column in (minute.value, minute.score, minute.confidence))
    times = np.repeat(start_ms + np.arange(count) * step_ms, len(minute))
    return VitalRows(times, *names, *numbers)
