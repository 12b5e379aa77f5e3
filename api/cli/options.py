"""Options that several commands share, so that they read the same everywhere."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from twin.clock import SHANGHAI, parse_time, wall_ms

# The history before the start must lie after 2000, or the ingest takes it for a lost clock.
EARLIEST_MS, LATEST_MS = parse_time("2001-01-01"), parse_time("2200-01-01")


class Area(StrEnum):
    """How much of the quarter: the core around the mansion, or both sub-districts."""

    CORE = "core"
    QUARTER = "quarter"


def parse_speed(text: str) -> float | None:
    """`60` -> 60.0, `max` -> None (as fast as possible).

    Raises typer.BadParameter for anything else.
    """
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= 10_000:
        raise typer.BadParameter(f"{text!r}: expected a number from 0.1 to 10000, or max")
    return speed


def parse_start(text: str) -> int:
    """RFC 3339 to ms UTC; raises typer.BadParameter."""
    try:
        start_ms = parse_time(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if not EARLIEST_MS <= start_ms < LATEST_MS:
        raise typer.BadParameter(f"{text!r}: expected a time from 2001 to 2199")
    return start_ms


def default_start() -> int:
    """Today 09:30 in Shanghai: a waking quarter, and the same all day long."""
    now = datetime.fromtimestamp(wall_ms() / 1000, SHANGHAI)
    return round(now.replace(hour=9, minute=30, second=0, microsecond=0).timestamp() * 1000)


def new_run_id(now_ms: int) -> str:
    """A run id from the wall clock, safe in topics and file names."""
    return datetime.fromtimestamp(now_ms / 1000, SHANGHAI).strftime("r%Y%m%d-%H%M%S")


ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration folder; the shipped one when not given."),
]
AreaOption = Annotated[Area, typer.Option(help="core: 1.3 km² around the mansion; quarter: all.")]
FaultsOption = Annotated[
    str,
    typer.Option(
        "--faults", help="What goes wrong with neurons: a profile of config/faults.toml, or none."
    ),
]
SeedOption = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Same seed, same city.")]
SpeedOption = Annotated[
    str, typer.Option(help="City seconds per wall second: 1, 60 … or max.", metavar="N|max")
]
StartOption = Annotated[
    str | None,
    typer.Option(
        help="City time at start, e.g. 2026-05-01T09:30 (Shanghai); today 09:30 when not given."
    ),
]
DataOption = Annotated[
    Path, typer.Option("--data", help="Folder for the store, ledger, logs and labels.")
]
UrlOption = Annotated[
    str, typer.Option(envvar="HENGFU_URL", help="Where the service answers.", metavar="URL")
]
BrokerUrlOption = Annotated[
    str,
    typer.Option(
        "--broker",
        envvar="HENGFU_BROKER",
        help="mqtt(s)://[user:password@]host:port",
        metavar="URL",
    ),
]
MetricsPortOption = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Numbers for Prometheus on this port of loopback."),
]
RunOption = Annotated[
    str | None, typer.Option("--run", help="Run id; a new one, or the live one, when not given.")
]
TlsCertOption = Annotated[
    Path | None,
    typer.Option(envvar="HENGFU_TLS_CERT", help="PEM certificate chain: HTTPS instead of HTTP."),
]
TlsKeyOption = Annotated[
    Path | None, typer.Option(envvar="HENGFU_TLS_KEY", help="Its private key, not encrypted.")
]
