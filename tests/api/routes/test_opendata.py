"""Open data over HTTP."""

import csv
import io
from typing import Any

import pytest

OPEN = "/api/v1/open"
TABLES = ("vitals", "counts", "coverage", "neurons")


@pytest.fixture
def lively(quarter: Any) -> Any:
    """An hour of counters at the end of which there is one frame."""
    start_ms = 1_777_618_800_000 - 3_600_000
    for t_ms in range(start_ms, start_ms + 3_600_000, 600_000):
        quarter.say("crowd_line_count", "in", 30, t_ms)
    quarter.surge(minutes=1)
    quarter.services.store.write(
        quarter.services.run,
        quarter.batch("crowd_line_count", "in", 30, start_ms + 60_000),
        quarter.world.network,
    )
    return quarter


def table(client: Any, name: str) -> list[dict[str, str]]:
    answer = client.get(f"{OPEN}/{name}.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_catalogue_names_every_table_with_licence_schema_and_change(
    lively: Any, client: Any
) -> None:
    answer = client.get(OPEN)
    assert answer.headers["content-type"] == "application/ld+json"
    found = answer.json()
    assert (found["@type"], len(found["dcat:dataset"])) == ("dcat:Catalog", len(TABLES))
    for one in found["dcat:dataset"]:
        assert one["dct:license"]["@id"].startswith("https://creativecommons.org/")
        assert one["dct:modified"]["@value"].startswith("2026-05-01T15:00")
        assert client.get(one["dct:conformsTo"]["@id"]).status_code == 200
        for form in one["dcat:distribution"]:
            download = client.get(form["dcat:downloadURL"]["@id"])
            assert download.status_code == 200
            assert download.headers["content-type"].startswith(form["dcat:mediaType"])
            assert download.headers["last-modified"]


@pytest.mark.parametrize("name", TABLES)
def test_the_columns_of_a_table_are_those_of_its_schema(
    lively: Any, client: Any, name: str
) -> None:
    rows = table(client, name)
    schema = client.get(f"{OPEN}/{name}/schema").json()
    assert rows
    assert list(rows[0]) == [one["name"] for one in schema["tableSchema"]["columns"]]


def test_vital_signs_are_those_of_zones_and_the_quarter_and_none_of_elders(
    lively: Any, client: Any
) -> None:
    rows = table(client, "vitals")
    assert {row["level"] for row in rows} == {"zone", "quarter"}
    found = {row["indicator"] for row in rows}
    assert {"H", "D6", "N1"} <= found
    assert not found & {"S4", "S5", "S6"}
    online = next(row for row in rows if row["indicator"] == "N1" and row["level"] == "quarter")
    assert float(online["value"]) == client.get("/api/v1/vitals/N1").json()["items"][0]["value"]


def test_counts_are_sums_of_the_hour(lively: Any, client: Any) -> None:
    rows = [row for row in table(client, "counts") if row["hour"].startswith("2026-05-01T14")]
    people = {row["zone"]: row["number"] for row in rows if row["count"] == "pedestrians"}
    network = lively.world.network
    counters = network.of_kind("crowd_line_count")
    for row, zone in enumerate(network.zone_ids):
        assert int(people[zone]) == 30 * int((network.zone[counters] == row).sum())
    assert {row["number"] for row in rows if row["count"] == "vehicles"} == {""}


def test_small_groups_and_elders_are_not_shown(lively: Any, client: Any) -> None:
    rows = table(client, "neurons")
    numbers = [int(row["number"]) for row in rows if row["number"]]
    assert min(numbers) >= 5
    assert any(not row["number"] for row in rows)
    assert not {row["kind"] for row in rows} & {"elder_button", "door_magnet", "elder_water"}


def test_features_are_the_zones_with_their_rows(lively: Any, client: Any) -> None:
    found = client.get(f"{OPEN}/coverage.geojson").json()
    assert [one["id"] for one in found["features"]] == list(lively.world.geography["zone"].ids)
    assert "OpenStreetMap" in found["attribution"]
    rows = found["features"][0]["properties"]["rows"]
    assert {row["indicator"] for row in rows} == {"S1", "S2", "S3"}


def test_a_table_is_not_sent_twice_to_a_client_that_has_it(lively: Any, client: Any) -> None:
    tag = client.get(f"{OPEN}/vitals.csv").headers["etag"]
    again = client.get(f"{OPEN}/vitals.csv", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/nothing.csv", "/nothing.geojson", "/nothing/schema"])
def test_an_unknown_table_is_a_problem(quarter: Any, client: Any, path: str) -> None:
    assert client.get(OPEN + path).status_code == 404


def test_before_the_first_frame_tables_of_vital_signs_are_unavailable(client: Any) -> None:
    assert client.get(f"{OPEN}/vitals.csv").status_code == 503
    assert client.get(f"{OPEN}/coverage.csv").status_code == 200
