"""`hengfu ingest`: packs from the broker into the store, confirmed after the write."""

import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import (
    Area,
    BrokerUrlOption,
    ConfigOption,
    DataOption,
    MetricsPortOption,
    RunOption,
)
from api.logs import configure_logs
from api.processmetrics import ingest_families, metrics_door
from sensors import topics
from sensors.bus import Bus
from sensors.catalogue import load_catalogue
from sensors.heartbeat import Heartbeat
from sensors.ingest import Ingest
from sensors.network import build_network
from sensors.presence import presence
from twin.clock import wall_ms
from twin.config import default_config_dir
from twin.geography import load_geography


def ingest(
    broker: BrokerUrlOption = "mqtt://127.0.0.1:1883",
    run: RunOption = None,
    area: Annotated[
        Area | None, typer.Option(help="As the city's; learnt from its clock when not given.")
    ] = None,
    store: Annotated[
        str, typer.Option(help="Where readings are kept: duckdb or influx.")
    ] = "duckdb",
    part: Annotated[
        str | None, typer.Option(help="K/N: every N-th zone from the K-th, to share the work.")
    ] = None,
    metrics_port: MetricsPortOption = None,
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
    name, zones = _share(part, network.zone_ids)
    opened = open_store(store, data)
    bus = Bus(broker, f"hengfu-{name}-{run}", presence(run, name))
    work = Ingest(bus, opened, network, run, zones=zones)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: stopping.set())
    try:
        work.start()
        with metrics_door(metrics_port, lambda: ingest_families(work)):
            _attend(work, stopping)
    finally:
        work.stop()
        bus.close()
        opened.close()


def _attend(work: Ingest, stopping: threading.Event) -> None:
    """Show signs of life while all is well, until asked to stop."""
    heart = Heartbeat.of(os.environ)
    while not stopping.wait(1.0):
        if work.health()["ok"]:
            heart.beat(wall_ms())


def _share(part: str | None, zones: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The name of this ingest and its zones; raises typer.BadParameter."""
    if part is None:
        return "ingest", (topics.ANY,)
    number, _, count = part.partition("/")
    if not (number.isdigit() and count.isdigit() and 1 <= int(number) <= int(count) <= len(zones)):
        raise typer.BadParameter(f"--part {part!r}: expected K/N, 1 <= K <= N <= {len(zones)}")
    return f"ingest-{number}", zones[int(number) - 1 :: int(count)]
