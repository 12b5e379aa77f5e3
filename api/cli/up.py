"""`hengfu up`: the whole quarter on one machine, no Docker."""

import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import httpx
import typer

from api.cli.check import load_everything
from api.cli.console import out
from api.cli.errors import UsageError
from api.cli.options import (
    Area,
    AreaOption,
    ConfigOption,
    DataOption,
    FaultsOption,
    SeedOption,
    SpeedOption,
    StartOption,
    TlsCertOption,
    TlsKeyOption,
    default_start,
    new_run_id,
    parse_speed,
    parse_start,
)
from api.cli.tls import check_pair
from api.supervisor import BrokerChild, Child, ChildDied, Family, folder_lock, port_is_free
from sensors.broker import start_broker
from sensors.faults.profile import ORDINARY, load_profile
from twin.clock import iso, wall_ms
from twin.config import default_config_dir

HOST = "127.0.0.1"
READY_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What `up` was asked for."""

    port: int
    speed: str
    start_ms: int
    seed: int
    area: Area
    faults: str
    broker: str
    store: str
    data: Path
    config: Path | None
    tls_cert: Path | None = None
    tls_key: Path | None = None

    @property
    def url(self) -> str:
        return f"{'http' if self.tls_cert is None else 'https'}://{HOST}:{self.port}"

    def roles(self, run: str) -> dict[str, list[str]]:
        """The commands of the children; the broker's address goes by the environment."""
        common = ["--run", run, "--area", self.area.value, "--data", str(self.data)]
        common += [] if self.config is None else ["--config", str(self.config)]
        city = ["--speed", self.speed, "--start", iso(self.start_ms), "--seed", str(self.seed)]
        city += ["--faults", self.faults]
        service = ["--port", str(self.port), "--store", self.store, "--ingest"]
        if self.tls_cert is not None:
            service += ["--tls-cert", str(self.tls_cert), "--tls-key", str(self.tls_key)]
        return {
            "service": ["serve", *common, *service],
            "city": ["simulate", *common, *city, "--resume"],
        }


def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help="HTTP port on 127.0.0.1.")] = 8000,
    speed: SpeedOption = "60",
    start: StartOption = None,
    seed: SeedOption = 42,
    area: AreaOption = Area.CORE,
    faults: FaultsOption = ORDINARY,
    broker: Annotated[
        str, typer.Option(help="auto, mosquitto or nats to start one; mqtt://host:port to use one.")
    ] = "auto",
    store: Annotated[str, typer.Option(help="Where readings are kept: duckdb (embedded).")] = (
        "duckdb"
    ),
    data: DataOption = Path("data"),
    config: ConfigOption = None,
    tls_cert: TlsCertOption = None,
    tls_key: TlsKeyOption = None,
) -> None:
    """Bring up broker, city, ingest, vital signs, alerts and HTTP; Ctrl-C stops them all."""
    parse_speed(speed)
    if store != "duckdb":
        raise UsageError(f"store {store!r}: here only duckdb; for influx start the services apart")
    check_pair(tls_cert, tls_key)
    start_ms = default_start() if start is None else parse_start(start)
    load_everything(config or default_config_dir(), area.value)
    load_profile(config or default_config_dir(), faults)
    if not port_is_free(HOST, port):
        raise UsageError(f"port {port} is in use: give another with --port")
    try:
        with folder_lock(data):
            plan = Plan(port, speed, start_ms, seed, area, faults, broker, store, data, config)
            _run(replace(plan, tls_cert=tls_cert, tls_key=tls_key))
    except BlockingIOError:
        raise UsageError(
            f"data folder {data} is in use by another hengfu: give another with --data"
        ) from None


def _run(plan: Plan) -> None:
    began = time.monotonic()
    run = new_run_id(wall_ms())
    logs = plan.data / "runs" / run
    logs.mkdir(parents=True, exist_ok=True)
    family = Family()
    _stop_on_terminate()
    try:
        broker = _broker(plan, family)
        with _address_file(plan.data / "broker-url", broker):
            for name, arguments in plan.roles(run).items():
                family.add(Child(name, arguments, logs / f"{name}.log", {"HENGFU_BROKER": broker}))
            _wait_until_ready(family, plan.url, began)
            _greet(plan, run, time.monotonic() - began)
            _tend(family)
    except ChildDied as error:
        raise UsageError(f"{error} (logs: {logs})") from None
    except KeyboardInterrupt:
        out().print("\nstopping …")
    finally:
        _stop(family)


def _broker(plan: Plan, family: Family) -> str:
    """The address of the broker, our own or a given one."""
    if "://" in plan.broker:
        return plan.broker
    server = start_broker(plan.broker, plan.data / "broker")
    family.add(BrokerChild(server))
    return server.url


@contextlib.contextmanager
def _address_file(path: Path, broker: str) -> Iterator[None]:
    """The broker's address with its password, readable by this user only, while it runs."""
    path.touch(0o600)
    path.write_text(broker)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _stop_on_terminate() -> None:
    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)  # SIGINT too: a shell's background job starts without it


def _stop(family: Family) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave children behind
    family.stop()


def _wait_until_ready(family: Family, url: str, began: float) -> None:
    """Until the first full set of vital signs, or ChildDied."""
    with out().status("starting broker, city and service …"):
        while time.monotonic() - began < READY_WITHIN_S:
            family.tend()
            if _ready(url):
                return
            time.sleep(0.1)
    raise ChildDied(f"service was not ready within {READY_WITHIN_S:.0f} s")


def _ready(url: str) -> bool:
    try:
        # our own child on loopback, by its number: the certificate names some host, not this
        return httpx.get(f"{url}/readyz", timeout=2.0, verify=False).status_code == 200
    except httpx.HTTPError:
        return False


def _tend(family: Family) -> None:
    while True:
        for name in family.tend():
            out().print(f"[yellow]{name} was killed and has been started again[/]")
        time.sleep(0.5)


def _greet(plan: Plan, run: str, took_s: float) -> None:
    base = plan.url
    url = "" if base == "http://127.0.0.1:8000" else f" --url {base}"
    topic = f'"$(cat {plan.data / "broker-url"})/hengfu/v1/+/readings/#"'
    shown = [
        f"run [bold]{run}[/], all vital signs after {took_s:.1f} s",
        f"vital signs  [bold]curl {base}/api/v1/vitals[/]",
        f"alert feed   [bold]curl -N {base}/api/v1/alerts/stream[/]",
        f"readings     [bold]mosquitto_sub -L {topic}[/]",
        f"API          [bold]{base}/docs[/]",
        f"try          [bold]hengfu watch{url}[/]",
        f"             [bold]hengfu inject crowd_surge{url}[/]",
        "stop         Ctrl-C",
    ]
    out().print("\n".join(["[bold]衡复孪生 Hengfu Twin[/]", *("  " + line for line in shown)]))
