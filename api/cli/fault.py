"""`hengfu fault`: break neurons and gateways of the running city."""

from typing import Annotated, Any

import typer

from api.cli.console import out
from api.cli.http import call
from api.cli.options import UrlOption


def fault(
    fault: Annotated[
        str, typer.Argument(help="stuck, bias, dead, clock_jump, spoofed, gateway_outage, …")
    ],
    target: Annotated[
        str, typer.Option(help="A neuron, a gateway ZONE/GATEWAY, or several with commas.")
    ],
    minutes: Annotated[
        float, typer.Option(min=0.5, max=43_200, help="How long it lasts, city minutes.")
    ] = 60.0,
    size: Annotated[
        float | None, typer.Option(help="How strong, in the unit of config/faults.toml.")
    ] = None,
    url: UrlOption = "http://127.0.0.1:8000",
) -> None:
    """Inject a device fault; its label joins the truth, the city itself is not touched."""
    body: dict[str, Any] = {"fault": fault, "target": target, "duration_s": round(minutes * 60)}
    if size is not None:
        body["size"] = size
    made = call("POST", url, "/api/v1/simulation/faults", json=body)
    out().print(f"[green]injected[/] {fault}: {made['detail']}")
