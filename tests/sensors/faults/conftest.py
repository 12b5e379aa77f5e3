"""The bench that chains of faults are tried on."""

import pytest
from faultbench import Bench

from sensors.catalogue import read_catalogue
from sensors.network import build_network

START_MS = 1_779_926_400_000  # a midnight UTC


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory, make_map, all_three_kinds: str) -> Bench:
    """60 lifts on LoRaWAN, 6 sound meters on mains, 192 dust sensors on NB-IoT; it has power."""
    path = tmp_path_factory.mktemp("faults") / "neurons.toml"
    path.write_text(all_three_kinds.replace("per_km2 = 25", "per_km2 = 600"), encoding="utf-8")
    network = build_network(read_catalogue(path), make_map(lift=60, feeder=2))
    return Bench(network, START_MS)
