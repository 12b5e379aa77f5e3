"""`hengfu ingest`: packs from the broker into the store, confirmed after the write."""

import signal
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Area, BrokerUrlOption, ConfigOption, DataOption, RunOption
from api.logs import configure_logs
from sensors.bus import Bus
from sensors.catalogue import load_catalogue
from sensors.ingest import Ingest
from sensors.network import build_network
from sensors.presence import presence
from twin.config import default_config_dir
from twin.geography import load_geography


def ingest(
    broker: BrokerUrlOption = "mqtt://127.0.0.1:1883",
    run: RunOption = None,
    area: Annotated[
        Area | None, typer.Option(help="As the city's; learnt from its clock when not given.")
    ] = None,
    store: Annotated[str, typer.Option(help="Where readings are kept: duckdb.")] = "duckdb",
    data: DataOption = Path("data"),
    config: ConfigOption = None,
) -> None:
    """Write the readings of one run into the store, without serving them."""
    from api.service import find_run, open_store  # late: see serve

    configure_logs()
    if run is None or area is None:
        found = find_run(broker, run)
        run, area = run or found.run, area or Area(found.area)
    folder = config or default_config_dir()
    network = build_network(load_catalogue(folder), load_geography(folder, area.value))
    opened = open_store(store, data)
    bus = Bus(broker, f"hengfu-ingest-{run}", presence(run, "ingest"))
    work = Ingest(bus, opened, network, run)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: work.stop())
    try:
        work.run()
    finally:
        bus.close()
        opened.close()
