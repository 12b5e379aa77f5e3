"""`hengfu serve`: vital signs, alerts and HTTP; with an embedded store also the ingest."""

import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.errors import UsageError
from api.cli.options import Area, BrokerUrlOption, ConfigOption, DataOption, RunOption
from api.logs import configure_logs
from twin.config import default_config_dir

if TYPE_CHECKING:
    from api.service import Services

LOOPBACK = "127.0.0.1"
GRACE_S = 3


def serve(
    broker: BrokerUrlOption = "mqtt://127.0.0.1:1883",
    run: RunOption = None,
    area: Annotated[
        Area | None, typer.Option(help="As the city's; learnt from its clock when not given.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="HTTP port on 127.0.0.1.")] = 8000,
    store: Annotated[str, typer.Option(help="Where readings are kept: duckdb.")] = "duckdb",
    ingest: Annotated[
        bool, typer.Option(help="Ingest here too; an embedded store allows one process only.")
    ] = True,
    data: DataOption = Path("data"),
    config: ConfigOption = None,
) -> None:
    """Serve the vital signs, alerts and feeds of one run over HTTP."""
    from api.service import build_services  # late: the other commands start without the web

    configure_logs()
    listener = _listen(port)
    services = build_services(
        config or default_config_dir(),
        data,
        broker,
        run=run,
        area=None if area is None else area.value,
        store=store,
        with_ingest=ingest,
    )
    _serve(services, listener)


def _serve(services: "Services", listener: socket.socket) -> None:
    import uvicorn

    from api.app import create_app

    config = uvicorn.Config(
        create_app(services),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        lifespan="on",
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: None)  # uvicorn raises it again at its end
    services.start()
    try:
        uvicorn.Server(config).run([listener])
    finally:
        services.stop()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError:
        listener.close()
        raise UsageError(f"port {port} is in use: give another with --port") from None
    return listener
