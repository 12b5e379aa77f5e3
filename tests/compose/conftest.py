"""The real Mosquitto with its shipped configuration, or the reason why it is missing."""

import os
from collections.abc import Iterator

import pytest
from compose.mosquitto import OBSERVER, Mosquitto, installed, make_mosquitto


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    if not installed():
        if os.environ.get("HENGFU_REQUIRE_SERVERS") == "1":
            pytest.fail("mosquitto is not installed, and HENGFU_REQUIRE_SERVERS=1")
        pytest.skip("mosquitto is not installed")
    broker = make_mosquitto(tmp_path_factory.mktemp("mosquitto"))
    broker.prepare(f"user {OBSERVER}\ntopic readwrite #\n")
    broker.start()
    yield broker
    broker.stop()
