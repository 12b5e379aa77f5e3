"""`hengfu calibrate`: fit the city's parameters to a file of real measurements."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.calibration import FITTERS, Calibrated, CalibrationError, Fitter, Span
from api.calibration.soundness import unsound
from api.cli.console import out
from api.cli.errors import UsageError
from api.cli.options import ConfigOption
from api.cli.partfiles import part_files
from twin.config import SHIPPED, default_config_dir


def calibrate(
    dataset: Annotated[str, typer.Argument(help="What the file holds, or `list`.")],
    file: Annotated[list[Path] | None, typer.Argument(help="CSV with the measurements.")] = None,
    fit: Annotated[
        str, typer.Option(help="Years to fit, e.g. 2010:2013, or first-half; all when not given.")
    ] = "",
    target: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Parameter file to write; that of the checkout's or --config's by default.",
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Fit parameters to real measurements and write them as a parameter file."""
    if dataset == "list":
        _list()
        return
    fitter = _fitter(dataset)
    files, span = _given(fitter, file or []), _span(fit)
    path = target or target_of(fitter, config, default_config_dir())
    with part_files(path) as (part,):
        done = _run(fitter, files, span)
        part.write_text(done.text, encoding="utf-8")
    for name, figure in done.figures:
        out().print(f"  {name}: {figure}")
    out().print(f"[green]✓[/] parameters in [bold]{path}[/]")


def target_of(fitter: Fitter, config: Path | None, default: Path) -> Path:
    """The parameter file of the configuration; UsageError rather than one inside the package."""
    if config is None and default == SHIPPED:
        raise UsageError(
            "the installed configuration is not overwritten: give --out FILE, or --config FOLDER "
            f"with a copy of {default}"
        )
    return (config or default) / fitter.out


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
            wrong = "is a folder, expected a file" if file.is_dir() else "there is no such file"
            raise CalibrationError(file, [wrong])
    return files


def _span(text: str) -> Span:
    try:
        return Span.parse(text)
    except ValueError as error:
        raise UsageError(f"--fit {error}") from error


def _run(fitter: Fitter, files: list[Path], span: Span) -> Calibrated:
    """The fit, all of whose numbers are finite. Raises CalibrationError."""
    try:
        done = _shown(fitter, files, span)
    except np.linalg.LinAlgError as error:
        raise CalibrationError(
            files[0], [f"no fit: {error}; does a column never change?"]
        ) from error
    if keys := unsound(done.text):
        raise CalibrationError(files[0], [f"the fit found no number for {', '.join(keys)}"])
    return done


def _shown(fitter: Fitter, files: list[Path], span: Span) -> Calibrated:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out(), transient=True) as progress:
        task = progress.add_task(f"fitting {fitter.name}", total=1.0)

        def report(share: float) -> None:
            progress.update(task, completed=share)

        if fitter.pool is not None:
            return fitter.pool(files, span, report)
        return fitter.fit(files[0], span, report)
