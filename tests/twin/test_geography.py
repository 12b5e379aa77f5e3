"""The map of the quarter: facts that can be false."""

import re

import numpy as np
import pytest
import shapely

from twin.areaconfig import load_area_config
from twin.config import ConfigError, default_config_dir
from twin.geography import Geography, load_geography, to_lonlat, to_metres

JUNCTION = (121.4332681, 31.2058290)
KINDS = {
    "quarter", "subdistrict", "zone", "link", "node", "plaza", "arm", "building", "home", "lift",
    "feeder", "chamber", "drain", "cover", "lamp", "tree", "bin", "sign", "bay", "main", "park",
    "station", "culture", "service", "toilet",
}  # fmt: skip
# These may lie a little outside: the street's centre line, its ends, and services in reach.
EDGE_KINDS = {"link", "node", "park", "station", "culture", "service"}


@pytest.fixture(scope="module")
def core() -> Geography:
    return load_geography(default_config_dir(), "core")


@pytest.fixture(scope="module")
def quarter() -> Geography:
    return load_geography(default_config_dir(), "quarter")


@pytest.fixture(scope="module", params=["core", "quarter"])
def city(request: pytest.FixtureRequest, core: Geography, quarter: Geography) -> Geography:
    return core if request.param == "core" else quarter


def outline(city: Geography) -> shapely.Geometry:
    return shapely.union_all(city.shapes["zone"])


def test_every_kind_of_table_is_there_and_filled(city: Geography) -> None:
    assert set(city.tables) == KINDS
    assert all(len(entities) for entities in city.tables.values())


def test_columns_have_one_entry_per_row(city: Geography) -> None:
    for entities in city.tables.values():
        columns = [
            entities.names_zh, entities.names_en, entities.x_m, entities.y_m,
            entities.zone, entities.link, entities.building, *entities.attrs.values(),
        ]  # fmt: skip
        assert {len(column) for column in columns} == {len(entities)}


def test_ids_are_unique_over_all_tables_and_fit_a_topic(city: Geography) -> None:
    ids = [name for entities in city.tables.values() for name in entities.ids]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in ids)


def test_core_is_about_1_3_km2_and_the_quarter_4_4(core: Geography, quarter: Geography) -> None:
    assert 1.2e6 < core["quarter"].attrs["area_m2"][0] < 1.4e6
    assert 4.3e6 < quarter["quarter"].attrs["area_m2"][0] < 4.5e6


def test_zones_tile_the_area_in_pieces_of_0_1_to_0_3_km2(city: Geography) -> None:
    area = city["zone"].attrs["area_m2"]
    assert area.min() >= 0.1e6
    assert area.max() <= 0.3e6
    assert area.sum() == pytest.approx(city["quarter"].attrs["area_m2"][0], rel=1e-6)
    assert set(shapely.get_type_id(city.shapes["zone"])) == {3}, "each zone is one polygon"


def test_every_asset_lies_in_the_zone_it_names(city: Geography) -> None:
    for kind, entities in city.tables.items():
        if kind in EDGE_KINDS | {"quarter", "subdistrict"}:
            assert (entities.zone >= 0).all()
            continue
        points = shapely.points(entities.x_m, entities.y_m)
        zones = city.shapes["zone"][entities.zone]
        assert (shapely.distance(points, zones) < 0.01).all(), kind


def test_links_and_buildings_named_by_rows_exist(city: Geography) -> None:
    for kind, entities in city.tables.items():
        assert entities.link.max() < len(city["link"]), kind
        assert entities.building.max() < len(city["building"]), kind
    for kind in KINDS - {"quarter", "subdistrict", "zone", "node"}:
        assert (city[kind].link >= 0).all(), kind
    for kind in ("home", "lift"):
        np.testing.assert_array_equal(city[kind].attrs["building"], city[kind].building)


def test_ids_sizes_and_places_are_the_same_in_core_and_quarter(
    core: Geography, quarter: Geography
) -> None:
    cut_with_the_area = {"zone", "quarter"}
    for kind in KINDS - cut_with_the_area:
        small, large = core[kind], quarter[kind]
        rows = [large.index(name) for name in small.ids]
        np.testing.assert_array_equal(small.x_m, large.x_m[rows])
        assert small.names_en == tuple(large.names_en[row] for row in rows)
    homes = [quarter["feeder"].index(name) for name in core["feeder"].ids]
    np.testing.assert_array_equal(
        core["feeder"].attrs["residents"], quarter["feeder"].attrs["residents"][homes]
    )


def test_rows_point_at_the_same_entities_in_core_and_quarter(
    core: Geography, quarter: Geography
) -> None:
    for row, name in enumerate(core["lamp"].ids):
        twin = quarter["lamp"].index(name)
        assert (
            core["link"].ids[core["lamp"].link[row]]
            == quarter["link"].ids[quarter["lamp"].link[twin]]
        )
    for row, name in enumerate(core["link"].ids):
        twin = quarter["link"].index(name)
        for key in ("from_node", "to_node"):
            here = core["node"].ids[core["link"].attrs[key][row]]
            assert here == quarter["node"].ids[quarter["link"].attrs[key][twin]]


def test_loading_twice_gives_the_same_rows(core: Geography) -> None:
    again = load_geography(default_config_dir(), "core")
    for kind, entities in core.tables.items():
        assert entities.ids == again[kind].ids
        for name, column in entities.attrs.items():
            np.testing.assert_array_equal(column, again[kind].attrs[name])


def test_the_mansion_stands_63_m_from_the_junction(core: Geography) -> None:
    mansion = core.shapes["building"][core["building"].index("wukang-mansion")]
    junction = shapely.Point(*(float(part) for part in to_metres(*JUNCTION)))
    assert mansion.centroid.distance(junction) == pytest.approx(63, abs=2)
    assert mansion.area == pytest.approx(1200, rel=0.02)


def test_the_mansion_carries_its_published_facts(core: Geography) -> None:
    buildings = core["building"]
    row = buildings.index("wukang-mansion")
    facts = {name: column[row] for name, column in buildings.attrs.items()}
    assert (facts["storeys"], facts["height_m"], facts["structure"]) == (8, 30.0, "rc")
    assert (facts["year"], facts["architect"], facts["lifts"]) == (1924, "László Hudec", 3)
    assert facts["protection"] == "D-Ⅲ-012"
    assert not facts["synthetic"]
    assert buildings.names_zh[row] == "武康大楼"


def test_the_junction_has_six_arms_on_the_measured_bearings(core: Geography) -> None:
    junction = core["node"].index("wukang-junction")
    links = core["link"]
    starts = links.attrs["from_node"][core["arm"].link] == junction
    ends = links.attrs["to_node"][core["arm"].link] == junction
    assert (starts ^ ends).all()
    assert core["node"].attrs["degree"][junction] == 6
    x_m, y_m = to_metres(*JUNCTION)
    bearing = np.degrees(np.arctan2(core["arm"].x_m - x_m, core["arm"].y_m - y_m)) % 360
    off = (bearing - core["arm"].attrs["bearing_deg"] + 180) % 360 - 180
    assert np.abs(off).max() < 6
    assert list(core["arm"].attrs["bearing_deg"]) == [18, 53, 151, 185, 235, 342]


def test_wukang_road_is_1_18_km_long(quarter: Geography) -> None:
    links = quarter["link"]
    road = links.attrs["street"] == "wukang-road"
    assert links.attrs["length_m"][road].sum() == pytest.approx(1183, rel=0.02)


def test_wukang_road_runs_one_way_into_the_junction(core: Geography) -> None:
    links = core["link"]
    last = links.index("wukang-road-06")
    assert links.attrs["oneway"][last]
    assert core["node"].ids[links.attrs["to_node"][last]] == "wukang-junction"


def test_the_core_has_12_to_14_km_of_street(core: Geography) -> None:
    assert 12e3 < core["link"].attrs["length_m"].sum() < 14e3


def test_junction_cells_offer_380_m2_and_take_seven_tenths_of_the_walk(core: Geography) -> None:
    plazas = core["plaza"]
    here = np.array([name.startswith("plaza-junction-") for name in plazas.ids])
    assert here.sum() == 6
    assert plazas.attrs["area_m2"][here].sum() == 380
    assert plazas.attrs["visit_share"][here].sum() == pytest.approx(0.70)


def test_walkers_thin_out_away_from_the_sights(core: Geography) -> None:
    share = core["link"].attrs["visit_share"]
    assert share.min() >= 0
    assert share.max() <= 1
    assert (share[core["arm"].link] > 0.6).all()
    assert share[core["link"].index("hengshan-road-07")] < 0.05


def test_made_up_houses_carry_no_protection_and_no_real_name(city: Geography) -> None:
    buildings = city["building"]
    made = buildings.attrs["synthetic"]
    assert set(buildings.attrs["protection"][made]) == {""}
    assert np.isnan(buildings.attrs["year"][made]).all()
    for row in np.flatnonzero(made):
        assert buildings.names_en[row].startswith("synthetic ")
        assert buildings.names_zh[row].startswith("合成")


def test_nobody_made_up_lives_in_a_house_with_a_real_name(city: Geography) -> None:
    assert city["building"].attrs["synthetic"][city["home"].building].all()


def test_heritage_houses_reach_the_published_counts(core: Geography, quarter: Geography) -> None:
    assert 60 <= core["building"].attrs["heritage"].sum() <= 80
    assert quarter["building"].attrs["heritage"].sum() == 235


def test_houses_do_not_stand_in_the_carriageway(city: Geography) -> None:
    made = city["building"].attrs["synthetic"]
    half = city["link"].attrs["street_width_m"] / 2
    roads = shapely.STRtree(shapely.buffer(city.shapes["link"], half))
    assert roads.query(city.shapes["building"][made], predicate="intersects").size == 0


def test_synthetic_houses_do_not_overlap(city: Geography) -> None:
    houses = city.shapes["building"][city["building"].attrs["synthetic"]]
    pairs = shapely.STRtree(houses).query(houses, predicate="intersects")
    assert (pairs[0] == pairs[1]).all()


def test_80_000_people_live_in_the_quarter_and_two_fifths_are_elders(quarter: Geography) -> None:
    zones = quarter["zone"].attrs
    assert zones["residents"].sum() == 80_000
    assert zones["elders"].sum() == pytest.approx(32_000, abs=20)
    assert quarter["feeder"].attrs["residents"].sum() == 80_000


def test_the_core_has_about_450_elder_homes(core: Geography) -> None:
    assert 420 <= len(core["home"]) <= 480


def test_lamps_stand_28_m_apart_on_both_sides_of_the_street(quarter: Geography) -> None:
    lamps = quarter["lamp"]
    row = quarter["link"].index("wukang-road-04")
    here = lamps.link == row
    assert here.sum() == pytest.approx(quarter["link"].attrs["length_m"][row] / 28, abs=1)
    line = quarter.shapes["link"][row]
    points = shapely.points(lamps.x_m[here], lamps.y_m[here])
    side_m = shapely.distance(points, line)
    np.testing.assert_allclose(side_m, 7.5, atol=0.5)


def test_drains_share_out_all_the_ground(quarter: Geography) -> None:
    drains = quarter["drain"].attrs
    total = drains["catchment_m2"].sum()
    assert total == pytest.approx(quarter["quarter"].attrs["area_m2"][0], rel=0.1)
    np.testing.assert_allclose(drains["dish_m2"], 0.15 * drains["catchment_m2"])
    assert drains["depth_m"].min() >= 1.6
    assert drains["depth_m"].max() <= 2.6


def test_every_chamber_names_the_nearest_feeder(city: Geography) -> None:
    chambers, feeders = city["chamber"], city["feeder"]
    away = np.hypot(chambers.x_m[:, None] - feeders.x_m, chambers.y_m[:, None] - feeders.y_m)
    named = away[np.arange(len(chambers)), chambers.attrs["feeder"]]
    np.testing.assert_allclose(named, away.min(axis=1))


def test_transformers_have_room_for_an_ordinary_peak(city: Geography) -> None:
    feeders = city["feeder"].attrs
    assert (feeders["residents"] * 0.6 <= 0.85 * feeders["rated_kw"]).all()


def test_wukang_and_huaihai_have_the_noise_limits_of_their_class(core: Geography) -> None:
    links = core["link"].attrs
    limits = {
        street: (links["noise_limit_day_db"][row], links["noise_limit_night_db"][row])
        for row, street in enumerate(links["street"])
    }
    assert limits["wukang-road"] == (60, 50)
    assert limits["huaihai-middle-road"] == (70, 55)


def test_odd_and_even_sides_of_huaihai_lie_in_the_right_sub_districts(quarter: Geography) -> None:
    shapes = dict(zip(quarter["subdistrict"].ids, quarter.shapes["subdistrict"], strict=True))
    mansion = quarter.shapes["building"][quarter["building"].index("wukang-mansion")].centroid
    soong = quarter.shapes["building"][
        quarter["building"].index("soong-ching-ling-residence")
    ].centroid
    assert shapes["hunan-road"].contains(mansion), "no. 1850 is even"
    assert shapes["tianping-road"].contains(soong), "no. 1843 is odd"


def test_metres_and_degrees_are_inverse() -> None:
    lon, lat = to_lonlat(*to_metres(*JUNCTION))
    assert (float(lon), float(lat)) == pytest.approx(JUNCTION, abs=1e-12)


def test_an_unknown_entity_is_a_key_error(core: Geography) -> None:
    with pytest.raises(KeyError, match="no-such-lamp"):
        core["lamp"].index("no-such-lamp")


def test_an_unknown_area_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"area = 'moon': expected one of \['core', 'quarter'\]"):
        load_geography(default_config_dir(), "moon")


def test_the_core_is_the_default_area() -> None:
    assert load_area_config(default_config_dir()).default == "core"
