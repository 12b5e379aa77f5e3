"""`hengfu runs`: the runs that the store holds."""

from typing import Annotated

import typer
from rich.table import Table

from api.cli.console import out
from api.cli.http import call
from api.cli.options import UrlOption

app = typer.Typer(help="List and delete runs.", no_args_is_help=True)


@app.command("list")
def list_runs(url: UrlOption = "http://127.0.0.1:8000") -> None:
    """Every run with what is stored of it."""
    table = Table("run", "live", "first reading", "last reading", box=None)
    for run in call("GET", url, "/api/v1/runs")["items"]:
        live = "●" if run["live"] else ""
        table.add_row(run["run"], live, run["first"] or "", run["last"] or "")
    out().print(table)


@app.command("delete")
def delete_run(
    run: Annotated[str, typer.Argument(help="Run id from `hengfu runs list`.")],
    url: UrlOption = "http://127.0.0.1:8000",
) -> None:
    """Delete a run that is not live: series, retained topics and files; the ledger stays."""
    call("DELETE", url, f"/api/v1/runs/{run}")
    out().print(f"deleted {run}")
