"""Two ingests that share the zones, as the profile `scale` starts them, and how services end.

Real Mosquitto, real InfluxDB, real processes.
"""

import logging
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import httpx
import numpy as np
import pytest
from stack.conftest import require
from stack.quarter import free_port
from support.influxserver import InfluxServer, influx_for_tests
from support.promtool import check_metrics
from support.service import Service

from api.intake import Intake
from sensors import topics
from sensors.broker import Broker, start_broker
from sensors.bus import Bus, Message
from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.store.influx import InfluxStore
from sensors.store.influxsettings import BUCKET, ORG, TOKEN, URL, InfluxSettings

pytestmark = pytest.mark.stack
RUN = "r-scale"
FOREVER = 1 << 42
PATIENCE_S = 90

Services = dict[str, Service]


@pytest.fixture(scope="module")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxServer]:
    yield from influx_for_tests(tmp_path_factory.mktemp("influx"))


@pytest.fixture
def settings(influx: InfluxServer) -> Iterator[InfluxSettings]:
    with influx.bucket() as bucket:
        yield bucket


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Broker]:
    require("mosquitto")
    started = start_broker("mosquitto", tmp_path / "broker")
    yield started
    started.process.send_signal(signal.SIGCONT)
    started.stop()


@pytest.fixture
def services(mosquitto: Broker, settings: InfluxSettings, tmp_path: Path) -> Iterator[Services]:
    """Not started yet."""
    environment = {
        "HENGFU_BROKER": mosquitto.url,
        URL: settings.url,
        TOKEN: settings.token.get_secret_value(),
        ORG: settings.org,
        BUCKET: settings.bucket,
    }
    where = ["--run", RUN, "--area", "core"]
    store = [*where, "--store", "influx"]
    commands = {
        "ingest-1": ["ingest", *store, "--part", "1/2", *port("--metrics-port")],
        "ingest-2": ["ingest", *store, "--part", "2/2", *port("--metrics-port")],
        "ingest": ["ingest", *store],
        "serve": ["serve", *store, "--no-ingest", "--data", str(tmp_path / "m"), *port("--port")],
        "city": [
            *["simulate", *where, "--data", str(tmp_path / "c"), "--speed", "60", "--seed", "7"],
            *["--start", "2026-05-13T10:00", *port("--metrics-port")],
        ],
    }
    made = {
        name: Service(command, environment, tmp_path / f"{name}.log")
        for name, command in commands.items()
    }
    yield made
    for service in made.values():
        service.clean_up()


def port(option: str) -> list[str]:
    return [option, str(free_port())]


def numbers(service: Service) -> str:
    """What it tells Prometheus; its port is the last word of its command."""
    try:
        return httpx.get(f"http://127.0.0.1:{service.command[-1]}/metrics", timeout=10).text
    except httpx.TransportError:
        return ""


def value(service: Service, name: str) -> float:
    lines = (line.rpartition(" ") for line in numbers(service).splitlines())
    return next((float(number) for key, _, number in lines if key == name), 0.0)


def wait(happened: Callable[[], bool], services: Mapping[str, Service]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        logs = {name: one.log.read_text() for name, one in services.items() if one.log.exists()}
        assert time.monotonic() < deadline, logs
        time.sleep(0.2)


class Witness:
    """Hears every pack at the broker, each once."""

    def __init__(self, broker: Broker, network: Network) -> None:
        self._intake, self._batches = Intake(network), list[ReadingBatch]()
        self.bus = Bus(broker.url, "witness")
        pattern = topics.readings_topic(RUN, topics.ANY, topics.ANY)
        self.bus.subscribe(pattern, self._hear)
        assert self.bus.wait_subscribed(20)

    def _hear(self, message: Message) -> None:
        batch = self._intake.take(message, FOREVER)
        if batch is not None:
            self._batches.append(batch)

    def points(self) -> set[tuple[int, int]]:
        return points(ReadingBatch.concat(self._batches))


def points(batch: ReadingBatch) -> set[tuple[int, int]]:
    return set(zip(batch.series.tolist(), batch.t_ms.tolist(), strict=True))


def test_two_ingests_share_the_zones_and_lose_and_double_nothing_over_a_restart(
    mosquitto: Broker, settings: InfluxSettings, services: Services, network: Network
) -> None:
    witness = Witness(mosquitto, network)
    sharing = [services["ingest-1"], services["ingest-2"]]
    for service in [*sharing, services["city"]]:
        service.start()
    stored = "hengfu_ingest_readings_total"
    wait(lambda: all(value(one, stored) > 1000 for one in sharing), services)
    for service in [*sharing, services["city"]]:
        check_metrics(numbers(service))
    sharing[0].kill()
    wait(lambda: value(sharing[0], stored) > 100, services)
    assert "left unconfirmed" not in services["city"].stop()
    for service in sharing:
        assert "Traceback" not in service.stop()
    sent = witness.points()
    witness.bus.close()
    with closing(InfluxStore(settings)) as store:
        found = ReadingBatch.concat(list(store.scan(RUN, network, None, 0, FOREVER)))
        marks = store.marks(RUN)
    assert len(found) == len(points(found)) > 2000  # doubled 0
    assert sent - points(found) == set()  # lost 0
    assert points(found) - sent == set()
    gateways = set(zip(network.zone[network.device], network.gateway, strict=True))
    assert len(marks) == len({gateway for _, gateway in gateways})
    assert np.unique(network.zone).size >= 2


@pytest.fixture
def running(services: Services) -> Services:
    """City, one ingest and the API, once all is well."""
    used = {name: services[name] for name in ("ingest", "serve", "city")}
    for service in used.values():
        service.start()
    wait(lambda: set(checks(used).values()) == {"ok"}, used)
    return used


def checks(services: Services) -> dict[str, str]:
    port = services["serve"].command[-1]
    try:
        return dict(httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=30).json()["checks"])
    except httpx.TransportError:
        return {}


def said(service: Service, phrase: str) -> int:
    return service.log.read_text(errors="replace").count(phrase)


def stop_all(services: Services) -> dict[str, float]:
    """Seconds until each has ended; fails for one that hangs."""
    begun = time.monotonic()
    for service in services.values():
        service.ask_to_stop()
    took_s = {}
    for name, service in services.items():
        service.ended()
        took_s[name] = time.monotonic() - begun
    return took_s


def test_a_loss_is_said_once_and_services_end_while_store_and_broker_hang(
    mosquitto: Broker, influx: InfluxServer, running: Services
) -> None:
    """Frozen is worse than gone: connections stay open and nobody answers."""
    ingest = running["ingest"]
    influx.kill()
    wait(lambda: checks(running).get("store") == "does not answer", running)
    wait(lambda: said(ingest, "store is lost") == 1, running)
    influx.restart()
    wait(lambda: said(ingest, "store is back") == 1, running)
    wait(lambda: checks(running).get("store") == "ok", running)
    mosquitto.process.send_signal(signal.SIGSTOP)
    influx.process.send_signal(signal.SIGSTOP)
    try:
        took_s = stop_all(running)
    finally:
        influx.process.send_signal(signal.SIGCONT)
    logging.getLogger(__name__).info("ended after %s", took_s)
    assert [said(ingest, phrase) for phrase in ("store is lost", "store is back")] == [1, 1]
    assert not any(said(service, "Traceback") for service in running.values())
