"""Every role and nobody at every door: who may do what is written down here once more."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.routing import iter_route_contexts

from api.app import create_app
from api.deps import services
from api.gate import OPEN_PATHS
from api.roles import OPENS, Door, Role, door_of

ROLES = ("viewer", "operator", "examiner", "admin")  # each may do what the ones before it may
LEAST = {
    "GET /healthz": "anyone",
    "GET /readyz": "anyone",
    "GET /docs": "anyone",
    "HEAD /docs": "anyone",
    "GET /docs/oauth2-redirect": "anyone",
    "HEAD /docs/oauth2-redirect": "anyone",
    "GET /openapi.json": "anyone",
    "HEAD /openapi.json": "anyone",
    "GET /metrics": "viewer",
    "GET /api/v1/vitals": "viewer",
    "GET /api/v1/vitals/indicators": "viewer",
    "GET /api/v1/vitals/stream": "viewer",
    "GET /api/v1/vitals/{indicator}": "viewer",
    "GET /api/v1/vitals/{indicator}/history": "viewer",
    "GET /api/v1/vitals/{indicator}/why": "viewer",
    "GET /api/v1/vitals/{indicator}/forecast": "viewer",
    "GET /api/v1/forecast/warnings": "viewer",
    "GET /api/v1/alerts": "viewer",
    "GET /api/v1/alerts/stream": "viewer",
    "GET /api/v1/alerts/{alert}": "viewer",
    "POST /api/v1/alerts/{alert}/ack": "operator",
    "GET /api/v1/sensors": "viewer",
    "GET /api/v1/sensors/latest": "viewer",
    "GET /api/v1/sensors/{sensor}": "viewer",
    "GET /api/v1/sensors/{sensor}/readings": "viewer",
    "GET /api/v1/city": "viewer",
    "GET /api/v1/city/{table}.geojson": "viewer",
    "GET /api/v1/coverage": "viewer",
    "GET /api/v1/coverage/{indicator}": "viewer",
    "GET /api/v1/coverage/{indicator}/homes.geojson": "viewer",
    "POST /api/v1/whatif/parks": "viewer",
    "GET /api/v1/open": "viewer",
    "GET /api/v1/open/{dataset}.csv": "viewer",
    "GET /api/v1/open/{dataset}.geojson": "viewer",
    "GET /api/v1/open/{dataset}/schema": "viewer",
    "GET /api/v1/simulation": "viewer",
    "POST /api/v1/simulation/incidents": "examiner",
    "POST /api/v1/simulation/incidents/{incident}/stop": "examiner",
    "POST /api/v1/simulation/faults": "examiner",
    "POST /api/v1/simulation/speed": "examiner",
    "POST /api/v1/simulation/pause": "examiner",
    "POST /api/v1/simulation/resume": "examiner",
    "GET /api/v1/runs": "viewer",
    "DELETE /api/v1/runs/{run}": "admin",
    "GET /api/v1/dead-letters": "viewer",
    "GET /api/v1/keys": "admin",
    "POST /api/v1/keys": "admin",
    "DELETE /api/v1/keys/{key}": "admin",
}
LET_IN = (200, 418)


@pytest.fixture
def app(quarter: Any) -> FastAPI:
    """Demands keys; whoever reaches a handler that would use a service is answered 418."""

    def reached() -> None:
        raise HTTPException(418)

    app = create_app(quarter.services, keys_demanded=True)
    app.dependency_overrides[services] = reached
    return app


def test_every_route_of_the_app_has_a_row_in_the_table(app: FastAPI) -> None:
    found = {
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ["a route that is not HTTP"]
    }
    assert found == set(LEAST)


def test_each_role_opens_what_the_table_says_and_nobody_only_what_is_open(
    app: FastAPI, quarter: Any, make_client: Callable[[Any], Any]
) -> None:
    client = make_client(app)
    tokens = {role: quarter.services.keys.create(role, Role(role))[1] for role in ROLES}
    wrong = []
    for row, least in LEAST.items():
        for role in (None, *ROLES):
            headers = {} if role is None else {"Authorization": f"Bearer {tokens[role]}"}
            status = client.ask(*row.split(), headers=headers).status_code
            if status not in expected(least, role):
                wrong.append((row, role, status))
    assert wrong == []


def expected(least: str, role: str | None) -> tuple[int, ...]:
    if least == "anyone":
        return LET_IN
    if role is None:
        return (401,)
    return LET_IN if ROLES.index(role) >= ROLES.index(least) else (403,)


def test_nobody_learns_which_paths_exist(app: FastAPI, make_client: Callable[[Any], Any]) -> None:
    client = make_client(app)
    for path in ("/", "/api/v1/nothing", "/healthz/", "/api/v1/alerts/stream/x", "//healthz"):
        assert client.get(path).status_code == 401, path
    assert client.post("/api/v1/simulation/incidents", content=b"{broken").status_code == 401


def test_a_route_that_acts_and_has_no_mark_opens_to_none(
    app: FastAPI, quarter: Any, make_client: Callable[[Any], Any]
) -> None:
    @app.post("/forgotten")
    def forgotten() -> str:
        return "done"

    _, token = quarter.services.keys.create("boss", Role.ADMIN)
    answer = make_client(app).post("/forgotten", headers={"X-API-Key": token})
    assert answer.status_code == 403
    assert door_of("DELETE", None) is None


def test_where_keys_are_not_demanded_everyone_may_do_everything(
    quarter: Any, make_client: Callable[[Any], Any]
) -> None:
    client = make_client(create_app(quarter.services))
    assert client.get("/api/v1/keys").status_code == 200
    assert client.get("/metrics").status_code == 200
    assert client.get("/api/v1/keys", headers={"X-API-Key": "whatever"}).status_code == 200


def test_the_roles_grow_and_every_door_opens_to_some_role() -> None:
    for small, great in pairwise(ROLES):
        assert OPENS[Role(small)] < OPENS[Role(great)]
    assert OPENS[Role.ADMIN] == set(Door)
    listed = {row.split()[1] for row, least in LEAST.items() if least == "anyone"}
    assert listed == OPEN_PATHS
