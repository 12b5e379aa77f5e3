"""A whole service over an in-memory bus: real map, rules, store and ledger in a temp folder."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import numpy as np
import pytest
from paho.mqtt.client import topic_matches_sub

from api.app import create_app
from api.config import Rulebook, load_rulebook
from api.forecast.settings import load_forecast_settings
from api.ledger import Ledger
from api.monitor import Pace
from api.service import Services, assemble
from sensors import topics, wire
from sensors.bus import BusFull, Message
from sensors.catalogue import load_catalogue
from sensors.clockmessage import ClockMessage, encode_clock
from sensors.network import Network, build_network
from sensors.reading import ReadingBatch
from sensors.store import Store
from sensors.store.duck import DuckStore
from twin.clock import parse_time
from twin.config import default_config_dir
from twin.geography import Geography, load_geography
from twin.scenarios import load_scenarios

RUN = "r20260501-080000"
START_MS = parse_time("2026-05-01T15:00:00+08:00")


@dataclass
class MemoryBus:
    """Delivers to its own subscribers at once and remembers everything."""

    connected: bool = True
    full: bool = False
    sent: list[tuple[str, bytes, bool]] = field(default_factory=list)
    retained: dict[str, bytes] = field(default_factory=dict)
    handlers: list[tuple[str, Callable[[Message], None]]] = field(default_factory=list)

    def publish(
        self, topic: str, payload: bytes, qos: int = 0, retain: bool = False, within_s: float = 0.0
    ) -> None:
        if self.full:
            raise BusFull("full")
        self.sent.append((topic, payload, retain))
        if retain:
            self.retained[topic] = payload
            if not payload:
                del self.retained[topic]
        self.deliver(topic, payload)

    def subscribe(
        self, pattern: str, handler: Callable[[Message], None], qos: int = 1, manual: bool = False
    ) -> None:
        self.handlers.append((pattern, handler))

    def deliver(self, topic: str, payload: bytes) -> None:
        channel = topics.parse(topic).channel
        for pattern, handler in self.handlers:
            if pattern.split("/")[3] == channel and topic_matches_sub(pattern, topic):
                handler(Message(topic, payload, False, 1, 0, 0))

    def told(self, channel: str) -> list[tuple[str, Any]]:
        """Last level of the topic and decoded payload of everything sent on a channel."""
        return [
            (topic.rsplit("/", 1)[1], json.loads(payload) if payload else None)
            for topic, payload, _ in self.sent
            if topics.parse(topic).channel == channel
        ]


@dataclass(frozen=True)
class World:
    """What does not change between tests."""

    geography: Geography
    network: Network
    rulebook: Rulebook


@dataclass
class Quarter:
    """One running service without threads: the test is the city and the clock."""

    world: World
    folder: Path
    bus: MemoryBus
    services: Services
    wall_ms: list[int]
    seq: dict[tuple[str, str], int] = field(default_factory=dict)

    def clock(self, t_ms: int, state: str = "running") -> None:
        """The city publishes its time; the monitor does what is due."""
        message = ClockMessage(run=RUN, t_ms=t_ms, speed=60.0, state=state, seed=42)
        self.wall_ms[0] += 1_000
        self.bus.deliver(topics.clock_topic(RUN), encode_clock(message))
        self.services.monitor.pump()

    def batch(self, kind: str, quantity: str, value: float, t_ms: int) -> ReadingBatch:
        """Every neuron of the kind says so, in display units."""
        network = self.world.network
        names = [f"{network.sensor_ids[row]}:{quantity}" for row in network.of_kind(kind)]
        rows = np.array([network.series.lookup[name] for name in names], np.int32)
        sent = value / network.catalogue.kind(kind).quantity(quantity).per_unit
        return ReadingBatch(rows, np.full(len(rows), t_ms, np.int64), np.full(len(rows), sent))

    def say(self, kind: str, quantity: str, value: float, t_ms: int) -> None:
        """The same over the bus, one pack per gateway."""
        network = self.world.network
        batch = self.batch(kind, quantity, value, t_ms)
        gateway = network.gateway[network.series.sensor[batch.series]]
        for row in np.unique(gateway).tolist():
            self.send(*network.gateways[row], batch.take(gateway == row))

    def calm(self, start_ms: int, minutes: int = 24) -> int:
        """Empty plazas for so many minutes; the time afterwards."""
        for t_ms in range(start_ms, start_ms + minutes * 60_000, 60_000):
            self.say("crowd_density", "persons", 1, t_ms)
            if t_ms % 240_000 == 0:
                self.clock(t_ms + 5_000)
        return start_ms + minutes * 60_000

    def send(self, zone: str, gateway: str, batch: ReadingBatch) -> None:
        seq = self.seq[zone, gateway] = self.seq.get((zone, gateway), 0) + 1
        payload = wire.encode_pack(self.world.network, zone, gateway, 1, seq, batch)
        self.bus.deliver(topics.readings_topic(RUN, zone, gateway), payload)

    def surge(self, minutes: int, persons: float = 400.0, start_ms: int = START_MS) -> int:
        """A crowd at every plaza for so many minutes; the time afterwards."""
        for t_ms in range(start_ms, start_ms + minutes * 60_000, 10_000):
            self.say("crowd_density", "persons", persons, t_ms)
            self.clock(t_ms + 5_000)
        return start_ms + minutes * 60_000

    def close(self) -> None:
        for close in self.services.closers:
            close()


@pytest.fixture(scope="session")
def world() -> World:
    config = default_config_dir()
    geography = load_geography(config, "core")
    network = build_network(load_catalogue(config), geography)
    return World(geography, network, load_rulebook(config, network.catalogue))


OpenQuarter = Callable[..., Quarter]


@pytest.fixture
def open_quarter(world: World, tmp_path: Path) -> Iterator[OpenQuarter]:
    """Opens the service on the test's folder; again after `close` is a restart."""
    opened: list[Quarter] = []

    def start(bus: MemoryBus | None = None, store: Store | None = None) -> Quarter:
        wall_ms = [START_MS]
        bus = bus or MemoryBus()
        store = store or DuckStore(tmp_path / "twin.duckdb")
        ledger = Ledger(tmp_path / "ledger.sqlite")
        services = assemble(
            RUN, "core", world.geography, world.network, world.rulebook,
            load_scenarios(default_config_dir()), store, ledger, bus, Pace(),
            wall=lambda: wall_ms[0],
            forecast=load_forecast_settings(default_config_dir(), world.rulebook),
        )  # fmt: skip
        services.closers = [store.close, ledger.close]
        services.bus.subscribe(topics.ack_topic(RUN, topics.ANY), services.commands.hear)
        services.monitor.listen(bus)
        quarter = Quarter(world, tmp_path, bus, services, wall_ms)
        opened.append(quarter)
        return quarter

    yield start
    for quarter in opened:
        quarter.close()


@dataclass(frozen=True)
class Client:
    """Asks an app in this process; each request has an event loop of its own."""

    app: Any

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **options)

        return anyio.run(once)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("POST", path, **options)

    def follow(
        self, path: str, count: int, headers: dict[str, str] | None = None
    ) -> list[dict[str, str]]:
        """The first events of a feed, as fields; then the client hangs up."""

        async def listen() -> list[dict[str, str]]:
            async with stream(self.app, path, headers or {}) as events:
                return [await anext(events) for _ in range(count)]

        return anyio.run(listen)


@asynccontextmanager
async def stream(
    app: Any, path: str, headers: dict[str, str]
) -> AsyncIterator[AsyncIterator[dict[str, str]]]:
    """Speaks ASGI to a feed, for httpx would wait for its end."""
    target, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "path": target, "raw_path": target.encode(), "query_string": query.encode(),
        "root_path": "", "scheme": "http", "server": ("test", 80), "client": ("test", 1),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    sender, receiver = anyio.create_memory_object_stream[dict[str, Any]](100)
    gone = anyio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async with anyio.create_task_group() as group, sender, receiver:
        group.start_soon(app, scope, receive, sender.send)
        start = await receiver.receive()
        assert start["status"] == 200, start
        with anyio.fail_after(10):
            yield _events(receiver)
        gone.set()
        group.cancel_scope.cancel()


async def _events(receiver: Any) -> AsyncIterator[dict[str, str]]:
    async for message in receiver:
        lines = message["body"].decode().splitlines()
        fields = dict(line.split(": ", 1) for line in lines if ": " in line[1:])
        if "data" in fields:
            yield fields


@pytest.fixture
def quarter(open_quarter: OpenQuarter) -> Quarter:
    return open_quarter()


@pytest.fixture
def make_client() -> Callable[[Any], Client]:
    """For apps that a test makes itself."""
    return Client


@pytest.fixture
def client(quarter: Quarter) -> Client:
    return Client(create_app(quarter.services))
