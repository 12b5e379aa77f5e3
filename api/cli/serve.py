"""`hengfu serve`: vital signs, alerts and HTTP; with an embedded store also the ingest."""

import os
import signal
import socket
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from api.cli.address import Address, listen, resolve
from api.cli.errors import UsageError
from api.cli.options import (
    Area,
    BrokerUrlOption,
    ConfigOption,
    DataOption,
    RunOption,
    TlsCertOption,
    TlsKeyOption,
)
from api.cli.tls import check_pair
from api.keyring import KeyRing
from api.ledger import LEDGER_FILE, Ledger
from api.logs import configure_logs
from sensors.brokerurl import PRIVATE
from twin.config import default_config_dir

if TYPE_CHECKING:
    from api.service import Services

LOOPBACK = "127.0.0.1"
GRACE_S = 3

_log = structlog.get_logger(__name__)


def serve(
    broker: BrokerUrlOption = "mqtt://127.0.0.1:1883",
    run: RunOption = None,
    area: Annotated[
        Area | None, typer.Option(help="As the city's; learnt from its clock when not given.")
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; beyond loopback API keys are demanded.")
    ] = LOOPBACK,
    port: Annotated[int, typer.Option(min=1, max=65535, help="HTTP port.")] = 8000,
    require_keys: Annotated[
        bool, typer.Option("--require-keys", help="Demand API keys on loopback too.")
    ] = False,
    store: Annotated[
        str, typer.Option(help="Where readings are kept: duckdb or influx.")
    ] = "duckdb",
    ingest: Annotated[
        bool, typer.Option(help="Ingest here too; an embedded store allows one process only.")
    ] = True,
    data: DataOption = Path("data"),
    config: ConfigOption = None,
    tls_cert: TlsCertOption = None,
    tls_key: TlsKeyOption = None,
) -> None:
    """Serve the vital signs, alerts and feeds of one run over HTTP."""
    from api.service import build_services  # late: the other commands start without the web

    configure_logs()
    check_pair(tls_cert, tls_key)
    address = resolve(host, port)
    keys_demanded = require_keys or not address.loopback
    if keys_demanded:
        _check_keys(data, address)
    if tls_cert is None and not address.loopback and not os.environ.get(PRIVATE):
        _log.warning("API keys go over the network in the clear: give --tls-cert and --tls-key")
    listener = listen(address)
    services = build_services(
        config or default_config_dir(),
        data,
        broker,
        run=run,
        area=None if area is None else area.value,
        store=store,
        with_ingest=ingest,
    )
    _serve(services, listener, keys_demanded, tls_cert, tls_key)


def _check_keys(data: Path, address: Address) -> None:
    """Raises UsageError when nobody could enter."""
    with closing(Ledger(data / LEDGER_FILE)) as ledger:
        if not KeyRing(ledger).any_valid():
            raise UsageError(
                f"API keys are demanded on {address.host} and none is valid: "
                f"first run `hengfu keys create NAME --role admin --data {data}`"
            )


def _serve(
    services: "Services",
    listener: socket.socket,
    keys_demanded: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
) -> None:
    import uvicorn

    from api.app import create_app

    config = uvicorn.Config(
        create_app(services, keys_demanded),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        lifespan="on",
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: None)  # uvicorn raises it again at its end
    services.start()
    try:
        uvicorn.Server(config).run([listener])
    finally:
        services.stop()
