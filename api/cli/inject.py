"""`hengfu inject`: make something happen in the city."""

from typing import Annotated, Any

import typer

from api.cli.console import out
from api.cli.http import call
from api.cli.options import UrlOption


def inject(
    scenario: Annotated[
        str, typer.Argument(help="crowd_surge, rainstorm_ponding, … (`hengfu inject list`)")
    ],
    target: Annotated[
        str | None, typer.Option(help="Entity id; the scenario's usual place when not given.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.5, max=43_200, help="How long it lasts, city minutes.")
    ] = None,
    magnitude: Annotated[
        float | None, typer.Option(min=0.05, max=10, help="Strength; 1 is typical.")
    ] = None,
    url: UrlOption = "http://127.0.0.1:8000",
) -> None:
    """Inject an incident into the running city; its label joins the truth."""
    if scenario == "list":
        _list(url)
        return
    body: dict[str, Any] = {"scenario": scenario, "target": target, "magnitude": magnitude}
    body["duration_s"] = None if minutes is None else round(minutes * 60)
    wanted = {key: value for key, value in body.items() if value is not None}
    made = call("POST", url, "/api/v1/simulation/incidents", json=wanted)
    out().print(f"[green]injected[/] {scenario}: incident [bold]{made['incident']}[/]")
    out().print("watch what it does: [bold]hengfu watch[/]")


def _list(url: str) -> None:
    for row in call("GET", url, "/api/v1/simulation")["scenarios"]:
        out().print(f"[bold]{row['id']:24}[/] {row['name_zh']}  {row['name_en']}")
