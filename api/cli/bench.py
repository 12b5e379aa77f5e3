"""`hengfu bench`: how fast it is here, beside bare baselines."""

import os
import platform
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from typing import Annotated

import typer
from rich.table import Table

from api.bench.row import Row
from api.cli.console import out
from api.cli.errors import UsageError
from api.cli.options import ConfigOption
from twin.config import default_config_dir


def bench(
    only: Annotated[
        str | None,
        typer.Option(
            help="One part: city, fleet, chain, vitals, http, forecast, influx, image, start,"
            " memory; else all."
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Measure speed and memory; medians of three, ratios to a bare baseline of the same run."""
    # late: the other commands do without
    from api.bench import (
        chain,
        city,
        fleet,
        forecast,
        http,
        image,
        influx,
        memory,
        start,
        vitals,
    )

    folder = config or default_config_dir()
    parts: Mapping[str, Callable[[], Iterator[Row]]] = {
        "city": lambda: city.rows(folder),
        "fleet": lambda: fleet.rows(folder),
        "chain": lambda: chain.rows(folder),
        "vitals": lambda: vitals.rows(folder),
        "http": lambda: http.rows(folder),
        "forecast": lambda: forecast.rows(folder),
        "influx": lambda: influx.rows(folder),
        "image": image.rows,
        "start": start.rows,
        "memory": lambda: memory.rows(folder),
    }
    if only is not None and only not in parts:
        raise UsageError(f"part {only!r}: expected one of {', '.join(parts)}")
    table = Table(box=None)
    for title in ("what", "figure", "baseline", "ratio", "bar", ""):
        table.add_column(title, no_wrap=True)
    for name, rows in parts.items():
        if only in (None, name):
            with out().status(f"measuring {name} …"):
                for row in rows():
                    table.add_row(*_cells(row))
    out().print(_machine())
    out().print(table)


def _machine() -> str:
    libraries = ("numpy", "simpy", "duckdb", "paho-mqtt", "fastapi")
    versions = " ".join(f"{name} {version(name)}" for name in libraries)
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, hengfu-twin {version('hengfu-twin')}, {versions}"
    )


def _cells(row: Row) -> tuple[str, str, str, str, str, str]:
    bare = "" if row.baseline is None else f"{_number(row.baseline)} {row.baseline_name}"
    ratio = "" if not row.baseline else f"{row.figure / row.baseline:.2f}"
    sign = "≥" if row.more_is_better else "≤"
    bar = "" if row.target is None else f"{sign} {_number(row.target)}"
    mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: ""}[row.reached]
    return row.what, f"{_number(row.figure)} {row.unit}", bare, ratio, bar, mark


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
