"""Sensing coverage: what is due to be watched, and by whom it is."""

import numpy as np
import pytest
import shapely

from api.coverage.sensing import Spread, due_places, sensing
from sensors.catalogue import load_catalogue
from sensors.network import Network, build_network
from twin.config import default_config_dir
from twin.entities import Geography
from twin.geography import load_geography


@pytest.fixture(scope="module")
def core() -> Geography:
    return load_geography(default_config_dir(), "core")


@pytest.fixture(scope="module")
def network(core: Geography) -> Network:
    return build_network(load_catalogue(default_config_dir()), core)


def test_nobody_online_covers_nothing_and_everybody_nearly_all(
    core: Geography, network: Network
) -> None:
    zones = np.arange(len(core["zone"]), dtype=np.int32)
    found = sensing(core, network, "zone", zones)
    assert found.share(np.zeros(len(network), bool)).tolist() == [0] * len(zones)
    full = found.share(np.ones(len(network), bool))
    assert ((full > 0.9) & (full <= 1)).all()


def test_a_kind_that_is_off_takes_its_equal_part_away(core: Geography, network: Network) -> None:
    found = sensing(core, network, "quarter", np.zeros(1, np.int32))
    online = np.ones(len(network), bool)
    before = found.share(online)[0]
    online[network.of_kind("bin_fill")] = False
    minimum = [kind for kind in network.catalogue if kind.minimum and kind.on != "device"]
    assert before - found.share(online)[0] == pytest.approx(1 / len(minimum))


def test_ground_streets_and_things_are_due(core: Geography, network: Network) -> None:
    ground, _ = due_places(Spread(core), network.catalogue.kind("pm25"))
    area_m2 = shapely.area(core.shapes["zone"]).sum()
    assert len(ground) == pytest.approx(area_m2 / 625, rel=0.01)
    street, _ = due_places(Spread(core), network.catalogue.kind("noise_laeq"))
    assert len(street) == pytest.approx(shapely.length(core.shapes["link"]).sum() / 25, rel=0.05)
    bins, _ = due_places(Spread(core), network.catalogue.kind("bin_fill"))
    assert len(bins) == len(core["bin"])


def test_only_rows_that_the_kind_wants_are_due(core: Geography, network: Network) -> None:
    houses, _ = due_places(Spread(core), network.catalogue.kind("ebike_indoor"))
    assert len(houses) == int(core["building"].attrs["heritage"].sum())
