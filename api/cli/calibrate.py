"""`hengfu calibrate`: fit the city's parameters to a file of real measurements."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.calibration import FITTERS, Calibrated, CalibrationError, Fitter, Span
from api.cli.console import out
from api.cli.errors import UsageError
from api.cli.options import ConfigOption
from twin.config import default_config_dir


def calibrate(
    dataset: Annotated[str, typer.Argument(help="What the file holds, or `list`.")],
    file: Annotated[list[Path] | None, typer.Argument(help="CSV with the measurements.")] = None,
    fit: Annotated[
        str, typer.Option(help="Years to fit, e.g. 2010:2013, or first-half; all when not given.")
    ] = "",
    target: Annotated[
        Path | None,
        typer.Option("--out", help="Parameter file to write; the configuration's own by default."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Fit parameters to real measurements and write them as a parameter file."""
    if dataset == "list":
        _list()
        return
    fitter = _fitter(dataset)
    done = _run(fitter, _given(fitter, file or []), _span(fit))
    path = target or (config or default_config_dir()) / fitter.out
    _write(path, done.text)
    for name, figure in done.figures:
        out().print(f"  {name}: {figure}")
    out().print(f"[green]✓[/] parameters in [bold]{path}[/]")


def _list() -> None:
    for fitter in FITTERS.values():
        out().print(f"[bold]{fitter.name}[/] -> {fitter.out}: {fitter.needs}")


def _fitter(dataset: str) -> Fitter:
    if dataset not in FITTERS:
        raise UsageError(f"unknown dataset {dataset!r}: expected list or one of {_names()}")
    return FITTERS[dataset]


def _names() -> str:
    return ", ".join(sorted(FITTERS))


def _given(fitter: Fitter, files: list[Path]) -> list[Path]:
    if not files:
        raise UsageError(f"hengfu calibrate {fitter.name} FILE: a file is needed: {fitter.needs}")
    if len(files) > 1 and fitter.pool is None:
        raise UsageError(f"hengfu calibrate {fitter.name} takes one file, {len(files)} were given")
    for file in files:
        if not file.is_file():
            raise CalibrationError(file, ["there is no such file"])
    return files


def _span(text: str) -> Span:
    try:
        return Span.parse(text)
    except ValueError as error:
        raise UsageError(f"--fit {error}") from error


def _run(fitter: Fitter, files: list[Path], span: Span) -> Calibrated:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out(), transient=True) as progress:
        task = progress.add_task(f"fitting {fitter.name}", total=1.0)

        def report(share: float) -> None:
            progress.update(task, completed=share)

        if fitter.pool is not None:
            return fitter.pool(files, span, report)
        return fitter.fit(files[0], span, report)


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
