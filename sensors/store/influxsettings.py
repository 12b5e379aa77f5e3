"""Where InfluxDB is and how we show who we are: four names of the environment."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from twin.config import ConfigError, Table

URL = "HENGFU_INFLUX_URL"
TOKEN = "HENGFU_INFLUX_TOKEN"
ORG = "HENGFU_INFLUX_ORG"
BUCKET = "HENGFU_INFLUX_BUCKET"
CA_FILE = "HENGFU_INFLUX_CA_FILE"
_FILE = "environment"


class InfluxSettings(Table):
    """`org` matters to InfluxDB 2.x only; `ca_file` is for a private certificate authority."""

    url: str
    token: SecretStr
    bucket: str
    org: str = ""
    ca_file: Path | None = None


def influx_settings(environment: Mapping[str, str]) -> InfluxSettings:
    """The settings; raises ConfigError naming the variable, never showing a secret."""
    ca_file = environment.get(CA_FILE)
    return InfluxSettings(
        url=_url(_needed(environment, URL, "expected an address like http://localhost:8086")),
        token=SecretStr(_token(_needed(environment, TOKEN, "expected an API token"))),
        bucket=_needed(environment, BUCKET, "expected the name of a bucket"),
        org=environment.get(ORG, ""),
        ca_file=_readable(Path(ca_file)) if ca_file else None,
    )


def _needed(environment: Mapping[str, str], name: str, expected: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise ConfigError(_FILE, name, "missing", expected)
    return value


def _url(value: str) -> str:
    parts = urlsplit(value)
    if "@" in parts.netloc:  # a password may be in it: do not repeat it
        raise ConfigError(_FILE, URL, "(hidden)", f"expected no user or password; use {TOKEN}")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ConfigError(_FILE, URL, value, "expected http:// or https:// and a host")
    return value.rstrip("/")


def _token(value: str) -> str:
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise ConfigError(_FILE, TOKEN, "(hidden)", "expected printable ASCII without spaces")
    return value


def _readable(file: Path) -> Path:
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:  # SSLError is one
        expected = "expected a file of PEM certificates"
        raise ConfigError(_FILE, CA_FILE, str(file), expected) from error
    return file
