"""The store: the DuckDB file, or InfluxDB."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from api.doctor.asked import Asked
from api.doctor.finding import Finding, fail, ok, warn
from api.service import STORE_FILE
from sensors.brokerurl import PRIVATE, is_loopback
from sensors.store import StoreInUse, StoreUnavailable
from sensors.store.duckfile import probe
from sensors.store.influxsettings import URL, influx_settings
from twin.config import ConfigError

FORBIDDEN = (401, 403)


def check_store(asked: Asked) -> Finding:
    return STORES[asked.store](asked)


def _duckdb(asked: Asked) -> Finding:
    file = asked.data / STORE_FILE
    if not file.exists():
        return ok(f"{file} is not there yet; the service makes it")
    try:
        probe(file)
    except StoreInUse as error:
        return ok(f"{error}: as while a service runs")
    except StoreUnavailable as error:
        return fail(str(error), "restore it from a backup, or move it away to begin anew")
    return ok(f"{file} opens, {file.stat().st_size / 1e6:.1f} MB")


def _influx(asked: Asked) -> Finding:
    from sensors.store.influxhello import greet  # late: half a second
    from sensors.store.influxlink import InfluxLink

    try:
        settings = influx_settings(asked.environment)
    except ConfigError as error:
        return fail(str(error), "set it, or take --store duckdb; docs/influxdb.md")
    link = InfluxLink(settings)
    try:
        generation = greet(link)
        wanted = {"bucket": settings.bucket, "org": settings.org, "precision": "ns"}
        status = link.attempt("POST", "/api/v2/write", wanted).status_code
    except StoreUnavailable as error:
        return fail(str(error), "start InfluxDB, or correct the setting that is named")
    finally:
        link.close()
    where = f"InfluxDB {generation.value} at {settings.url}, bucket {settings.bucket}"
    if status in FORBIDDEN:
        return fail(f"{where}: HENGFU_INFLUX_TOKEN may not write", "use a token that may")
    return _clear(asked, f"{where}: kept without end, may be written")


def _clear(asked: Asked, says: str) -> Finding:
    if in_clear(asked.environment.get(URL, ""), asked.environment):
        return warn(f"{says}, but the token goes in the clear", "use https://, docs/security.md")
    return ok(says)


def in_clear(url: str, environment: Mapping[str, str]) -> bool:
    """Whether a token in a request to this address can be heard by others."""
    parts = urlsplit(url)
    if parts.scheme != "http" or environment.get(PRIVATE):
        return False
    return not is_loopback(parts.hostname or "")


STORES: Mapping[str, Callable[[Asked], Finding]] = {"duckdb": _duckdb, "influx": _influx}
