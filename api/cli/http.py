"""Asking the service, for the commands that are its clients."""

from typing import Any

import httpx

from api.cli.errors import UsageError

TIMEOUT_S = 15.0


def call(method: str, url: str, path: str, **options: Any) -> Any:
    """The answer as JSON, or None without content; problem details become UsageError."""
    response = httpx.request(method, url.rstrip("/") + path, timeout=TIMEOUT_S, **options)
    if response.is_error:
        raise UsageError(problem(response))
    return response.json() if response.content else None


def problem(response: httpx.Response) -> str:
    """What went wrong in the service's own words."""
    try:
        body = response.json()
    except ValueError:
        return f"{response.status_code} {response.reason_phrase}"
    detail = body.get("detail") or body.get("title") or response.reason_phrase
    return f"{response.status_code} {detail}"
