"""Vital signs over HTTP."""

import json
from typing import Any

import pytest

START_MS = 1_777_618_800_000  # 2026-05-01T15:00:00+08:00
VITALS = "/api/v1/vitals"


@pytest.fixture
def lively(quarter: Any) -> Any:
    """A quarter with a crowd and one frame."""
    quarter.surge(minutes=2)
    return quarter


def test_before_the_first_frame_the_answer_is_503_with_retry_after(client: Any) -> None:
    answer = client.get(VITALS)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.json()["type"] == "urn:hengfu:problem:no-vital-signs-yet"


def test_the_tree_has_all_dimensions_with_names_and_shanghai_time(lively: Any, client: Any) -> None:
    tree = client.get(VITALS).json()
    assert (tree["indicator"], tree["entity"], tree["level"]) == ("H", "hengfu", "quarter")
    assert [one["indicator"] for one in tree["dimensions"]] == ["D1", "D2", "D3", "D4", "D5", "D6"]
    assert tree["t"] == "2026-05-01T15:01:50.000+08:00"
    assert tree["name_zh"]
    assert tree["dimensions"][0]["name_zh"] == "城市动态"


def test_what_was_never_measured_is_missing_and_neither_zero_nor_full(
    lively: Any, client: Any
) -> None:
    tree = client.get(VITALS).json()
    environment = next(one for one in tree["dimensions"] if one["indicator"] == "D3")
    missing = [one for one in environment["indicators"] if one["status"] == "missing"]
    assert missing
    assert all(one["value"] is None and one["score"] is None for one in missing)
    assert all(one["reason"] for one in missing)


def test_a_street_shows_its_indicators_with_the_neurons_behind(lively: Any, client: Any) -> None:
    street = next(iter(lively.services.desk.open())).entity
    tree = client.get(VITALS, params={"level": "street", "entity": street}).json()
    assert tree["status"] == "not_applicable"
    crowd = next(one for one in tree["dimensions"][0]["indicators"] if one["indicator"] == "P1")
    assert crowd["score"] < 80
    assert crowd["unit"]
    assert crowd["sensor_count"] > 0
    (alone,) = client.get(f"{VITALS}/P1", params={"level": "street", "entity": street}).json()[
        "items"
    ]
    assert len(alone["sensors"]) == crowd["sensor_count"]
    assert all("crowd_density" in sensor for sensor in alone["sensors"])


def test_of_the_many_neurons_behind_the_quarter_the_first_are_named(
    lively: Any, client: Any
) -> None:
    (online,) = client.get(f"{VITALS}/N1").json()["items"]
    assert online["sensor_count"] == len(lively.world.network)
    assert len(online["sensors"]) == 50


def test_one_indicator_at_every_street(lively: Any, client: Any) -> None:
    found = client.get(f"{VITALS}/P1", params={"level": "street"}).json()["items"]
    assert len(found) > 3
    assert {one["indicator"] for one in found} == {"P1"}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("?at=2020-01-01T12:00", "no-stored-minute"),
        ("/B1?level=street", "unknown-vital-sign"),
        ("/NOPE", "unknown-indicator"),
    ],
)
def test_the_type_of_a_problem_is_a_urn_and_the_detail_a_sentence(
    lively: Any, client: Any, path: str, kind: str
) -> None:
    problem = client.get(VITALS + path).json()
    assert problem["type"] == f"urn:hengfu:problem:{kind}"
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/P1?level=street&entity=nowhere", 404),
        ("/NOPE", 404),
        ("/B1?level=street", 404),
        ("/P1?level=planet", 422),
        ("/P1?levle=street", 422),
        ("?level=zone", 422),
        ("?level=zone&entity=nowhere", 404),
        ("/NOPE/history", 404),
        ("/P1/history?run=unknown", 404),
        ("/P1/history?start=yesterday", 422),
        ("/P1/history?start=9999-12-31T23:59:59-12:00", 422),
        ("/P1/history?start=2026-05-01T16:00%2B08:00&end=2026-05-01T15:00%2B08:00", 422),
        ("/P1/history?start=2026-01-01T00:00&end=2026-05-01T15:00&step_s=60", 422),
        ("/P1/history?step_s=0", 422),
        ("/stream?level=zone&entity=nowhere", 404),
    ],
)
def test_bad_questions_are_problems(quarter: Any, client: Any, path: str, status: int) -> None:
    quarter.clock(START_MS)
    answer = client.get(VITALS + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_history_is_what_was_stored_each_minute(lively: Any, client: Any) -> None:
    found = client.get(f"{VITALS}/N1/history", params={"start": "2026-05-01T14:00:00+08:00"}).json()
    assert [one["t"][11:19] for one in found["items"]] == ["15:00:00", "15:01:00"]
    assert found["items"][0]["score"] is not None


def test_a_plus_that_was_not_escaped_is_understood(lively: Any, client: Any) -> None:
    answer = client.get(f"{VITALS}/N1/history?start=2026-05-01T14:00:00+08:00")
    assert answer.json()["start"] == "2026-05-01T14:00:00.000+08:00"


def test_history_can_be_asked_for_as_means(lively: Any, client: Any) -> None:
    asked = {"start": "2026-05-01T14:00:00+08:00", "step_s": "3600"}
    found = client.get(f"{VITALS}/N1/history", params=asked).json()
    assert len(found["items"]) == 1


def test_indicators_tell_their_anchors_and_units(client: Any) -> None:
    items = client.get(f"{VITALS}/indicators").json()["items"]
    crowd = next(one for one in items if one["indicator"] == "P1")
    assert len(crowd["anchors"]) == 6
    assert len({one["dimension"] for one in items}) == 6


def test_the_feed_gives_the_newest_tree_with_its_time_as_id(lively: Any, client: Any) -> None:
    (event,) = client.follow(f"{VITALS}/stream", 1)
    assert event["event"] == "vitals"
    assert int(event["id"]) == lively.services.monitor.frame.t_ms
    assert json.loads(event["data"])["dimensions"]


def test_a_long_span_comes_in_steps_that_fit(lively: Any, client: Any) -> None:
    asked = {"start": "2026-01-01T00:00:00+08:00"}
    found = client.get(f"{VITALS}/N1/history", params=asked).json()
    assert found["step_s"] == 3600
    (only,) = found["items"]
    assert only["low"] <= only["value"] <= only["high"]
    assert only["worst"] <= only["score"]


def test_a_client_that_has_the_answer_is_told_so(lively: Any, client: Any) -> None:
    for path in (VITALS, f"{VITALS}/P1?level=street"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        other = client.get(path, headers={"If-None-Match": '"other", W/"one"'})
        assert (other.status_code, other.json()) == (200, first.json())


def test_new_vital_signs_have_another_tag(lively: Any, client: Any) -> None:
    before = client.get(VITALS).headers["etag"]
    lively.surge(minutes=1, start_ms=START_MS + 120_000)
    after = client.get(VITALS, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.headers["etag"] != before


@pytest.mark.parametrize(
    ("accepted", "language", "name"),
    [
        (None, "en", "Quarter's health"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh", "城市运行体征"),
        ("de, en;q=0.5, zh;q=0.4", "en", "Quarter's health"),
        ("fr", "en", "Quarter's health"),
        ("zh;q=nonsense", "en", "Quarter's health"),
    ],
)
def test_names_come_in_the_language_asked_for(
    lively: Any, client: Any, accepted: str | None, language: str, name: str
) -> None:
    headers = {} if accepted is None else {"Accept-Language": accepted}
    answer = client.get(VITALS, headers=headers)
    assert answer.json()["name"] == name
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"


def test_a_minute_of_the_past_is_as_it_was_stored(lively: Any, client: Any) -> None:
    lively.surge(minutes=3, start_ms=START_MS + 120_000)
    past = client.get(VITALS, params={"at": "2026-05-01T15:01:30+08:00"}).json()
    assert past["t"] == "2026-05-01T15:01:00.000+08:00"
    history = client.get(
        f"{VITALS}/D1/history",
        params={"start": past["t"], "end": "2026-05-01T15:01:01+08:00"},
    ).json()
    crowd = next(one for one in past["dimensions"] if one["indicator"] == "D1")
    assert crowd["score"] == history["items"][0]["score"]
    assert next(one["indicator"] for one in crowd["indicators"]) == "P1"


def test_a_time_before_everything_has_no_minute(lively: Any, client: Any) -> None:
    answer = client.get(VITALS, params={"at": "2026-04-01T15:01:30+08:00"})
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


def test_why_leads_from_the_composite_to_neurons_and_their_readings(
    quarter: Any, client: Any
) -> None:
    quarter.surge(minutes=6)
    why = client.get("/api/v1/vitals/D1/why").json()
    assert why["path"][0]["indicator"] == "D1"
    assert {part["sign"]["indicator"] for part in why["parts"]} >= {"P1", "P2"}
    assert why["rule"]["version"] == quarter.services.rulebook.version
    end = why["path"][-1]
    measured = client.get(
        f"/api/v1/vitals/{end['indicator']}/why?level={end['level']}&entity={end['entity']}"
    ).json()
    assert measured["limited_by"] == "measured"
    first = measured["inputs"][0]
    assert client.get(first["readings"]).status_code == 200
    sensor = client.get(f"/api/v1/sensors/{first['sensor']}").json()
    assert sensor["trust"]["believed"] == first["believed"]
    assert sensor["trust"]["trust"] == first["trust"]


def test_why_of_what_is_not_there_is_a_problem(quarter: Any, client: Any) -> None:
    quarter.clock(START_MS + 5_000)
    for path in ("P1/why?level=zone&entity=nowhere", "X9/why", "S1/why?level=street&entity=x"):
        answer = client.get(f"/api/v1/vitals/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (
            404,
            "application/problem+json",
        )


def test_neurons_that_are_not_believed_can_be_listed_and_counted(quarter: Any, client: Any) -> None:
    """Every camera says 400 for twenty minutes without a flicker."""
    quarter.surge(minutes=16)
    page = client.get("/api/v1/sensors?kind=crowd_density&believed=false").json()
    assert page["total"] == len(quarter.world.network.of_kind("crowd_density"))
    assert {"stuck"} == {reason for one in page["items"] for reason in one["trust"]["reasons"]}
    assert client.get("/api/v1/sensors?kind=crowd_density&believed=true").json()["total"] == 0
    metrics = client.get("/metrics").text
    assert f'hengfu_neurons_doubted{{reason="stuck"}} {page["total"]}.0' in metrics
