"""The first words with InfluxDB: which version it is, and whether the bucket is there for us."""

from typing import Any

from sensors.store import influxerrors as errors
from sensors.store import influxql as ql
from sensors.store.influxerrors import Generation
from sensors.store.influxlink import InfluxLink

_GENERATIONS = {"1": Generation.ONE, "2": Generation.TWO, "3": Generation.THREE}
_FOREVER = ("0s", "0", "")


def greet(link: InfluxLink) -> Generation:
    """Checks version, token, organisation and bucket, and maps the bucket for InfluxQL.

    Raises InfluxRefused with one line naming the setting, or StoreUnavailable.
    """
    version = link.call("GET", "/ping").headers.get("X-Influxdb-Version", "")
    generation = _GENERATIONS.get(version.lstrip("v").split(".")[0])
    if generation is None:
        raise errors.unfit(link.settings, version, "which this program does not know")
    if generation is Generation.TWO:
        _map(link, _bucket(link))
        return generation
    _check_database(link)
    if generation is Generation.ONE:
        _check_policy(link)
        _check_write(link, version)
    return generation


def _bucket(link: InfluxLink) -> dict[str, Any]:
    """The bucket as 2.x describes it."""
    settings = link.settings
    if not settings.org:
        raise errors.wrong_org(settings)
    asked = {"name": settings.bucket, "org": settings.org}
    found: list[dict[str, Any]] = link.call("GET", "/api/v2/buckets", asked).json()["buckets"]
    if not found:
        raise errors.missing_bucket(settings)
    rules = found[0].get("retentionRules") or [{}]
    kept_s = rules[0].get("everySeconds", 0)
    if kept_s:
        raise errors.finite(settings, f"it keeps {kept_s} s")
    return found[0]


def _map(link: InfluxLink, bucket: dict[str, Any]) -> None:
    """Make the bucket a database of InfluxQL, unless it already is one."""
    settings = link.settings
    asked = {"org": settings.org, "bucketID": bucket["id"], "db": settings.bucket}
    found = link.attempt("GET", "/api/v2/dbrps", asked)
    if not found.is_success or found.json().get("content"):
        return  # no such API, or not ours to see: the first question will tell
    mapping = {"bucketID": bucket["id"], "database": settings.bucket, "default": True}
    mapping |= {"org": settings.org, "retention_policy": "autogen"}
    link.call("POST", "/api/v2/dbrps", body=mapping)


def _check_database(link: InfluxLink) -> None:
    names = {row[0] for series in link.ask(ql.DATABASES) for row in series.rows}
    if link.settings.bucket not in names:
        raise errors.missing_bucket(link.settings)


def _check_policy(link: InfluxLink) -> None:
    for series in link.ask(ql.policies(link.settings.bucket)):
        policies = zip(series.column("duration"), series.column("default"), strict=True)
        for duration, default in policies:
            if default and duration not in _FOREVER:
                raise errors.finite(link.settings, f"it keeps {duration}")


def _check_write(link: InfluxLink, version: str) -> None:
    """An empty write: only a server that knows the path of 2.x takes it."""
    asked = {"bucket": link.settings.bucket, "org": link.settings.org, "precision": "ns"}
    if link.attempt("POST", "/api/v2/write", asked).status_code == 404:
        raise errors.unfit(link.settings, version, "which has no /api/v2/write")
