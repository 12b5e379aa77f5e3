"""`hengfu realism`: how real the simulated streams are, beside a file of measurements."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.calibration import Span
from api.cli.console import out
from api.cli.errors import UsageError
from api.cli.options import ConfigOption, SeedOption
from api.cli.partfiles import part_files
from api.realism.comparisons import Request
from api.realism.report import Report, make_report
from twin.config import default_config_dir

_SHOWN = 12


def realism(
    against: Annotated[Path, typer.Option("--against", help="CSV of real measurements.")],
    target: Annotated[
        Path, typer.Option("--out", help="Folder for realism.html and realism.json.")
    ] = Path("realism"),
    fit: Annotated[
        str, typer.Option(help="Real years to simulate, e.g. 2012:2013; chosen when not given.")
    ] = "",
    check: Annotated[
        str, typer.Option(help="Real years to compare with, e.g. 2014; chosen when not given.")
    ] = "",
    export: Annotated[
        Path | None, typer.Option(help="CSV for the simulated series, step by step.")
    ] = None,
    years: Annotated[
        int, typer.Option(min=0, max=100, help="Export this many years instead of the span alone.")
    ] = 0,
    strict: Annotated[bool, typer.Option(help="Exit code 1 when a line does not pass.")] = False,
    seed: SeedOption = 42,
    config: ConfigOption = None,
) -> None:
    """Compare a simulated span with real measurements; the yardstick is real against real."""
    if years and export is None:
        raise UsageError("--years needs --export FILE")
    _must_be_folder(target)
    _must_be_writable(export)
    request = Request(
        against, config or default_config_dir(), seed, _years("fit", fit), _years("check", check),
        years, export is not None,
    )  # fmt: skip
    with part_files(*_targets(target, export)) as parts:
        with out().status("reading …") as status:
            report = make_report(request, lambda what: status.update(f"{what} …"))
        for part, text in zip(parts, _texts(report), strict=False):  # export is the last
            part.write_text(text, encoding="utf-8")
    _tell(report, target, export)
    if strict and not report.verdict.passed:
        raise typer.Exit(1)


def _must_be_folder(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise UsageError(f"--out {target}: a file is there, expected a folder")


def _must_be_writable(export: Path | None) -> None:
    """Before minutes of work: the folder of the file to export must be there."""
    if export is not None and (export.is_dir() or not export.parent.is_dir()):
        raise UsageError(f"--export {export}: expected a file in a folder that exists")


def _years(option: str, text: str) -> tuple[int, int] | None:
    if not text:
        return None
    try:
        span = Span.parse(text)
    except ValueError as error:
        raise UsageError(f"--{option} {error}") from error
    if span.first is None or span.last is None:
        raise UsageError(f"--{option} {text!r}: expected a first and a last year")
    return span.first, span.last


def _targets(target: Path, export: Path | None) -> list[Path]:
    return [target / "realism.json", target / "realism.html", *([export] if export else [])]


def _texts(report: Report) -> tuple[str, str, str]:
    """In the order of the targets."""
    record = json.dumps(report.record, ensure_ascii=False, indent=1) + "\n"
    return record, report.html, "\n".join(report.csv) + "\n"


def _tell(report: Report, target: Path, export: Path | None) -> None:
    lines = report.verdict.lines
    failed = [f"[red]✗[/] {line.name_en}: {line.reason}" for line in lines if not line.passed]
    _print(failed[:_SHOWN])
    if len(failed) > _SHOWN:
        out().print(f"… and {len(failed) - _SHOWN} more in the report")
    for trial in report.verdict.trials:
        out().print(
            f"two-sample AUC, {trial.name_en}: {trial.simulated.auc:.3f} (real against real "
            f"{trial.real.auc:.3f}, random walk {trial.random_walk_auc:.3f})"
        )
    real, simulated, told = report.verdict.control
    if told:
        out().print(
            f"the real years {report.verdict.split.spare_name} in its place would pass {real} of "
            f"{told} lines, the simulated span passes {simulated}"
        )
    mark = "[green]✓[/]" if report.verdict.passed else "[red]✗[/]"
    out().print(
        f"{mark} {len(lines) - len(failed)} of {len(lines)} lines passed; {target}/realism.html"
    )
    if export is not None:
        out().print(f"simulated series in [bold]{export}[/]")


def _print(texts: Sequence[str]) -> None:
    for text in texts:
        out().print(text)
