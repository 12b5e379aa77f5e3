"""What InfluxDB answers when it will not do as asked, as one line that names the setting."""

import ssl
from enum import Enum

from sensors.store import influxsettings as names
from sensors.store.base import StoreUnavailable
from sensors.store.influxsettings import InfluxSettings

SHOWN = 200  # characters of the server's own words


class InfluxRefused(StoreUnavailable):
    """InfluxDB answers but refuses: trying again helps only once a setting is put right."""


class Generation(Enum):
    """What the server can do differs by its major version."""

    ONE = "1.x"
    TWO = "2.x"
    THREE = "3 Core"


def refused(settings: InfluxSettings, status: int, answer: str) -> StoreUnavailable:
    """The error for an HTTP status (200 for an error inside an answer) and the server's words."""
    said, words = answer.lower(), _line(settings, answer)
    if status == 401:
        return InfluxRefused(f"{names.TOKEN} is not accepted by {_where(settings)}")
    if status == 403:
        return InfluxRefused(
            f"{names.TOKEN} does not allow this with {names.BUCKET}={settings.bucket} "
            f"at {_where(settings)}: {words}"
        )
    if "organization" in said and "not found" in said:
        return wrong_org(settings)
    if "not found" in said and ("bucket" in said or "database" in said):
        return missing_bucket(settings)
    if "retention" in said:
        return finite(settings, words)
    if status in (200, 429) or status >= 500:
        return StoreUnavailable(f"{_where(settings)} cannot do this now: {words or status}")
    return InfluxRefused(f"{_where(settings)} refuses ({status}): {words}")


def wrong_org(settings: InfluxSettings) -> InfluxRefused:
    found = f"={settings.org} is unknown at" if settings.org else " is missing, needed by"
    return InfluxRefused(f"{names.ORG}{found} {_where(settings)}")


def missing_bucket(settings: InfluxSettings) -> InfluxRefused:
    return InfluxRefused(
        f"{names.BUCKET}={settings.bucket} does not exist at {_where(settings)}, "
        f"or {names.TOKEN} may not see it"
    )


def finite(settings: InfluxSettings, words: str) -> InfluxRefused:
    """The city's time is not the wall clock's, so the server must not drop by age."""
    return InfluxRefused(
        f"{names.BUCKET}={settings.bucket} must keep its data without end (retention 0): {words}"
    )


def unfit(settings: InfluxSettings, version: str, reason: str) -> InfluxRefused:
    return InfluxRefused(
        f"{names.URL}: {settings.url} is InfluxDB {_line(settings, version) or 'of no version'}, "
        f"{reason}: expected 2.x, 3 Core, or 1.8 and later"
    )


def unreachable(settings: InfluxSettings, error: Exception) -> StoreUnavailable:
    why = _certificate(error)
    if why:
        return StoreUnavailable(
            f"the certificate of {_where(settings)} is not accepted: {why}; "
            f"look at {names.CA_FILE} and at this machine's clock"
        )
    words = _line(settings, str(error)) or type(error).__name__
    return StoreUnavailable(f"{_where(settings)} does not answer: {words}")


def _certificate(error: BaseException | None) -> str:
    """What is wrong with the server's certificate; empty when the trouble is another."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return "" if error is None else str(error.verify_message).rstrip(".")


def _where(settings: InfluxSettings) -> str:
    return f"InfluxDB at {names.URL}={settings.url}"


def _line(settings: InfluxSettings, words: str) -> str:
    """The first line, short, and without the token should the server repeat it."""
    lines = words.replace(settings.token.get_secret_value(), "(token)").split("\n")
    return lines[0].strip()[:SHOWN]
