"""City, ingest and service as processes, each with the rights of its own broker user."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Queue

import httpx
import pytest
from compose.mosquitto import Mosquitto, free_port, password

from sensors.broker import HOST
from sensors.bus import Bus, Message
from sensors.topics import parse

pytestmark = pytest.mark.stack

RUN = "r-roles"
Start = Callable[..., None]


@pytest.fixture
def start(mosquitto: Mosquitto, tmp_path: Path) -> Iterator[Start]:
    """Start a `hengfu` command as a broker user; all are stopped at the end."""
    with ExitStack() as ends:

        def begin(user: str, command: str, *options: str) -> None:
            common = ["--run", RUN, "--area", "core", "--data", str(tmp_path / user)]
            environment = {"HENGFU_BROKER": mosquitto.url(user, password(user))}
            log = ends.enter_context((tmp_path / f"{user}.log").open("wb"))
            process = subprocess.Popen(
                [sys.executable, "-m", "api.cli", command, *common, *options],
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
            )
            ends.callback(process.wait, 20)
            ends.callback(process.terminate)

        yield begin


@pytest.fixture
def overheard(mosquitto: Mosquitto) -> "Iterator[Queue[Message]]":
    """What a viewer hears."""
    arrived: Queue[Message] = Queue()
    bus = Bus(mosquitto.url("viewer", password("viewer")), "test-viewer", persistent=False)
    bus.subscribe("hengfu/v1/#", arrived.put)
    assert bus.wait_subscribed(10)
    yield arrived
    bus.close()


def wait_for(overheard: "Queue[Message]", wanted: set[str]) -> None:
    """Until something was said on each of these channels; queue.Empty after 60 s of silence."""
    missing = set(wanted)
    while missing:
        missing.discard(parse(overheard.get(timeout=60).topic).channel)


def test_the_rights_of_city_ingest_and_monitor_suffice(
    start: Start, overheard: "Queue[Message]"
) -> None:
    """The viewer hears readings, confirmations and vital signs; a command is obeyed."""
    port = free_port()
    start("ingest", "ingest")
    start("monitor", "serve", "--no-ingest", "--port", str(port))
    start("city", "simulate")
    wait_for(overheard, {"readings", "confirmed", "clock", "status", "vitals"})
    url = f"http://{HOST}:{port}/api/v1/simulation/incidents"
    answer = httpx.post(url, json={"scenario": "crowd_surge"}, timeout=30)
    assert answer.is_success, answer.text
