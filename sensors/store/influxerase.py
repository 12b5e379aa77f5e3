"""Forgetting in InfluxDB, which each generation does in its own way or not at all."""

from datetime import UTC, datetime

from sensors.store import influxql as ql
from sensors.store.influxerrors import Generation, InfluxRefused
from sensors.store.influxlines import tag
from sensors.store.influxlink import ERASE_WITHIN_S, InfluxLink
from sensors.store.influxsettings import URL

_BEGIN = "1677-09-21T00:12:44Z"  # the oldest times that InfluxDB can count
_END = "2262-04-11T23:47:16Z"


def erase(
    link: InfluxLink,
    generation: Generation,
    run: str,
    measurement: str | None = None,
    end_ms: int | None = None,
) -> None:
    """Everything of the run, or what one measurement has of it before a time.

    3 Core keeps old points of a measurement, and refuses for a whole run.
    """
    if generation is Generation.ONE:
        link.tell(ql.delete(run, measurement, end_ms))
    elif generation is Generation.TWO:
        settings = link.settings
        asked = {"org": settings.org, "bucket": settings.bucket}
        what = _predicate(run, measurement, end_ms)
        link.call("POST", "/api/v2/delete", asked, what, ERASE_WITHIN_S)
    elif measurement is None:
        raise InfluxRefused(
            f"InfluxDB 3 Core at {URL}={link.settings.url} cannot delete run {run!r}: "
            "delete its whole database instead"
        )


def _predicate(run: str, measurement: str | None, end_ms: int | None) -> dict[str, str]:
    what = f'run="{tag(run)}"'
    if measurement is not None:
        what = f'_measurement="{measurement}" AND {what}'
    return {"start": _BEGIN, "stop": _rfc3339(end_ms), "predicate": what}


def _rfc3339(t_ms: int | None) -> str:
    if t_ms is None:
        return _END
    return datetime.fromtimestamp(t_ms / 1000, UTC).isoformat(timespec="milliseconds")
