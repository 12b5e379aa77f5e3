"""The gate: who is let in, what the others are told, and what is counted."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.gate import ADDRESSES, Guesses
from api.roles import Role

RUNS = "/api/v1/runs"
KEYS = "/api/v1/keys"
WRONG = "hengfu_00c0ffee_" + "w" * 43


@pytest.fixture
def app(quarter: Any) -> FastAPI:
    return create_app(quarter.services, keys_demanded=True)


@pytest.fixture
def guarded(app: FastAPI, make_client: Callable[[Any], Any]) -> Any:
    return make_client(app)


@pytest.fixture
def token(quarter: Any) -> str:
    return str(quarter.services.keys.create("wall", Role.VIEWER)[1])


@pytest.fixture
def admin(quarter: Any) -> dict[str, str]:
    return {"X-API-Key": quarter.services.keys.create("boss", Role.ADMIN)[1]}


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer {}"},
        {"authorization": "bearer  {}"},
        {"X-API-Key": "{}"},
        {"Authorization": "Basic b3BlbjpzZXNhbWU=", "X-API-Key": "{}"},
    ],
)
def test_a_key_comes_as_bearer_or_as_a_header_of_its_own(
    guarded: Any, token: str, headers: dict[str, str]
) -> None:
    sent = {name: value.format(token) for name, value in headers.items()}
    assert guarded.get(RUNS, headers=sent).status_code == 200


@pytest.mark.parametrize("query", ["api_key", "token", "access_token", "X-API-Key"])
def test_a_key_in_the_address_is_not_taken(guarded: Any, token: str, query: str) -> None:
    assert guarded.get(f"{RUNS}?{query}={token}").status_code == 401


def test_missing_unknown_expired_and_revoked_keys_are_told_the_same(
    quarter: Any, guarded: Any, admin: dict[str, str]
) -> None:
    keys = quarter.services.keys
    _, expired = keys.create("short", Role.VIEWER, days=1)
    quarter.wall_ms[0] += 86_400_000
    gone, revoked = keys.create("gone", Role.VIEWER)
    keys.revoke(gone.id)
    sent = [{}, *({"X-API-Key": one} for one in (WRONG, "?", expired, revoked))]
    answers = [guarded.get(RUNS, headers=headers) for headers in sent]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {'Bearer realm="hengfu"'}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].headers["content-type"] == "application/problem+json"
    assert answers[0].json() == {
        "type": "urn:hengfu:problem:unauthorized",
        "title": "Unauthorized",
        "status": 401,
        "detail": "A valid API key is expected, as Authorization: Bearer or as X-API-Key.",
        "instance": RUNS,
    }


def test_a_role_that_may_not_is_a_403_problem(guarded: Any, token: str) -> None:
    answer = guarded.ask("DELETE", f"{RUNS}/r-old", headers={"X-API-Key": token})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:hengfu:problem:not-allowed"


def test_an_address_with_many_wrong_keys_is_told_to_wait_and_the_right_key_still_enters(
    quarter: Any, guarded: Any, token: str
) -> None:
    wrong = [guarded.get(RUNS, headers={"X-API-Key": WRONG}) for _ in range(12)]
    assert [one.status_code for one in wrong] == [401] * 10 + [429] * 2
    assert wrong[-1].headers["Retry-After"] == "60"
    assert wrong[-1].headers["content-type"] == "application/problem+json"
    assert guarded.get(RUNS, headers={"X-API-Key": token}).status_code == 200
    quarter.wall_ms[0] += 60_000
    assert guarded.get(RUNS, headers={"X-API-Key": WRONG}).status_code == 401


def test_requests_without_any_key_are_no_guesses(guarded: Any) -> None:
    assert {guarded.get(RUNS).status_code for _ in range(15)} == {401}


def test_failed_attempts_are_counted_by_reason(guarded: Any, token: str) -> None:
    guarded.get(RUNS)
    for _ in range(11):
        guarded.get(RUNS, headers={"X-API-Key": WRONG})
    text = guarded.get("/metrics", headers={"X-API-Key": token}).text
    assert 'hengfu_http_key_failures_total{reason="missing"} 1.0' in text
    assert 'hengfu_http_key_failures_total{reason="wrong"} 10.0' in text
    assert 'hengfu_http_key_failures_total{reason="limited"} 1.0' in text
    assert 'route="unknown",status="401"' in text


def test_guesses_are_forgotten_after_their_minute_and_when_there_are_too_many_addresses() -> None:
    guesses = Guesses()
    assert [guesses.add("a", 0) for _ in range(11)] == [0] * 10 + [60]
    assert guesses.add("a", 59_001) == 1
    assert guesses.add("a", 60_000) == 0
    assert guesses.add("a", 50_000) == 0, "a wall clock that was set back"
    for _ in range(11):
        guesses.add("b", 60_000)
    for n in range(ADDRESSES):
        guesses.add(f"c{n}", 60_000)
    assert guesses.add("b", 60_000) == 0


def test_an_open_stream_ends_with_the_first_event_after_its_key_is_revoked(
    quarter: Any, app: FastAPI
) -> None:
    keys, bell = quarter.services.keys, quarter.services.monitor.bell
    key, token = keys.create("wall", Role.VIEWER)
    quarter.clock(1_777_618_800_000)
    sent: list[dict[str, Any]] = []

    async def follow() -> None:
        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            if b"event: vitals" in message.get("body", b""):
                keys.revoke(key.id)
                quarter.clock(1_777_618_815_000)
                bell.ring()

        with anyio.fail_after(10):
            await app(scope("/api/v1/vitals/stream", token), anyio.sleep_forever, send)

    anyio.run(follow)
    assert sent[0]["status"] == 200
    assert [b"vitals" in message["body"] for message in sent[1:]] == [True, False]
    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


def scope(path: str, token: str) -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "scheme": "http", "server": ("test", 80), "client": None,
        "headers": [(b"authorization", f"Bearer {token}".encode())],
    }  # fmt: skip


def test_the_description_names_both_ways_and_the_doors(guarded: Any) -> None:
    found = guarded.get("/openapi.json").json()
    schemes = found["components"]["securitySchemes"].values()
    assert {(one["type"], one.get("scheme", one.get("name"))) for one in schemes} == {
        ("http", "bearer"),
        ("apiKey", "X-API-Key"),
    }
    assert found["paths"]["/api/v1/simulation/pause"]["post"]["x-door"] == "steer"
    assert found["paths"]["/api/v1/vitals"]["get"]["security"]


def test_a_key_is_made_shown_once_listed_and_revoked(guarded: Any, admin: dict[str, str]) -> None:
    wanted = {"name": "指挥大屏", "role": "operator", "expires_days": 1}
    made = guarded.post(KEYS, headers=admin, json=wanted)
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    body = made.json()
    token = body.pop("token")
    assert guarded.get(RUNS, headers={"X-API-Key": token}).status_code == 200
    listed = guarded.get(KEYS, headers=admin)
    assert listed.json()["items"][-1] == body
    assert (body["state"], body["expires"]) == ("valid", "2026-05-02T15:00:00.000+08:00")
    assert token not in listed.text
    assert "digest" not in listed.text
    for _ in range(2):
        assert guarded.ask("DELETE", f"{KEYS}/{body['key']}", headers=admin).status_code == 204
    assert guarded.get(RUNS, headers={"X-API-Key": token}).status_code == 401
    assert guarded.get(KEYS, headers=admin).json()["items"][-1]["state"] == "revoked"


def test_an_unknown_key_cannot_be_revoked(guarded: Any, admin: dict[str, str]) -> None:
    assert guarded.ask("DELETE", f"{KEYS}/00000000", headers=admin).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "role": "king"},
        {"name": "", "role": "viewer"},
        {"name": "a\nb", "role": "viewer"},
        {"name": "x" * 81, "role": "viewer"},
        {"name": "x", "role": "viewer", "expires_days": 0},
        {"name": "x", "role": "viewer", "token": "mine"},
    ],
)
def test_a_key_that_cannot_be_meant_is_422(
    guarded: Any, admin: dict[str, str], body: dict[str, Any]
) -> None:
    assert guarded.post(KEYS, headers=admin, json=body).status_code == 422


def test_no_log_line_has_a_token(
    guarded: Any, admin: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    made = guarded.post(KEYS, headers=admin, json={"name": "x", "role": "viewer"}).json()
    for _ in range(12):
        guarded.get(RUNS, headers={"X-API-Key": WRONG})
    guarded.ask("DELETE", f"{KEYS}/{made['key']}", headers=admin)
    said = "".join(capsys.readouterr())
    assert "API key created" in said
    assert "many wrong API keys" in said
    for token in (made["token"], WRONG, admin["X-API-Key"]):
        assert token[-43:] not in said
