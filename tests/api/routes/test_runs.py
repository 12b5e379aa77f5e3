"""Runs and dead letters over HTTP."""

from typing import Any

import pytest

from sensors.deadletter import DeadLetter

RUNS = "/api/v1/runs"
START_MS = 1_777_618_800_000


def put(quarter: Any, run: str) -> None:
    batch = quarter.batch("crowd_density", "persons", 3, START_MS)
    quarter.services.store.write(run, batch, quarter.world.network)


def test_the_live_run_is_listed_even_before_it_has_readings(quarter: Any, client: Any) -> None:
    (run,) = client.get(RUNS).json()["items"]
    assert run == {"run": quarter.services.run, "live": True, "first": None, "last": None}


def test_an_old_run_is_listed_with_its_span_and_can_be_deleted(quarter: Any, client: Any) -> None:
    forgotten: list[str] = []
    quarter.services.forget = lambda run: forgotten.append(run) or 0
    put(quarter, "r-old")
    old = next(run for run in client.get(RUNS).json()["items"] if run["run"] == "r-old")
    assert old["first"] == old["last"] == "2026-05-01T15:00:00.000+08:00"
    assert old["live"] is False
    assert client.ask("DELETE", f"{RUNS}/r-old").status_code == 204
    assert forgotten == ["r-old"]
    assert [run["run"] for run in client.get(RUNS).json()["items"]] == [quarter.services.run]


def test_the_live_run_cannot_be_deleted(quarter: Any, client: Any) -> None:
    assert client.ask("DELETE", f"{RUNS}/{quarter.services.run}").status_code == 409


def test_an_unknown_run_cannot_be_deleted(client: Any) -> None:
    assert client.ask("DELETE", f"{RUNS}/unknown").status_code == 404


def test_dead_letters_come_newest_first_and_readable(quarter: Any, client: Any) -> None:
    services = quarter.services
    letters = [
        DeadLetter(START_MS + n, "t", "not-json", "d", payload)
        for n, payload in enumerate([b"first", b"\xff\x00"])
    ]
    services.store.write_dead(services.run, letters)
    items = client.get("/api/v1/dead-letters").json()["items"]
    assert [one["payload"] for one in items] == ["\\xff\x00", "first"]
    assert items[0]["reason"] == "not-json"


@pytest.mark.parametrize("query", ["?limit=0", "?limit=1001", "?offset=3"])
def test_bad_limits_are_422(client: Any, query: str) -> None:
    assert client.get(f"/api/v1/dead-letters{query}").status_code == 422
