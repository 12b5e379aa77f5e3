"""Health, numbers and errors of the whole application."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.bodylimit import LIMIT_BYTES
from sensors.store import StoreUnavailable

START_MS = 1_777_618_800_000


def test_the_process_answers_whatever_is_wrong(quarter: Any, client: Any) -> None:
    quarter.bus.connected = False
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_names_every_dependency_that_is_missing(quarter: Any, client: Any) -> None:
    def away(*_: Any) -> None:
        raise StoreUnavailable("gone")

    quarter.bus.connected = False
    quarter.services.store.marks = away
    answer = client.get("/readyz")
    assert answer.status_code == 503
    found = answer.json()
    assert found["ready"] is False
    assert found["checks"]["broker"] == "not connected"
    assert found["checks"]["store"] == "does not answer"
    assert found["checks"]["clock"] == "the city has not been heard"
    assert found["checks"]["vitals"] == "none yet"
    assert found["checks"]["ledger"] == "ok"


def test_a_running_city_that_falls_silent_is_noticed_and_a_paused_one_is_not(
    quarter: Any, client: Any
) -> None:
    quarter.clock(START_MS)
    quarter.wall_ms[0] += 60_000
    assert client.get("/readyz").json()["checks"]["clock"] == "the city has been silent for 60 s"
    quarter.clock(START_MS, state="paused")
    quarter.wall_ms[0] += 60_000
    assert client.get("/readyz").json()["checks"]["clock"] == "ok"


def test_numbers_are_in_prometheus_format_and_two_apps_do_not_share_them(
    quarter: Any, client: Any
) -> None:
    quarter.surge(minutes=2)
    text = client.get("/metrics").text
    assert "hengfu_monitor_evaluations_total 12.0" in text
    assert 'hengfu_alerts_open{severity="red",state="firing"}' in text
    assert 'hengfu_vital_score{indicator="N1"}' in text
    assert client.get("/metrics").status_code == 200


def test_unknown_paths_and_methods_are_problems(client: Any) -> None:
    lost = client.get("/api/v1/nothing")
    assert lost.status_code == 404
    assert lost.json()["instance"] == "/api/v1/nothing"
    wrong = client.post("/healthz")
    assert wrong.status_code == 405
    assert wrong.headers["Allow"] == "GET"
    for answer in (lost, wrong):
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(answer.json()) == {"type", "title", "status", "detail", "instance"}


def test_a_defect_is_500_without_its_text(quarter: Any, client: Any) -> None:
    def broken() -> None:
        raise RuntimeError("password=hunter2")

    quarter.services.store.runs = broken
    answer = client.get("/api/v1/runs")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "hunter2" not in answer.text


def test_a_bad_value_is_not_repeated_in_the_answer(client: Any) -> None:
    answer = client.get("/api/v1/alerts", params={"limit": "hunter2"})
    assert answer.status_code == 422
    assert "hunter2" not in answer.text
    assert answer.json()["errors"][0]["pointer"] == "query/limit"


def test_the_description_covers_every_path(client: Any) -> None:
    found = client.get("/openapi.json").json()
    operations = [operation for path in found["paths"].values() for operation in path.values()]
    assert len(operations) > 20
    assert all(operation.get("summary") for operation in operations)
    assert "/api/v1/alerts/{alert}/ack" in found["paths"]


@pytest.mark.parametrize("said", [True, False], ids=["announced", "streamed"])
def test_a_body_beyond_the_limit_is_refused(client: Any, said: bool) -> None:
    body = b'{"scenario": "' + b"x" * LIMIT_BYTES + b'"}'

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    answer = client.post(
        "/api/v1/simulation/incidents",
        content=body if said else pieces(),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_of_another_site_may_look_but_not_act(client: Any) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/v1/simulation/pause", headers=foreign).status_code == 403
    assert client.get("/api/v1/simulation", headers=foreign).status_code == 200
