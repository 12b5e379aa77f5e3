"""Doors and gates."""

import numpy as np
import shapely

from twin.config import default_config_dir
from twin.entrances import doors, gates
from twin.geography import load_geography

STREETS = np.array(
    [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(0, 80), (100, 80)])], object
)


def test_a_park_has_a_gate_at_every_street_beside_it() -> None:
    between = np.array([shapely.box(40, 10, 60, 70)], object)
    assert sorted(point.y for point in gates(between, STREETS)) == [10, 70]


def test_a_park_away_from_streets_has_one_gate_towards_the_nearest() -> None:
    away = np.array([shapely.box(40, 200, 60, 220)], object)
    assert [point.y for point in gates(away, STREETS)] == [200]


def test_the_door_of_a_house_is_the_side_of_its_street() -> None:
    core = load_geography(default_config_dir(), "core")
    found = doors(core, "building")
    streets = core.shapes["link"][core["building"].link]
    centres = shapely.centroid(core.shapes["building"])
    assert (shapely.distance(found, streets) <= shapely.distance(centres, streets) + 1e-6).all()
    assert (shapely.distance(found, core.shapes["building"]) < 1e-6).all()


def test_services_are_made_up_and_stand_one_to_a_cell() -> None:
    core = load_geography(default_config_dir(), "core")
    services = core["service"]
    assert services.attrs["synthetic"].all()
    assert set(services.attrs["service_kind"]) == {
        "health", "canteen", "day-care", "activity-room", "market", "childcare",
    }  # fmt: skip
