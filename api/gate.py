"""The gate before the routes: whose key it is here, what that key may do at each route.

request ─► Gate: open path? ─ valid key? ─► route ─► enter: may its role open this door?
              401 / 429 otherwise                       403 otherwise
"""

from collections import OrderedDict
from typing import Any

import structlog
from fastapi import Request
from fastapi.security import APIKeyHeader, HTTPBearer
from prometheus_client import Counter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.keyring import KeyRing
from api.problems import Problem, response
from api.roles import OPENS, Door, door_of

# Health checks have no keys; the description of the interface holds no data.
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/docs", "/docs/oauth2-redirect", "/openapi.json"})
EVERY_DOOR, ONLY_READ = frozenset(Door), frozenset({Door.READ})
WINDOW_MS, WRONG_KEYS, ADDRESSES = 60_000, 10, 1000  # design choices
_DOORS = "hengfu.doors"  # in the scope: the doors that are open to this request
_log = structlog.get_logger(__name__)

bearer = HTTPBearer(auto_error=False, description="An API key (`hengfu keys create`).")
header = APIKeyHeader(name="X-API-Key", auto_error=False, description="The same, as a header.")


def _from_another_site(scope: Scope) -> bool:
    """Whether a browser says that a page of someone else's sends this request."""
    return Headers(scope=scope).get("sec-fetch-site", "none") in ("cross-site", "same-site")


class Gate:
    """Lets requests in by their API key; without `keys_demanded` everyone may do everything."""

    def __init__(self, app: ASGIApp, keys: KeyRing, keys_demanded: bool, failures: Counter) -> None:
        self._app, self._keys, self._keys_demanded = app, keys, keys_demanded
        self._failures, self._guesses = failures, Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif not self._keys_demanded:
            scope[_DOORS] = ONLY_READ if _from_another_site(scope) else EVERY_DOOR
            await self._app(scope, receive, send)
        elif scope["path"] in OPEN_PATHS:
            scope[_DOORS] = ONLY_READ
            await self._app(scope, receive, send)
        else:
            await self._admit(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = token_of(Headers(scope=scope))
        key = None if token is None else self._keys.find(token)
        if key is None:
            refusal = self._refusal(token, _address(scope))
            await response(Request(scope), refusal)(scope, receive, send)
            return

        async def send_while_valid(message: Message) -> None:
            if message.get("more_body") and not self._keys.holds(key.id):
                raise _KeyOver
            await send(message)

        scope[_DOORS] = OPENS[key.role]
        try:
            await self._app(scope, receive, send_while_valid)
        except _KeyOver:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _refusal(self, token: str | None, address: str) -> Problem:
        """The same for an unknown, an expired and a revoked key."""
        wait_s = 0 if token is None else self._guesses.add(address, self._keys.wall())
        reason = "missing" if token is None else "limited" if wait_s else "wrong"
        self._failures.labels(reason).inc()
        if wait_s:
            detail = "Too many wrong API keys: wait."
            return Problem(429, "too-many-attempts", detail, {"Retry-After": str(wait_s)})
        detail = "A valid API key is expected, as Authorization: Bearer or as X-API-Key."
        return Problem(401, "unauthorized", detail, {"WWW-Authenticate": 'Bearer realm="hengfu"'})


class Guesses:
    """Counts wrong keys per address and minute; a few addresses are remembered.

    Only wrong keys are held up: behind a proxy everyone has one address, and nobody shall be
    able to lock the others out.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[str, tuple[int, int]] = OrderedDict()  # start of window, count

    def add(self, address: str, now_ms: int) -> int:
        """Seconds to wait, 0 while there were few."""
        start_ms, count = self._seen.pop(address, (now_ms, 0))
        if not 0 <= now_ms - start_ms < WINDOW_MS:
            start_ms, count = now_ms, 0
        self._seen[address] = start_ms, count + 1
        if len(self._seen) > ADDRESSES:
            self._seen.popitem(last=False)
        if count == WRONG_KEYS:
            _log.warning("many wrong API keys", address=address)
        left_ms = start_ms + WINDOW_MS - now_ms
        return -(-left_ms // 1000) if count >= WRONG_KEYS else 0


async def enter(request: Request) -> None:
    """Dependency of every route: 403 unless the request may open the route's door."""
    marks: dict[str, Any] | None = getattr(request.scope["route"], "openapi_extra", None)
    door = door_of(request.method, marks)
    if door not in request.scope[_DOORS]:
        raise Problem(403, "not-allowed", "The role of this API key does not allow that.")


def token_of(headers: Headers) -> str | None:
    """The API key of a request; Bearer is stronger, other schemes are not ours."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    return headers.get("x-api-key")


class _KeyOver(Exception):  # noqa: N818 (names the situation, not a fault)
    """The key was revoked or expired while its stream was open."""


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else "unknown"
