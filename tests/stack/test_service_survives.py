"""Killed in the middle of a run and started again, a service goes on bit for bit."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from stack.quarter import free_port
from support.service import Service

from sensors import topics
from sensors.broker import Broker
from sensors.bus import Bus, Message
from sensors.catalogue import load_catalogue
from sensors.clockmessage import ClockMessage, encode_clock
from sensors.faults.profile import load_profile
from sensors.highwater import decode_confirmation
from sensors.network import build_network
from sensors.outbox import Pack
from sensors.simulation import Simulation
from sensors.store.base import VitalRows
from sensors.store.duck import DuckStore
from twin.city import City, load_city_config
from twin.clock import MINUTE_MS, iso, parse_time
from twin.config import default_config_dir
from twin.geography import load_geography
from twin.scenarios import load_scenarios

pytestmark = pytest.mark.stack

START_MS = parse_time("2026-05-02T16:00")
RADIUS_M = 150  # of an area that a process takes in in seconds
KILLED, MINUTES = 13, 16  # killed three minutes after the state was kept; minutes in all
WITHIN_S = 30.0


@dataclass
class Run:
    """One service in a process of its own, with its own run, store and files."""

    name: str
    service: Service
    url: str
    data: Path
    confirmed: dict[tuple[str, str], int] = field(default_factory=dict)
    sent: dict[tuple[str, str], int] = field(default_factory=dict)

    def send(self, bus: Bus, packs: list[Pack]) -> None:
        for pack in packs:
            topic = topics.readings_topic(self.name, pack.zone, pack.gateway)
            bus.publish(topic, pack.payload, 1)
            self.sent[pack.zone, pack.gateway] = pack.seq

    def tick(self, bus: Bus, t_ms: int) -> None:
        clock = ClockMessage(run=self.name, t_ms=t_ms, speed=60.0, area="core", seed=9)
        bus.publish(topics.clock_topic(self.name), encode_clock(clock), 1, True)

    def hear(self, message: Message) -> None:
        mark = decode_confirmation(message.payload)
        if mark is not None:
            self.confirmed[topics.parse(message.topic).names] = mark.seq

    @property
    def listens(self) -> bool:
        """Whether its ingest takes in what is sent from now on."""
        return bool(self.ask("/readyz").get("checks", {}).get("ingest") == "ok")

    def has_seen(self, t_ms: int) -> bool:
        """Whether its newest frame is of this time."""
        return bool(self.ask("/api/v1/vitals").get("t") == iso(t_ms))

    def ask(self, path: str) -> dict[str, Any]:
        try:
            return dict(httpx.get(self.url + path, timeout=5).json())
        except httpx.TransportError:
            return {}

    def minutes(self) -> VitalRows:
        """Everything stored, in a fixed order."""
        with closing(DuckStore(self.data / "twin.duckdb")) as store:
            rows = store.minutes(self.name, 0, 2**62)
        order = np.lexsort((rows.entity, rows.level, rows.indicator, rows.t_ms))
        columns = (getattr(rows, name)[order] for name in VitalRows.__dataclass_fields__)
        return VitalRows(*columns)


def wait(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The shipped configuration, the core being the corner at the mansion."""
    folder = tmp_path / "config"
    shutil.copytree(default_config_dir(), folder)
    area = folder / "area.toml"
    text = area.read_text(encoding="utf-8")
    assert "radius_m = 850" in text
    area.write_text(text.replace("radius_m = 850", f"radius_m = {RADIUS_M}"), encoding="utf-8")
    return folder


@pytest.fixture
def broker_kind() -> str:
    return "nats"  # comes with pip


@pytest.fixture
def bus(broker: Broker) -> Iterator[Bus]:
    with closing(Bus(broker.url, "city")) as bus:
        yield bus


@pytest.fixture
def runs(broker: Broker, bus: Bus, config: Path, tmp_path: Path) -> Iterator[list[Run]]:
    """Two services beside each other; the second is the one that will be killed."""
    opened = []
    for name in ("whole", "killed"):
        port, data = free_port(), tmp_path / name
        command = ["serve", "--broker", broker.url, "--run", name, "--area", "core"]
        command += ["--port", str(port), "--data", str(data), "--config", str(config)]
        service = Service(command, {}, tmp_path / f"{name}.log")
        opened.append(Run(name, service, f"http://127.0.0.1:{port}", data))
        bus.subscribe(topics.confirmed_topic(name, topics.ANY, topics.ANY), opened[-1].hear)
        service.start()
    yield opened
    for run in opened:
        run.service.clean_up()


def minute_by_minute(config: Path) -> list[list[Pack]]:
    geography, scenarios = load_geography(config, "core"), load_scenarios(config)
    network = build_network(load_catalogue(config), geography)
    city = City.start(load_city_config(config), geography, scenarios, 9, START_MS)
    simulation = Simulation(city, network, load_profile(config), 1)
    return [
        list(simulation.advance(START_MS + minute * MINUTE_MS)) for minute in range(1, MINUTES + 1)
    ]


def live_through(minute: int, packs: list[Pack], runs: list[Run], bus: Bus) -> None:
    """Everyone takes in the minute, then the clock moves on and they work it out."""
    t_ms, killed = START_MS + minute * MINUTE_MS, runs[1]
    for run in runs:
        run.send(bus, packs)
    if minute == KILLED + 1:
        killed.service.start()
    wait(lambda: all(run.confirmed == run.sent for run in runs))
    for run in runs:
        run.tick(bus, t_ms)
    if minute == KILLED:
        killed.service.crash()
        runs = runs[:1]
    for run in runs:
        wait(partial(run.has_seen, t_ms - 10_000))


def test_the_minutes_of_a_killed_service_are_bit_for_bit_those_of_one_that_was_not(
    runs: list[Run], bus: Bus, config: Path
) -> None:
    """Killed while it works out a frame, with packs waiting at the broker while it is down."""
    wait(lambda: all(run.listens for run in runs))
    for minute, packs in enumerate(minute_by_minute(config), 1):
        live_through(minute, packs, runs, bus)
    for run in runs:
        run.service.stop()
    whole, other = (run.minutes() for run in runs)
    stored = np.unique(whole.t_ms[whole.t_ms % MINUTE_MS == 0])
    assert stored.tolist() == [START_MS + minute * MINUTE_MS for minute in range(1, MINUTES)]
    for name in VitalRows.__dataclass_fields__:
        left, right = getattr(whole, name), getattr(other, name)
        assert left.tolist() == right.tolist() or left.tobytes() == right.tobytes(), name
