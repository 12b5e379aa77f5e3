"""Real servers for the tests: started in a private folder, stopped at the end."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sensors.broker import Broker, find_program, start_broker
from sensors.catalogue import load_catalogue
from sensors.network import Network, build_network
from twin.config import default_config_dir
from twin.geography import load_geography


def require(kind: str) -> None:
    """Skip with the reason when the server is missing; where all are expected, fail."""
    if find_program(kind) is not None:
        return
    if os.environ.get("HENGFU_REQUIRE_SERVERS") == "1":
        pytest.fail(f"{kind} is not installed, and HENGFU_REQUIRE_SERVERS=1")
    pytest.skip(f"{kind} is not installed")


@pytest.fixture(params=["mosquitto", "nats"])
def broker_kind(request: pytest.FixtureRequest) -> str:
    require(request.param)
    return str(request.param)


@pytest.fixture
def broker(broker_kind: str, tmp_path: Path) -> Iterator[Broker]:
    started = start_broker(broker_kind, tmp_path / "broker")
    yield started
    started.stop()


@pytest.fixture(scope="session")
def network() -> Network:
    config = default_config_dir()
    return build_network(load_catalogue(config), load_geography(config, "core"))
