"""Coverage and what-if over HTTP."""

from typing import Any

import pytest

COVERAGE, PARKS = "/api/v1/coverage", "/api/v1/whatif/parks"


def test_every_theme_has_a_straight_and_a_walking_share(client: Any) -> None:
    items = client.get(COVERAGE).json()["items"]
    assert [one["indicator"] for one in items] == ["S1", "S2", "S3"]
    assert all(0 <= one["walking"] <= one["straight"] <= 100 for one in items)
    assert [one["counts"] for one in items] == ["straight", "walking", "walking"]


def test_the_indicator_has_the_value_of_its_coverage(quarter: Any, client: Any) -> None:
    quarter.surge(minutes=1)
    for indicator in ("S1", "S2", "S3"):
        theme = client.get(f"{COVERAGE}/{indicator}").json()
        sign = client.get(f"/api/v1/vitals/{indicator}").json()["items"][0]
        assert sign["value"] == pytest.approx(theme[theme["counts"]], abs=0.01)


def test_homes_tell_how_far_they_are(quarter: Any, client: Any) -> None:
    found = client.get(f"{COVERAGE}/S1/homes.geojson").json()
    assert len(found["features"]) == len(quarter.world.geography["building"])
    one = found["features"][0]["properties"]
    assert one["walk_m"] >= one["straight_m"]
    assert one["within_straight"] == (one["straight_m"] <= 300)


def test_a_park_where_there_is_none_is_a_gain_for_its_neighbours(client: Any) -> None:
    plan = client.post(PARKS, json={"lon": 121.4372, "lat": 31.2098, "area_m2": 600}).json()
    assert plan["counted"]
    assert plan["residents_gained_walking"] > 0
    assert plan["after"]["walking"] > plan["before"]["walking"]
    assert plan["before"] == client.get(f"{COVERAGE}/S1").json()


def test_a_park_too_small_does_not_count(client: Any) -> None:
    plan = client.post(PARKS, json={"lon": 121.4372, "lat": 31.2098, "area_m2": 300}).json()
    assert (plan["counted"], plan["least_m2"]) == (False, 400)
    assert plan["after"] == plan["before"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"lon": 31.2, "lat": 121.4}, "body/lon"),
        ({"lon": 121.4372, "lat": 31.2098, "area_m2": -1}, "body/area_m2"),
        ({"lon": 121.4372, "lat": 31.2098, "size": 3}, "body/size"),
        ({"lon": 121.4372}, "body/lat"),
    ],
)
def test_a_park_that_cannot_be_meant_is_refused(
    client: Any, body: dict[str, float], pointer: str
) -> None:
    answer = client.post(PARKS, json=body)
    assert answer.status_code == 422
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]


def test_a_park_outside_the_area_is_refused(client: Any) -> None:
    answer = client.post(PARKS, json={"lon": 121.59, "lat": 31.29})
    assert answer.status_code == 422
    assert "outside the area" in answer.json()["detail"]


def test_an_indicator_without_a_theme_has_no_coverage(client: Any) -> None:
    assert client.get(f"{COVERAGE}/P1").status_code == 404
