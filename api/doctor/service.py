"""The port of the service: free, ours, or somebody else's; and what it refuses."""

import os
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx

from api.doctor.asked import Asked
from api.doctor.finding import Finding, fail, ok, warn
from api.trust import CA_FILE, trust
from sensors.brokerurl import is_loopback
from sensors.deadletter import FAR_FUTURE, FAR_PAST
from twin.config import ConfigError

TIMEOUT_S = 5.0
PORTS = {"http": 80, "https": 443}
ELSEWHERE = "give hengfu another by --port, or its address by --url"


def check_http(asked: Asked) -> Finding:
    try:
        answer = _get(asked, "/healthz")
    except httpx.ConnectError as error:
        return _nobody(asked.url, str(error))
    except (httpx.HTTPError, httpx.InvalidURL, ConfigError) as error:
        return fail(f"{asked.url}: {error}", ELSEWHERE)
    if answer.status_code != 200 or _json(answer) != {"status": "ok"}:
        return fail(f"something else than hengfu answers at {asked.url}", ELSEWHERE)
    return readiness(asked.url, _json(_get(asked, "/readyz")))


def readiness(url: str, body: Any) -> Finding:
    """What /readyz says."""
    checks: dict[str, str] = body.get("checks", {}) if isinstance(body, dict) else {}
    wrong = [f"{name}: {said}" for name, said in checks.items() if said != "ok"]
    if wrong:
        return warn(f"hengfu at {url} is not ready ({'; '.join(wrong)})", "wait, or see its log")
    return ok(f"hengfu answers at {url} and is ready")


def _nobody(url: str, why: str) -> Finding:
    if "CERTIFICATE_VERIFY_FAILED" in why:
        return fail(f"the certificate at {url} is not accepted", f"set {CA_FILE} to its authority")
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    if not is_loopback(host):
        return warn(f"nothing answers at {url}", "start hengfu serve there, or correct --url")
    trouble = unusable(host, port)
    if trouble:
        return fail(f"port {port} cannot be used: {trouble}", ELSEWHERE)
    return ok(f"port {port} is free, no service runs on it")


def unusable(host: str, port: int) -> str:
    """Why a service cannot listen there; empty when it can."""
    try:
        with socket.create_server((host, port)):
            return ""
    except OSError as error:
        return os.strerror(error.errno) if error.errno else str(error)


def check_devices(asked: Asked) -> Finding:
    """Refused readings tell which gateways have a wrong clock."""
    try:
        answer = _get(asked, "/api/v1/dead-letters?limit=200")
    except (httpx.HTTPError, httpx.InvalidURL, ConfigError):
        return ok("not asked: no service runs")
    if answer.status_code in (401, 403):
        return warn("not asked: the service demands a key", "set HENGFU_API_KEY")
    body = _json(answer)
    return devices(body.get("items", []) if isinstance(body, dict) else [])


def devices(letters: list[dict[str, Any]]) -> Finding:
    """What the newest refused payloads say about the clocks of gateways."""
    off = {
        "/".join(str(one["topic"]).split("/")[4:])
        for one in letters
        if one.get("reason") in (FAR_FUTURE, FAR_PAST)
    }
    if off:
        named = ", ".join(sorted(off)[:5])
        do = "set their clocks; the run's time stands under city"
        return fail(f"readings refused for their time, from {len(off)} gateways: {named}", do)
    return ok(f"no reading was refused for its time ({len(letters)} refused payloads)")


def _get(asked: Asked, path: str) -> httpx.Response:
    key = asked.environment.get("HENGFU_API_KEY", "").strip()
    return httpx.get(
        asked.url.rstrip("/") + path,
        timeout=TIMEOUT_S,
        verify=trust(asked.environment),
        headers={"X-API-Key": key} if key and key.isascii() else {},
    )


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
