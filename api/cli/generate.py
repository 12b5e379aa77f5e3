"""`hengfu generate`: streams straight to Parquet, with the truth's labels beside them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from api.cli.console import out
from api.cli.errors import UsageError
from api.cli.options import (
    Area,
    AreaOption,
    ConfigOption,
    FaultsOption,
    SeedOption,
    parse_start,
)
from api.export import Export, export
from sensors.faults.profile import ORDINARY
from twin.clock import DAY_MS
from twin.config import default_config_dir


def generate(
    target: Annotated[Path, typer.Option("--out", help="New or empty folder for the files.")],
    days: Annotated[float, typer.Option(min=0.01, max=3660, help="City days to generate.")] = 1.0,
    seed: SeedOption = 42,
    start: Annotated[
        str, typer.Option(help="City time of the first reading (Shanghai).")
    ] = "2026-05-01T00:00",
    area: AreaOption = Area.CORE,
    faults: FaultsOption = ORDINARY,
    config: ConfigOption = None,
) -> None:
    """Write readings, labels and device faults of N city days to Parquet and JSON lines."""
    if target.exists() and any(target.iterdir()):
        raise UsageError(f"folder {target} is not empty: give a new one with --out")
    start_ms = parse_start(start)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out()) as progress:
        task = progress.add_task("city days", total=days)
        work = export(
            config or default_config_dir(),
            area.value,
            seed,
            start_ms,
            start_ms + round(days * DAY_MS),
            target,
            faults,
        )
        done = Export()
        for done in work:
            progress.update(task, completed=(done.t_ms - start_ms) / DAY_MS)
    out().print(
        f"[green]✓[/] {done.readings:,} readings, {done.labels} incidents, "
        f"{done.faults} device faults in [bold]{target}[/]"
    )
