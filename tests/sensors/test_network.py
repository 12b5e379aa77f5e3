"""Placement rules, gateways and the series table."""

import ast
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from sensors.catalogue import DEVICE, Catalogue, load_catalogue
from sensors.network import PER_GATEWAY, Network, build_network
from twin.config import ConfigError, default_config_dir
from twin.entities import Geography
from twin.geography import load_geography

Make = Callable[[str], Catalogue]

BIN = """
[[kind]]
id = "bin_fill"
number = 48
name_zh = "垃圾箱"
name_en = "Bin"
on = "bin"
per = 1
cadence_s = 60
net = "L"
grade = "poor"
radius_m = 60

[[kind.quantity]]
id = "fill"
truth = "bin.fill_frac"
unit = "/"
resolution = 0.01
"""
HEALTH = """
[[kind]]
id = "node_health"
number = 53
name_zh = "设备健康"
name_en = "Node health"
on = "device"
per = 1
cadence_s = 3600
net = "N"
grade = "good"
radius_m = 1

[[kind.quantity]]
id = "battery"
truth = "device.battery_pct"
unit = "%EL"
high = 100
"""


@pytest.fixture(scope="module")
def core() -> Network:
    folder = default_config_dir()
    return build_network(load_catalogue(folder), load_geography(folder, "core"))


def test_a_metre_rule_spreads_neurons_evenly_along_all_streets(small_network: Network) -> None:
    meters = small_network.of_kind("noise_laeq")
    assert [small_network.sensor_ids[row] for row in meters] == [
        "link-0:noise_laeq:1",
        "link-0:noise_laeq:2",
        "link-2:noise_laeq:1",
        "link-2:noise_laeq:2",
        "link-2:noise_laeq:3",
        "link-2:noise_laeq:4",
    ]
    assert small_network.x_m[meters[:2]].tolist() == [62.5, 187.5]
    assert small_network.link[meters].tolist() == [0, 0, 2, 2, 2, 2]


def test_an_area_rule_puts_its_neurons_at_different_places_inside_the_zone(
    small_network: Network,
) -> None:
    dust = small_network.of_kind("pm25")
    first = dust[small_network.zone[dust] == 0]
    places = {(small_network.x_m[row], small_network.y_m[row]) for row in first}
    assert len(first) == len(places) == 4
    assert all(0 < x < 400 and 0 < y < 400 for x, y in places)


def test_a_share_below_one_takes_every_so_many_rows(make_catalogue: Make, make_map) -> None:
    network = build_network(make_catalogue(BIN.replace("per = 1", "per = 0.4")), make_map(bin=10))
    assert [network.entity[row] for row in network.of_kind("bin_fill")] == [2, 4, 7, 9]


def test_where_takes_only_rows_with_the_wanted_attribute(make_catalogue: Make, small_map) -> None:
    text = BIN.replace('"bin"', '"building"').replace("bin.fill", "building.fill")
    chosen = text.replace("radius_m", "where = { heritage = true }\nradius_m")
    assert build_network(make_catalogue(text), small_map).building.tolist() == [0, 1, 2, 3]
    assert build_network(make_catalogue(chosen), small_map).building.tolist() == [0, 2, 3]


def test_a_zone_without_neurons_is_refused(make_catalogue: Make, make_map) -> None:
    with pytest.raises(ConfigError, match=r"zone-1.*a neuron in every zone"):
        build_network(make_catalogue(BIN), make_map(bin=1))


def test_a_table_outside_the_zones_is_refused(make_catalogue: Make, make_map) -> None:
    geography = make_map()
    geography["bin"].zone[:] = -1
    with pytest.raises(ConfigError, match="lie in zones"):
        build_network(make_catalogue(BIN), geography)


def test_no_gateway_serves_more_than_its_limit_or_two_classes_or_zones(
    make_catalogue: Make, make_map
) -> None:
    network = build_network(make_catalogue(BIN), make_map(bin=4 * PER_GATEWAY + 120))
    counts = np.bincount(network.gateway)
    assert counts.tolist() == [PER_GATEWAY, PER_GATEWAY, 60, PER_GATEWAY, PER_GATEWAY, 60]
    assert network.gateways[:3] == (("zone-0", "l1"), ("zone-0", "l2"), ("zone-0", "l3"))
    zones = [network.zone_ids.index(zone) for zone, _ in network.gateways]
    assert (network.zone == np.array(zones)[network.gateway]).all()


def test_a_device_kind_watches_every_other_neuron_through_its_gateway(
    make_catalogue: Make, three_kinds: str, small_map: Geography
) -> None:
    network = build_network(make_catalogue(HEALTH + three_kinds), small_map)
    watchers = network.of_kind("node_health")
    assert len(watchers) == network.table_rows[DEVICE] == len(network) // 2
    row = network.index("lift-2.lift_state.1:node_health:1")
    watched = network.index("lift-2:lift_state:1")
    assert network.device[row] == watched
    assert network.gateway[row] == network.gateway[watched]


def test_a_series_is_found_by_zone_and_name_and_nothing_else_is(small_network: Network) -> None:
    series = small_network.series
    names = ["lift-1:lift_state:1:trapped", "lift-1:lift_state:1", "", "lift-0:lift_state:1:state"]
    found = series.find("zone-1", names)
    assert series.name[found[0]] == names[0]
    assert found[1:].tolist() == [-1, -1, -1]
    assert series.find("zone-9", names).tolist() == [-1] * 4
    assert series.find("zone-1", []).tolist() == []


def test_series_of_a_neuron_are_its_quantities_in_order(small_network: Network) -> None:
    rows = small_network.series_of(small_network.index("lift-1:lift_state:1"))
    quantities = [small_network.quantities[small_network.series.quantity[row]].id for row in rows]
    assert quantities == ["state", "trapped"]


def test_adding_a_kind_leaves_names_and_places_of_the_others(
    make_catalogue: Make, three_kinds: str, small_map: Geography
) -> None:
    before = build_network(make_catalogue(three_kinds), small_map)
    after = build_network(make_catalogue(BIN + three_kinds), small_map)
    kept = [after.index(name) for name in before.sensor_ids]
    assert after.x_m[kept].tolist() == before.x_m.tolist()
    assert after.zone[kept].tolist() == before.zone.tolist()


def test_the_core_has_enough_neurons_of_enough_kinds(core: Network) -> None:
    own = core.table_rows[DEVICE]
    assert own >= 2_000
    assert len(set(core.kind[:own].tolist())) >= 20
    assert np.bincount(core.gateway[:own]).max() <= PER_GATEWAY


def test_names_on_the_wire_are_unique_and_plain(core: Network) -> None:
    assert len(set(core.series.name)) == len(core.series)
    assert all(name.isascii() and not set(name) & set(" /+#") for name in core.series.name)


def test_the_registry_and_the_wire_load_nothing_of_the_truth() -> None:
    """What detects imports both, so neither may reach the city through anything it imports."""
    code = (
        "import sys, sensors.network, sensors.wire, sensors.topics;"
        "print([name for name in sys.modules if name.startswith('twin.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"twin.city", "twin.state", "twin.truth", "twin.incidents"} & set(
        ast.literal_eval(done.stdout)
    )
