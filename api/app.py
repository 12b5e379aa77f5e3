"""The HTTP application over services that someone else starts and stops."""

import time
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import metrics, problems
from api.bodylimit import BodyLimit
from api.gate import Gate, bearer, enter, header
from api.routes import (
    alerts,
    city,
    coverage,
    forecast,
    health,
    keys,
    latest,
    opendata,
    runs,
    sensors,
    simulation,
    vitals,
)
from api.schemas.service import ProblemOut
from api.service import Services

PREFIX = "/api/v1"
DESCRIPTION = """
Vital signs (城市运行数字体征), alerts, sensors and the map of the quarter around Wukang Mansion.

Times are RFC 3339 in Shanghai time; city time, unless a field says wall time. Errors are
problem details (RFC 9457). Scores run from 0 to 100, 80/60/40/20 begin blue, yellow, orange, red.
Map data © OpenStreetMap contributors, ODbL. All readings are synthetic.
"""

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemOut, "description": text}
    for status, text in {
        401: "A valid API key is expected (where keys are demanded)",
        403: "The key's role does not allow that",
        404: "There is no such thing",
        422: "A parameter cannot be meant",
        503: "Something that we need is away",
    }.items()
}


def create_app(services: Services, keys_demanded: bool = False) -> FastAPI:
    """The app; it touches nothing until the first request."""
    app = FastAPI(
        title="衡复孪生 Hengfu Twin",
        version="1",
        description=DESCRIPTION,
        redoc_url=None,
        dependencies=[Depends(enter)],
    )
    app.state.services = services
    app.state.metrics = metrics.registry(services)
    problems.install(app)
    credentials = [Depends(bearer), Depends(header)]  # named in the description, read by the gate
    v1 = APIRouter(prefix=PREFIX, responses=_PROBLEMS, dependencies=credentials)
    v1.include_router(vitals.router)
    v1.include_router(vitals.paged)  # after it: {indicator} would take its fixed paths
    parts = (alerts, forecast, latest, sensors, city, coverage, opendata, simulation, runs, keys)
    for part in parts:
        v1.include_router(part.router)
    app.include_router(v1)
    app.include_router(health.router)
    app.add_middleware(BodyLimit)
    failures = metrics.key_failures(app.state.metrics)
    app.add_middleware(Gate, keys=services.keys, keys_demanded=keys_demanded, failures=failures)
    app.add_middleware(
        CountRequests,
        counter=metrics.request_counter(app.state.metrics),
        seconds=metrics.request_seconds(app.state.metrics),
    )
    return app


class CountRequests:
    """Counts and times requests by route; paths that no route knows count together."""

    def __init__(self, app: ASGIApp, counter: Counter, seconds: Histogram) -> None:
        self._app, self._counter, self._seconds = app, counter, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = _route(scope)
                self._counter.labels(scope["method"], route, str(message["status"])).inc()
                self._seconds.labels(scope["method"], route).observe(time.perf_counter() - begun)
            await send(message)

        await self._app(scope, receive, count)


def _route(scope: Scope) -> str:
    """The whole path of the route, with its names in braces."""
    path = getattr(scope.get("route"), "path", None)
    if path is None:
        return "unknown"
    inside = scope["path"].startswith(PREFIX) and not path.startswith(PREFIX)
    return f"{PREFIX}{path}" if inside else str(path)
