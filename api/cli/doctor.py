"""`hengfu doctor`: what is wrong here, and what to do about it."""

import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.cli.check import load_everything
from api.cli.console import out
from api.cli.options import Area, AreaOption, ConfigOption, DataOption, RunOption
from api.doctor.asked import LISTEN_S, Asked
from api.doctor.broker import HEARS
from api.doctor.checkup import checkup
from api.doctor.finding import Finding, Result
from api.doctor.store import STORES
from api.logs import configure_logs
from sensors.brokerurl import BusError, parse_url
from sensors.store.influxsettings import URL
from twin.config import default_config_dir

BROKER = "mqtt://127.0.0.1:1883"
SHOWN = {Result.OK: ("✓", "green"), Result.WARN: ("!", "yellow"), Result.FAIL: ("✗", "red")}


def doctor(
    broker: Annotated[
        str | None,
        typer.Option(
            envvar="HENGFU_BROKER", metavar="URL",
            help="The broker; that of `hengfu up` in --data, or on this machine, when not given.",
        ),
    ] = None,
    url: Annotated[
        str, typer.Option(envvar="HENGFU_URL", metavar="URL", help="Where the service answers.")
    ] = "http://127.0.0.1:8000",
    role: Annotated[
        str | None, typer.Option(help="city, ingest, monitor or viewer; after the broker's user.")
    ] = None,
    store: Annotated[
        str | None, typer.Option(help=f"duckdb, or influx; influx when {URL} is set.")
    ] = None,
    run: RunOption = None,
    data: DataOption = Path("data"),
    env_file: Annotated[
        Path, typer.Option(help="The file with the secrets of docker compose.")
    ] = Path(".env"),
    area: AreaOption = Area.CORE,
    config: ConfigOption = None,
    listen: Annotated[
        float, typer.Option(min=0.1, max=600, help="Seconds to listen for the city's clock.")
    ] = LISTEN_S,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:  # fmt: skip
    """Check config, secrets, data, store, broker, city, HTTP and clocks; exit 1 on a fail."""
    configure_logs(logging.CRITICAL)
    address = broker or _address(data)
    asked = Asked(
        environment=os.environ,
        broker=address,
        role=_one_of("--role", role or _role(address), HEARS),
        store=_one_of("--store", store or ("influx" if os.environ.get(URL) else "duckdb"), STORES),
        data=data,
        url=url,
        env_file=env_file,
        read_config=lambda: _read(config or default_config_dir(), area.value),
        run=run,
        listen_s=listen,
    )
    found = {}
    for name, finding in checkup(asked):
        found[name] = finding
        if not as_json:
            out().print(line(name, finding))
    if as_json:
        typer.echo(document(found))
    if any(one.result is Result.FAIL for one in found.values()):
        raise typer.Exit(1)


def line(name: str, finding: Finding) -> Text:
    """One line for people."""
    mark, colour = SHOWN[finding.result]
    do = f" → {finding.do}" if finding.do else ""
    return Text.assemble((mark, colour), f" {name:<9} {finding.says}", (do, colour))


def document(found: dict[str, Finding]) -> str:
    checks = [
        {"check": name, "result": one.result.value, "says": one.says, "do": one.do}
        for name, one in found.items()
    ]
    well = all(one.result is not Result.FAIL for one in found.values())
    return json.dumps({"ok": well, "checks": checks}, ensure_ascii=False, indent=2)


def _address(data: Path) -> str:
    """The broker that `hengfu up` runs with this folder, else the usual one."""
    try:
        return (data / "broker-url").read_text().strip() or BROKER
    except OSError:
        return BROKER


def _role(broker: str) -> str:
    """The role that bears the name of the login, else the one that needs most."""
    try:
        user = parse_url(broker)[2]
    except BusError:
        user = None
    return user if user in HEARS else "monitor"


def _one_of(option: str, value: str, known: Iterable[str]) -> str:
    names = list(known)
    if value not in names:
        raise typer.BadParameter(f"{option} {value!r}: expected {', '.join(names)}")
    return value


def _read(folder: Path, area: str) -> str:
    every = load_everything(folder, area)
    return f"{folder} is in order: {len(every.network.sensor_ids):,} neurons ({area})"
