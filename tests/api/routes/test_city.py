"""The map as GeoJSON."""

from typing import Any

import pytest
from shapely.geometry import shape

CITY = "/api/v1/city"


@pytest.mark.parametrize("table", ["zone", "link", "building", "park", "lamp", "quarter", "node"])
def test_every_row_is_a_feature_at_its_place(quarter: Any, client: Any, table: str) -> None:
    answer = client.get(f"{CITY}/{table}.geojson")
    assert answer.headers["content-type"].startswith("application/geo+json")
    found = answer.json()
    assert found["attribution"] == "© OpenStreetMap contributors, ODbL"
    entities = quarter.world.geography[table]
    assert [one["id"] for one in found["features"]] == list(entities.ids)
    for feature in found["features"][:20]:
        centre = shape(feature["geometry"]).centroid
        assert 121.40 < centre.x < 121.48
        assert 31.18 < centre.y < 31.23
        assert feature["properties"]["name_zh"] is not None


def test_zones_carry_their_current_score_and_colour(quarter: Any, client: Any) -> None:
    assert "vitals" not in client.get(f"{CITY}/zone.geojson").json()["features"][0]["properties"]
    quarter.surge(minutes=2)
    found = client.get(f"{CITY}/zone.geojson").json()
    assert found["t"] == "2026-05-01T15:01:50.000+08:00"
    assert all("vitals" in one["properties"] for one in found["features"])
    streets = client.get(f"{CITY}/link.geojson").json()["features"]
    coloured = [one["properties"] for one in streets if one["properties"].get("colour")]
    assert any(one["colour"] != "normal" for one in coloured)


def test_other_datums_move_the_map_by_hundreds_of_metres(client: Any) -> None:
    def first(crs: str) -> Any:
        return client.get(f"{CITY}/park.geojson", params={"crs": crs}).json()["features"][0]

    plain, gcj02, bd09 = (
        shape(first(crs)["geometry"]).centroid for crs in ("wgs84", "gcj02", "bd09")
    )
    assert 0.003 < gcj02.x - plain.x < 0.006
    assert 0.008 < bd09.x - plain.x < 0.014


def test_where_elders_live_is_not_told(client: Any) -> None:
    assert client.get(f"{CITY}/home.geojson").status_code == 404
    assert "home" not in client.get(CITY).json()["tables"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/unknown.geojson", 404), ("/zone.geojson?crs=mars", 422), ("/zone.geojson?srs=x", 422)],
)
def test_bad_questions_are_problems(client: Any, path: str, status: int) -> None:
    answer = client.get(CITY + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
