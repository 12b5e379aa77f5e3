"""Neurons and their readings over HTTP."""

from typing import Any

import pytest

from sensors.store import StoreUnavailable

SENSORS = "/api/v1/sensors"
START_MS = 1_777_618_800_000


@pytest.fixture
def spoken(quarter: Any) -> Any:
    """Every crowd camera has spoken thrice, ten seconds apart."""
    services = quarter.services
    for number in range(3):
        batch = quarter.batch("crowd_density", "persons", 10 + number, START_MS + number * 10_000)
        services.store.write(services.run, batch, quarter.world.network)
    quarter.clock(START_MS + 60_000)
    return quarter


def camera(client: Any) -> str:
    return str(client.get(SENSORS, params={"kind": "crowd_density"}).json()["items"][0]["id"])


def test_pages_hold_every_neuron_of_a_kind_once(quarter: Any, client: Any) -> None:
    got: list[str] = []
    cursor: str | None = None
    while True:
        asked = {"kind": "crowd_density", "limit": "4"} | ({"cursor": cursor} if cursor else {})
        page = client.get(SENSORS, params=asked).json()
        got += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(got) == len(set(got)) == page["total"]
    assert len(got) == len(quarter.world.network.of_kind("crowd_density"))


def test_a_zone_narrows_the_list(quarter: Any, client: Any) -> None:
    zone = quarter.world.network.zone_ids[0]
    page = client.get(SENSORS, params={"zone": zone, "limit": "1000"}).json()
    assert {one["zone"] for one in page["items"]} == {zone}


def test_a_neuron_tells_where_it_is_and_what_it_measures(client: Any) -> None:
    found = client.get(f"{SENSORS}/{camera(client)}").json()
    assert 121.40 < found["lon"] < 121.48
    assert 31.18 < found["lat"] < 31.23
    assert found["kind_zh"] == "人群密度"
    assert found["quantities"][0]["unit"] == "ped"


def test_readings_are_the_newest_in_display_units_oldest_first(spoken: Any, client: Any) -> None:
    found = client.get(f"{SENSORS}/{camera(client)}/readings", params={"limit": "2"}).json()
    assert [one["value"] for one in found["items"]] == [11.0, 12.0]
    assert found["items"][0]["t"] == "2026-05-01T15:00:10.000+08:00"
    assert found["truncated"] is True


def test_a_span_is_thinned_to_means_with_range_and_count(spoken: Any, client: Any) -> None:
    span = {"start": "2026-05-01T15:00:00+08:00", "end": "2026-05-01T16:00", "step_s": "3600"}
    found = client.get(f"{SENSORS}/{camera(client)}/readings", params=span).json()
    (hour,) = found["items"]
    assert (hour["value"], hour["low"], hour["high"], hour["count"]) == (11.0, 10.0, 12.0, 3)
    assert hour["t"] == "2026-05-01T15:00:00.000+08:00"
    assert (found["step_s"], found["truncated"]) == (3600, False)


def test_the_latest_of_all_comes_from_the_store_then_from_what_arrives(
    spoken: Any, client: Any
) -> None:
    found = client.get(f"{SENSORS}/latest").json()["items"]
    cameras = len(spoken.world.network.of_kind("crowd_density"))
    assert [(one["value"], one["unit"]) for one in found] == [(12.0, "ped")] * cameras
    spoken.say("crowd_density", "persons", 40, START_MS + 50_000)
    spoken.say("crowd_density", "persons", 7, START_MS + 40_000)  # late: not the newest
    spoken.say("crowd_density", "persons", 9, START_MS + 3_600_000)  # a clock that runs ahead
    spoken.clock(START_MS + 60_000)
    found = client.get(f"{SENSORS}/latest", params={"kind": "crowd_density"}).json()["items"]
    assert {(one["value"], one["t"]) for one in found} == {(40.0, "2026-05-01T15:00:50.000+08:00")}
    assert client.get(f"{SENSORS}/latest", params={"kind": "noise_laeq"}).json()["items"] == []


def test_the_latest_of_another_run_is_its_own(spoken: Any, client: Any) -> None:
    batch = spoken.batch("crowd_density", "persons", 77, START_MS)
    spoken.services.store.write("r-other", batch, spoken.world.network)
    found = client.get(f"{SENSORS}/latest", params={"run": "r-other"}).json()
    assert {one["value"] for one in found["items"]} == {77.0}
    assert found["run"] == "r-other"


def test_a_span_is_start_inclusive_and_end_exclusive(spoken: Any, client: Any) -> None:
    span = {"start": "2026-05-01T15:00:00+08:00", "end": "2026-05-01T15:00:20+08:00"}
    found = client.get(f"{SENSORS}/{camera(client)}/readings", params=span).json()
    assert [one["value"] for one in found["items"]] == [10.0, 11.0]
    assert found["truncated"] is False


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?kind=unknown", 404),
        ("?zone=unknown", 404),
        ("?limit=1001", 422),
        ("?limit=-1", 422),
        ("?cursor=%00", 422),
        ("?colour=red", 422),
        ("/unknown", 404),
        ("/unknown/readings", 404),
        ("/{camera}/readings?quantity=unknown", 404),
        ("/{camera}/readings?limit=10001", 422),
        ("/{camera}/readings?start=2026-05-01T16:00&end=2026-05-01T15:00", 422),
        ("/{camera}/readings?start=2026-05-01T15:00&end=2026-05-01T15:00", 422),
        ("/{camera}/readings?end=", 422),
        ("/{camera}/readings?step_s=0", 422),
        ("/{camera}/readings?step_s=1&start=2026-05-01T00:00&end=2026-05-01T15:00", 422),
        ("/latest?kind=unknown", 404),
        ("/latest?run=unknown", 404),
    ],
)
def test_bad_questions_are_problems(client: Any, path: str, status: int) -> None:
    answer = client.get(SENSORS + path.replace("{camera}", camera(client)))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_the_store_readings_are_503_and_say_no_secret(quarter: Any, client: Any) -> None:
    def away(*_: Any) -> None:
        raise StoreUnavailable("/secret/path: password=hunter2")

    quarter.services.store.readings = away
    answer = client.get(f"{SENSORS}/{camera(client)}/readings")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "secret" not in answer.text
    assert "hunter2" not in answer.text
