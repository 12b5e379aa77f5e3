"""Walking distances over the street graph."""

import networkx as nx
import numpy as np
import pytest
import shapely

from twin.config import default_config_dir
from twin.geography import Geography, load_geography
from twin.streetgraph import walk_to_nearest_m, walking_graph


@pytest.fixture(scope="module")
def core() -> Geography:
    return load_geography(default_config_dir(), "core")


def point(geography: Geography, kind: str, name: str) -> shapely.Point:
    row = geography[kind].index(name)
    return shapely.Point(geography[kind].x_m[row], geography[kind].y_m[row])


def test_every_junction_can_be_walked_to(core: Geography) -> None:
    assert nx.is_connected(walking_graph(core))


def test_walking_is_never_shorter_than_the_straight_line(core: Geography) -> None:
    houses = shapely.points(core["building"].x_m, core["building"].y_m)
    station = np.array([point(core, "station", "metro-jiao-tong-university")], object)
    walked = walk_to_nearest_m(core, houses, station)
    assert (walked >= shapely.distance(houses, station[0]) - 1e-9).all()


def test_along_one_street_the_walk_is_the_length_of_the_street(core: Geography) -> None:
    link = core.shapes["link"][core["link"].index("wukang-road-06")]
    here, there = link.interpolate(20), link.interpolate(220)
    walked = walk_to_nearest_m(core, np.array([here], object), np.array([there], object))
    assert walked[0] == pytest.approx(200, abs=0.01)


def test_from_the_junction_to_the_next_one_takes_the_length_of_the_link(core: Geography) -> None:
    row = core["link"].index("wukang-road-06")
    start = core["node"].ids[core["link"].attrs["from_node"][row]]
    people = np.array([point(core, "node", "wukang-junction")], object)
    services = np.array([point(core, "node", start)], object)
    walked = walk_to_nearest_m(core, people, services)
    assert walked[0] == pytest.approx(core["link"].attrs["length_m"][row], abs=1)


def test_without_any_service_everybody_is_out_of_reach(core: Geography) -> None:
    people = np.array([point(core, "node", "wukang-junction")], object)
    assert np.isinf(walk_to_nearest_m(core, people, np.empty(0, object))).all()
