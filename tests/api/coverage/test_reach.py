"""Who reaches what: a street of 1,000 m with a house every 100 m."""

import numpy as np
import pytest
import shapely

from api.coverage.demand import Demand
from api.coverage.parkplan import plan_park
from api.coverage.reach import Coverage, cover, straight_m
from api.coverage.supply import Supply
from twin.config import default_config_dir
from twin.entities import Geography
from twin.geography import load_geography


@pytest.fixture(scope="module")
def core() -> Geography:
    return load_geography(default_config_dir(), "core")


def made(metres: list[list[float]], residents: list[float], reach_m: float) -> Coverage:
    count = len(residents)
    doors = np.asarray(shapely.points(np.zeros(count), np.zeros(count)), object)
    zone = np.zeros(count, np.int32)
    zone[-1] = 1
    demand = Demand(tuple(str(n) for n in range(count)), doors, np.array(residents), zone)
    kinds = tuple(f"kind-{n}" for n in range(len(metres)))
    return Coverage(demand, kinds, np.array(metres), np.array(metres), reach_m)


def test_a_door_is_covered_when_every_kind_is_within_reach() -> None:
    coverage = made([[100, 100, 900], [100, 900, 100]], [10, 30, 60], 300)
    assert coverage.share(coverage.near(coverage.walk_m)) == pytest.approx(0.10)
    assert coverage.by_kind(coverage.walk_m) == pytest.approx({"kind-0": 0.4, "kind-1": 0.7})
    assert coverage.present(coverage.walk_m) == pytest.approx(0.55)


def test_zones_without_residents_have_no_share() -> None:
    coverage = made([[100, 100]], [10, 0], 300)
    shares = coverage.by_zone(coverage.near(coverage.walk_m), 3)
    assert shares[0] == 1
    assert np.isnan(shares[1:]).all()


def test_nobody_living_anywhere_is_no_share_at_all() -> None:
    coverage = made([[100, 100]], [0, 0], 300)
    assert np.isnan(coverage.share(coverage.near(coverage.walk_m)))


def test_straight_distance_ends_at_the_edge_of_a_park() -> None:
    park = np.array([shapely.box(100, -10, 200, 10)], object)
    here = np.array([shapely.Point(0, 0), shapely.Point(150, 0)], object)
    assert straight_m(here, park).tolist() == [100, 0]
    assert np.isinf(straight_m(here, park[:0])).all()


def test_walking_never_covers_more_than_the_straight_line(core: Geography) -> None:
    library = np.array([core.shapes["park"][0]], object)
    supply = Supply("park", library, shapely.centroid(library))
    coverage = cover(core, Demand.of(core), [supply], 500)
    assert (coverage.walk_m >= coverage.straight_m - 1e-6).all()


def test_a_new_park_takes_nobody_s_park_away_and_reaches_its_neighbours(core: Geography) -> None:
    demand = Demand.of(core)
    before = cover(core, demand, [], 300)
    nothing = Coverage(
        demand, ("park",), np.full((1, len(demand.ids)), np.inf),
        np.full((1, len(demand.ids)), np.inf), before.reach_m,
    )  # fmt: skip
    plan = plan_park(core, nothing, (-600.0, 0.0), 900, 400)
    gained = plan.after.near(plan.after.straight_m)
    away = shapely.distance(demand.doors, shapely.Point(-600, 0))
    assert gained[away < 300].all()
    assert not gained[away > 300 + 22].any()
    assert plan.after.near(plan.after.walk_m).sum() <= gained.sum()


def test_a_park_below_the_least_area_changes_nothing(core: Geography) -> None:
    coverage = cover(core, Demand.of(core), [], 300)
    plan = plan_park(core, coverage, (-600.0, 0.0), 399, 400)
    assert (plan.counted, plan.after) == (False, plan.before)


def test_houses_in_the_way_are_named(core: Geography) -> None:
    coverage = cover(core, Demand.of(core), [], 300)
    house = core["building"].index("wukang-mansion")
    at = float(core["building"].x_m[house]), float(core["building"].y_m[house])
    assert "wukang-mansion" in plan_park(core, coverage, at, 100, 400).in_the_way
