"""Asking the service, for the commands that are its clients."""

import os
from typing import Any

import httpx

from api.cli.errors import UsageError
from api.keys import well_formed
from api.trust import trust

TIMEOUT_S = 15.0
KEY_VARIABLE = "HENGFU_API_KEY"
NOT_LET_IN = (401, 403)


def call(method: str, url: str, path: str, **options: Any) -> Any:
    """The answer as JSON, or None without content; problem details become UsageError."""
    where = url.rstrip("/") + path
    response = httpx.request(
        method, where, timeout=TIMEOUT_S, headers=credentials(), verify=trust(os.environ), **options
    )
    if response.is_error:
        raise UsageError(problem(response))
    return response.json() if response.content else None


def credentials() -> dict[str, str]:
    """The header for the API key of the environment; nothing where none is set.

    The key is no option of the commands: others on the machine can read those.
    """
    token = os.environ.get(KEY_VARIABLE, "").strip()
    if not token:
        return {}
    if not well_formed(token):
        raise UsageError(f"{KEY_VARIABLE} is not an API key: expected hengfu_… as it was shown")
    return {"Authorization": f"Bearer {token}"}


def problem(response: httpx.Response) -> str:
    """What went wrong in the service's own words."""
    hint = f" (set {KEY_VARIABLE})" if response.status_code in NOT_LET_IN else ""
    try:
        body = response.json()
    except ValueError:
        return f"{response.status_code} {response.reason_phrase}{hint}"
    detail = body.get("detail") or body.get("title") or response.reason_phrase
    return f"{response.status_code} {detail}{hint}"
