"""The real InfluxDB for tests; how it is started stands with the measurements that use it too."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.bench.influxserver import InfluxServer, find_influxd, start_influx

__all__ = ["InfluxServer", "influx_for_tests", "start_influx"]


def influx_for_tests(folder: Path) -> Iterator[InfluxServer]:
    """Skip with the reason when the engine is missing; where servers are expected, fail."""
    if find_influxd() is None:
        if os.environ.get("HENGFU_REQUIRE_SERVERS") == "1":
            pytest.fail("influxd is not installed, and HENGFU_REQUIRE_SERVERS=1")
        pytest.skip("influxd is not installed")
    server = start_influx(folder)
    yield server
    server.stop()
