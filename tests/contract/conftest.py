"""The stores that pass through the contract, and a small network to write with.

InfluxDB takes part twice: the engine that is installed here, behind a shim, and, when
HENGFU_TEST_INFLUX_URL names one, any other server.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.influxgiven import URL, GivenInflux
from support.influxserver import InfluxServer, influx_for_tests

from sensors.store.base import Store
from sensors.store.duck import DuckStore
from sensors.store.influx import InfluxStore

OpenStore = Callable[[], Store]

STORES = [
    pytest.param("duck"),
    pytest.param("influx", marks=pytest.mark.stack),
    *([pytest.param("influx_given", marks=pytest.mark.stack)] if URL in os.environ else []),
]


@pytest.fixture(scope="session")
def influx_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxServer]:
    yield from influx_for_tests(tmp_path_factory.mktemp("influx"))


@pytest.fixture
def duck(tmp_path: Path) -> OpenStore:
    return lambda: DuckStore(tmp_path / "twin.duckdb")


@pytest.fixture
def influx(influx_server: InfluxServer) -> Iterator[OpenStore]:
    with influx_server.bucket() as settings:
        yield lambda: InfluxStore(settings)


@pytest.fixture
def influx_given(request: pytest.FixtureRequest) -> Iterator[OpenStore]:
    given = GivenInflux.of_environment(os.environ)
    if given.generation == "3" and "deleted" in request.node.name:
        pytest.skip("InfluxDB 3 Core cannot delete by run")
    with given.bucket() as settings:
        yield lambda: InfluxStore(settings)


@pytest.fixture(params=STORES)
def open_store(request: pytest.FixtureRequest) -> OpenStore:
    """Opens the same store anew each time it is called."""
    opener: OpenStore = request.getfixturevalue(request.param)
    return opener


@pytest.fixture
def store(open_store: OpenStore) -> Iterator[Store]:
    opened = open_store()
    yield opened
    opened.close()
