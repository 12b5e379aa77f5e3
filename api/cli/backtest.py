"""`hengfu backtest`: how good the forecasts are, lead by lead, against plain baselines."""

import json
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from api.cli.console import note, out
from api.cli.errors import UsageError
from api.cli.options import Area, AreaOption, ConfigOption, DataOption, SeedOption, parse_start
from api.config import Rulebook, load_rulebook
from api.forecast import backtest as rolling
from api.forecast.backtest import Record, Trial
from api.forecast.grid import Grid, Layout, arranged, load_grid, save_grid
from api.forecast.plan import Plan, make_plan, wanted
from api.forecast.report import report
from api.forecast.settings import ForecastSettings, load_forecast_settings
from api.forecast.storedpast import stored_grid
from api.simulatedhistory import SimulatedHistory
from api.vitals.engine import VitalEngine
from sensors.catalogue import load_catalogue
from sensors.network import build_network
from twin.clock import DAY_MS, local_midnight
from twin.config import default_config_dir
from twin.geography import load_geography

WIDE = 110
IN_TABLE_MIN = (15, 60, 180, 360)  # the file has all leads


def backtest(
    days: Annotated[int, typer.Option(min=5, max=366, help="City days to simulate.")] = 28,
    train_days: Annotated[int, typer.Option(min=4, help="Learn from these before scoring.")] = 14,
    refit_days: Annotated[int, typer.Option(min=1, help="Learn again after so many days.")] = 2,
    indicator: Annotated[
        list[str] | None, typer.Option(help="Only this one; may be repeated.", metavar="ID")
    ] = None,
    seed: SeedOption = 42,
    start: Annotated[
        str, typer.Option(help="City time at which the simulated days begin (Shanghai).")
    ] = "2026-05-06T00:00",
    history: Annotated[
        Path | None,
        typer.Option(help="File of simulated days: read if it exists, otherwise written."),
    ] = None,
    from_store: Annotated[
        str | None, typer.Option("--from-store", help="A stored run instead.", metavar="RUN")
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--out", help="Write all figures to this JSON file.")
    ] = None,
    store: Annotated[str, typer.Option(help="Where that run is: duckdb or influx.")] = "duckdb",
    data: DataOption = Path("data"),
    area: AreaOption = Area.CORE,
    config: ConfigOption = None,
) -> None:
    """Score the forecasts of days gone by against persistence and seasonal-naive."""
    folder = config or default_config_dir()
    rulebook = load_rulebook(folder, load_catalogue(folder))
    settings = load_forecast_settings(folder, rulebook)
    layout = _layout(folder, area.value, rulebook, settings)
    if from_store is not None:
        grid = _stored(from_store, store, data, layout)
    else:
        grid = _simulated(Wish(folder, area.value, seed, parse_start(start), days), history, layout)
    plan = _only(make_plan(settings, rulebook, layout), indicator)
    found = report(_score(grid, plan, settings, train_days, refit_days), plan, settings.leads_min)
    console = out()
    console.width = max(console.width, WIDE)  # also into a pipe
    console.print(_table(found))
    if target is not None:
        target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        note(f"all figures in {target}")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which days to simulate."""

    folder: Path
    area: str
    seed: int
    start_ms: int
    days: int


def _layout(folder: Path, area: str, rulebook: Rulebook, settings: ForecastSettings) -> Layout:
    geography = load_geography(folder, area)
    network = build_network(load_catalogue(folder), geography)
    rosters = VitalEngine(rulebook, geography, network).rosters
    return Layout.of(rosters, rulebook, wanted(settings))


def _stored(run: str, store: str, data: Path, layout: Layout) -> Grid:
    """The minutes that the store still has of the run."""
    from api.service import open_store  # late: the simulated way does without

    with closing(open_store(store, data)) as opened:
        span = {one.run: one for one in opened.runs()}.get(run)
        if span is None or span.first_ms is None or span.last_ms is None:
            raise UsageError(f"run {run!r} has nothing in the store: see `hengfu runs list`")
        start_ms = local_midnight(span.first_ms)
        return stored_grid(opened, run, layout, start_ms, span.last_ms)


def _simulated(wish: Wish, file: Path | None, layout: Layout) -> Grid:
    if file is not None and file.exists():
        try:
            return load_grid(file, layout)
        except ValueError as error:
            raise UsageError(str(error)) from error
    lived = SimulatedHistory(wish.folder, wish.area, wish.seed, wish.start_ms)
    with _progress() as progress:
        task = progress.add_task("city days", total=wish.days)
        for now_ms in lived.live(wish.start_ms + wish.days * DAY_MS):
            progress.update(task, completed=(now_ms - wish.start_ms) / DAY_MS)
    if file is not None:
        save_grid(file, lived.grid, lived.layout)
    return Grid(
        lived.grid.first_ms,
        arranged(lived.grid.values, lived.layout.names().tolist(), layout),
    )


def _only(plan: Plan, indicators: list[str] | None) -> Plan:
    if not indicators:
        return plan
    there = {one.key[0] for one in plan.targets}
    for name in indicators:
        if name not in there:
            raise UsageError(f"indicator {name!r} is not forecast: {plan.reason(name).en}")
    return replace(plan, targets=tuple(one for one in plan.targets if one.key[0] in indicators))


def _score(
    grid: Grid, plan: Plan, settings: ForecastSettings, train_days: int, refit_days: int
) -> list[Record]:
    try:
        stretches = rolling.folds(grid, train_days, refit_days)
    except ValueError as error:
        raise UsageError(f"{error}: simulate more --days or lower --train-days") from error
    trials: list[Trial] = []
    with _progress() as progress:
        task = progress.add_task("back-test", total=len(stretches) * len(plan.targets))
        for trial in rolling.backtest(grid, plan, settings, stretches):
            progress.advance(task)
            trials += [] if trial is None else [trial]
    return rolling.records(trials)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, TimeRemainingColumn(), console=out())


def _table(found: dict[str, Any]) -> Table:
    """Gain over the better baseline and coverage at some leads; dim where it would be hidden."""
    table = Table(box=None)
    for title in ("", "level", *(f"{lead} min" for lead in IN_TABLE_MIN), "CRPS 1 h", "baselines"):
        table.add_column(title, no_wrap=True, justify="left" if title in ("", "level") else "right")
    for item in found["items"]:
        leads = {lead["lead_min"]: lead for lead in item["leads"]}
        hour = leads.get(60, item["leads"][0])
        table.add_row(
            item["indicator"],
            item["level"],
            *(_cell(leads.get(lead)) for lead in IN_TABLE_MIN),
            f"{hour['crps']}",
            f"{hour['crps_persistence']} {hour['crps_seasonal_naive']}",
        )
    return table


def _cell(lead: dict[str, Any] | None) -> str:
    """`+23% 91 ●`: gain, coverage of the 90 % interval, share of the time it was shown."""
    if lead is None or lead["coverage_90"] is None:
        return ""
    share = lead["shown_share"]
    mark = "●" if share > 2 / 3 else "◐" if share > 1 / 3 else "○"
    return f"{lead['gain']:+.0%} {100 * lead['coverage_90']:.0f} {mark}"
