"""Alerts over HTTP: pages, stories, acknowledgement, the feed."""

import json
from typing import Any

import pytest

ALERTS = "/api/v1/alerts"


@pytest.fixture
def alarmed(quarter: Any) -> Any:
    quarter.surge(minutes=4)
    return quarter


def ids(page: Any) -> list[str]:
    return [one["id"] for one in page["items"]]


def test_an_alert_has_names_times_and_colour(alarmed: Any, client: Any) -> None:
    alert = client.get(ALERTS, params={"rule": "crowd-density"}).json()["items"][0]
    assert alert["state"] == "firing"
    assert alert["severity"] in ("blue", "yellow", "orange", "red")
    assert alert["started"] < alert["fired"]
    assert alert["fired"].endswith("+08:00")
    assert alert["indicator_zh"] == "人群密度"
    assert alert["entity_zh"]
    assert alert["sensors"]


def test_pages_hold_every_alert_once(alarmed: Any, client: Any) -> None:
    everything = ids(client.get(ALERTS, params={"limit": 500}).json())
    assert len(everything) > 2
    got: list[str] = []
    cursor: str | None = None
    while True:
        page = client.get(ALERTS, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        got += ids(page.json())
        cursor = page.json()["next"]
        if cursor is None:
            break
    assert got == everything


def test_pending_breaches_are_listed_only_when_asked_for(quarter: Any, client: Any) -> None:
    quarter.surge(minutes=1, start_ms=1_777_618_800_000)
    pending = ids(client.get(ALERTS, params={"state": "pending"}).json())
    assert pending
    assert not set(pending) & set(ids(client.get(ALERTS).json()))


def test_filters_can_be_repeated(alarmed: Any, client: Any) -> None:
    every = client.get(ALERTS, params={"limit": 500}).json()["items"]
    rules = {one["rule"] for one in every}
    split = [client.get(ALERTS, params={"rule": rule, "limit": 500}).json() for rule in rules]
    assert sum(len(page["items"]) for page in split) == len(every)
    both = client.get(ALERTS, params={"rule": sorted(rules), "limit": 500}).json()
    assert len(both["items"]) == len(every)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?limit=0", 422),
        ("?limit=501", 422),
        ("?limit=many", 422),
        ("?cursor=nonsense", 422),
        ("?cursor=aGYxOi0x", 422),
        ("?state=burning", 422),
        ("?severity=pink", 422),
        ("?colour=red", 422),
        ("?run=unknown", 404),
        ("/unknown", 404),
        ("/stream?after=-1", 422),
        ("/stream?after=99999999999999999999", 422),
    ],
)
def test_bad_questions_are_problems(client: Any, path: str, status: int) -> None:
    answer = client.get(ALERTS + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_story_has_every_transition(alarmed: Any, client: Any) -> None:
    alert = ids(client.get(ALERTS, params={"rule": "crowd-density"}).json())[0]
    story = client.get(f"{ALERTS}/{alert}").json()
    assert [one["what"] for one in story["history"]][:2] == ["pending", "firing"]
    assert story["state"] == story["history"][-1]["state"]


def test_the_first_to_acknowledge_keeps_the_alert(alarmed: Any, client: Any) -> None:
    alert = ids(client.get(ALERTS).json())[0]
    first = client.post(f"{ALERTS}/{alert}/ack", json={"by": "湖南街道", "note": "已派人"})
    assert first.status_code == 200
    assert first.json()["acknowledged_by"] == "湖南街道"
    assert first.json()["acknowledged"].endswith("+08:00")
    second = client.post(f"{ALERTS}/{alert}/ack", json={"by": "天平街道"})
    assert second.status_code == 409
    assert "湖南街道" in second.json()["detail"]
    story = client.get(f"{ALERTS}/{alert}").json()["history"]
    assert [one["what"] for one in story].count("acknowledged") == 1


def test_an_alert_that_is_over_cannot_be_acknowledged(alarmed: Any, client: Any) -> None:
    alert = ids(client.get(ALERTS, params={"rule": "crowd-density"}).json())[0]
    alarmed.calm(1_777_618_800_000 + 240_000)
    answer = client.post(f"{ALERTS}/{alert}/ack", json={"by": "a"})
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:hengfu:problem:alert-over"


@pytest.mark.parametrize(
    "body", [{}, {"by": ""}, {"by": "  "}, {"by": "a", "more": 1}, {"by": "a" * 81}, []]
)
def test_an_acknowledgement_needs_exactly_a_name(client: Any, body: Any) -> None:
    answer = client.post(f"{ALERTS}/any/ack", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_acknowledging_what_never_was_is_404(client: Any) -> None:
    assert client.post(f"{ALERTS}/unknown/ack", json={"by": "a"}).status_code == 404


def test_the_feed_resumes_after_the_last_event_id(alarmed: Any, client: Any) -> None:
    first = client.follow(f"{ALERTS}/stream?after=0", 3)
    numbers = [int(event["id"]) for event in first]
    assert numbers == sorted(numbers)
    rest = client.follow(f"{ALERTS}/stream", 2, {"Last-Event-ID": first[0]["id"]})
    assert [event["id"] for event in rest] == [event["id"] for event in first[1:]]


def test_feed_events_are_cloudevents_of_alerts_that_fired(alarmed: Any, client: Any) -> None:
    (event,) = client.follow(f"{ALERTS}/stream?after=0", 1)
    body = json.loads(event["data"])
    assert event["event"] == "alert"
    assert body["specversion"] == "1.0"
    assert body["type"] == "hengfu.alert.firing"
    assert body["sequence"] == event["id"]
    assert body["data"]["state"] == "firing"


def test_feed_and_bus_say_the_same(alarmed: Any, client: Any) -> None:
    (event,) = client.follow(f"{ALERTS}/stream?after=0", 1)
    body = json.loads(event["data"])
    assert body in [told for _, told in alarmed.bus.told("alerts")]


def test_a_last_event_id_that_is_no_number_is_422(client: Any) -> None:
    answer = client.get(f"{ALERTS}/stream", headers={"Last-Event-ID": "abc"})
    assert answer.status_code == 422


def test_one_client_too_many_is_told_to_come_back(client: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("api.feeds.CLIENTS", 0)
    answer = client.get(f"{ALERTS}/stream")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
