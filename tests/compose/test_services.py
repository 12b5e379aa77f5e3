"""The services of docker-compose.yml as processes here: the same roles, logins and stores.

Real Mosquitto with the shipped rights, real InfluxDB, and each of them restarted once.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from compose.mosquitto import Mosquitto, free_port, password
from stack.quarter import Event, Quarter
from support.influxserver import InfluxServer, influx_for_tests
from support.service import Service

from sensors.store.influx import InfluxStore
from sensors.store.influxsettings import BUCKET, ORG, TOKEN, URL, InfluxSettings

pytestmark = pytest.mark.stack
RUN = "r-services"


@pytest.fixture(scope="module")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxServer]:
    yield from influx_for_tests(tmp_path_factory.mktemp("influx"))


@pytest.fixture
def settings(influx: InfluxServer) -> Iterator[InfluxSettings]:
    with influx.bucket() as bucket:
        yield bucket


@pytest.fixture
def services(
    mosquitto: Mosquitto, settings: InfluxSettings, tmp_path: Path
) -> Iterator[dict[str, Service]]:
    store = {
        URL: settings.url,
        TOKEN: settings.token.get_secret_value(),
        ORG: settings.org,
        BUCKET: settings.bucket,
    }
    common = ["--run", RUN, "--area", "core", "--data"]
    port = str(free_port())
    start = ["--start", "2026-05-13T10:00", "--seed", "7", "--speed", "60", "--resume"]
    roles = {
        "ingest": ["ingest", *common, str(tmp_path / "i"), "--store", "influx"],
        "monitor": [
            *["serve", *common, str(tmp_path / "m"), "--store", "influx"],
            *["--no-ingest", "--port", port],
        ],
        "city": ["simulate", *common, str(tmp_path / "c"), *start],
    }
    made = {}
    for user, command in roles.items():
        broker = {"HENGFU_BROKER": mosquitto.url(user, password(user))}
        made[user] = Service(command, {**broker, **store}, tmp_path / f"{user}.log")
        made[user].start()
    yield made
    for service in reversed(made.values()):
        assert service.process is not None
        service.process.kill()
        service.process.wait()


def watched(services: Mapping[str, Service], folder: Path) -> Quarter:
    """The API of these services, once it is ready."""
    monitor = services["monitor"]
    port = monitor.command[-1]
    assert monitor.process is not None
    city = Quarter(monitor.process, f"http://127.0.0.1:{port}", folder)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            answer = httpx.get(f"{city.url}/readyz", timeout=10)
            if answer.status_code == 200:
                return city
        time.sleep(0.2)
    raise AssertionError(answer.text, {name: s.log.read_text() for name, s in services.items()})


def test_a_surge_is_handled_while_every_service_is_restarted_once(
    mosquitto: Mosquitto,
    influx: InfluxServer,
    settings: InfluxSettings,
    services: dict[str, Service],
    tmp_path: Path,
) -> None:
    city = watched(services, tmp_path)
    city.hengfu("inject", "crowd_surge", "--minutes", "20")

    def crowd(event: Event, what: str) -> bool:
        return bool(event["data"]["rule"] == "crowd-density" and event["data"]["what"] == what)

    fired = city.wait_event(lambda event: crowd(event, "firing"), within_s=90)
    services["ingest"].kill()
    influx.kill()
    influx.restart()
    services["city"].kill()
    mosquitto.stop()
    mosquitto.start()
    services["monitor"].kill()
    city.wait_event(
        lambda event: crowd(event, "resolved") and event["subject"] == fired["subject"],
        within_s=180,
    )
    assert "left unconfirmed" not in services["city"].stop()
    with contextlib.closing(InfluxStore(settings)) as store:
        marks = store.marks(RUN)
    assert len({(mark.zone, mark.gateway) for mark in marks}) >= 7
    assert min(mark.seq for mark in marks) > 0
    assert "gap" not in services["ingest"].stop()
