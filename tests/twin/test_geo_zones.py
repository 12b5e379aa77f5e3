"""Zones: cells cut by an outline, slivers merged."""

import numpy as np
import pytest
import shapely

from twin.areaconfig import ZoneRule
from twin.zones import cut_zones, zone_of

RULE = ZoneRule(cell_m=400, origin_m=(-2000, -2000), smallest_km2=0.1)


def test_a_square_on_the_grid_becomes_its_cells() -> None:
    ids, shapes = cut_zones(shapely.box(0, 0, 800, 400), RULE)
    assert ids == ["z-05-05", "z-06-05"]
    assert list(shapely.area(shapes)) == [160_000, 160_000]


def test_a_sliver_joins_the_neighbour_and_takes_its_id() -> None:
    ids, shapes = cut_zones(shapely.box(0, 0, 450, 400), RULE)
    assert ids == ["z-05-05"]
    assert shapes[0].area == pytest.approx(180_000)


def test_an_area_smaller_than_a_zone_is_one_zone() -> None:
    ids, shapes = cut_zones(shapely.box(10, 10, 110, 110), RULE)
    assert ids == ["z-05-05"]
    assert shapes[0].area == pytest.approx(10_000)


def test_merging_loses_no_ground() -> None:
    outline = shapely.Point(37, -91).buffer(900)
    _, shapes = cut_zones(outline, RULE)
    assert shapely.area(shapes).sum() == pytest.approx(outline.area)
    assert shapely.area(shapes).min() >= 100_000


def test_a_point_belongs_to_the_zone_that_holds_it_and_else_to_the_nearest() -> None:
    _, shapes = cut_zones(shapely.box(0, 0, 800, 400), RULE)
    rows = zone_of(np.array([100.0, 700.0, 900.0]), np.array([100.0, 100.0, 200.0]), shapes)
    assert rows.tolist() == [0, 1, 1]
