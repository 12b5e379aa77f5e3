"""The chain into InfluxDB, its answers, and the memory of a real `hengfu ingest`.

HENGFU_INFLUX_… name the server; without them Debian's `influxd` is started, if it is installed.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path

import httpx
import numpy as np

from api.bench.chain import HOURS, START_MS, TARGET, WITHIN_S, network_and_packs, send
from api.bench.influxserver import find_influxd, start_influx
from api.bench.row import Row, median_s
from api.bench.start import free_port
from sensors import topics
from sensors.broker import find_program, start_broker
from sensors.bus import Bus
from sensors.clockmessage import ClockMessage, encode_clock
from sensors.network import Network
from sensors.outbox import Pack
from sensors.reading import ReadingBatch
from sensors.store.base import Store
from sensors.store.influx import InfluxStore
from sensors.store.influxlines import Heads
from sensors.store.influxlink import InfluxLink
from sensors.store.influxsettings import BUCKET, ORG, TOKEN, URL, InfluxSettings, influx_settings
from twin.clock import DAY_MS, HOUR_MS, SECOND_MS, wall_ms

STEP_S = 10  # a reading every ten seconds, the fastest cadence of the catalogue's numbers
MONTH_MS = 30 * DAY_MS
PART = 3  # of the hours that the embedded store is given
RECALL_WITHIN_S = 180.0

Environment = Mapping[str, str]


def rows(config: Path) -> Iterator[Row]:
    """Everything in a run of its own, which is deleted again."""
    if find_program("mosquitto") is None or not (find_influxd() or os.environ.get(URL)):
        yield Row(f"InfluxDB not measured: needs mosquitto, and influxd or {URL}", "", np.nan)
        return
    network, packs = network_and_packs(config)
    packs = packs[: len(packs) // PART]
    run = f"bench-{wall_ms()}"
    with tempfile.TemporaryDirectory() as folder, _influx(Path(folder)) as settings:
        environment = {**os.environ, **_variables(settings)}
        broker = start_broker("mosquitto", Path(folder) / "broker")
        try:
            with closing(InfluxStore(settings)) as store:
                yield from _written(network, packs, run, broker.url, environment, settings)
                yield from _latest(network, run, broker.url, environment, Path(folder), store)
                yield _month(network, f"{run}-month", store)
                for name in () if URL not in os.environ else (run, f"{run}-bare", f"{run}-month"):
                    store.delete(name)
        finally:
            broker.stop()


@contextmanager
def _influx(folder: Path) -> Iterator[InfluxSettings]:
    if os.environ.get(URL):
        yield influx_settings(os.environ)
        return
    server = start_influx(folder / "influx")
    try:
        yield server.create("bench")  # goes with its folder
    finally:
        server.stop()


def _variables(settings: InfluxSettings) -> dict[str, str]:
    token = settings.token.get_secret_value()
    return {URL: settings.url, TOKEN: token, BUCKET: settings.bucket, ORG: settings.org}


@contextmanager
def _hengfu(environment: Environment, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "api.cli", *arguments]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _written(
    network: Network,
    packs: list[Pack],
    run: str,
    broker: str,
    environment: Environment,
    settings: InfluxSettings,
) -> Iterator[Row]:
    """From the first pack sent to the last one confirmed, and what the ingest held at most."""
    readings = sum(pack.payload.count(b'"n"') for pack in packs)
    bare_s = _bare_s(network, readings, f"{run}-bare", settings)
    where = ["--broker", broker, "--run", run, "--area", "core", "--store", "influx"]
    with _hengfu(environment, "ingest", *where) as ingest:
        _wait_listening(broker, run)
        with ProcessPoolExecutor(1, get_context("spawn")) as city:
            took_s = city.submit(send, broker, packs, run).result()
        peak_mb = _peak_mb(ingest.pid)
    what = f"readings over mosquitto into InfluxDB, packs of {round(readings / len(packs))}"
    yield Row(what, "/s", readings / took_s, readings / bare_s, "bare InfluxDB write", TARGET)
    yield Row(
        "memory of hengfu ingest at its peak", "MB", peak_mb, target=300, more_is_better=False
    )


def _bare_s(network: Network, readings: int, run: str, settings: InfluxSettings) -> float:
    """Seconds for as many lines, made beforehand, in requests of the same size."""
    rows = np.arange(readings, dtype=np.int32) % len(network.series)
    times = START_MS + np.arange(readings, dtype=np.int64) * SECOND_MS
    lines = Heads(run, network).lines(ReadingBatch(rows, times, times / 7))
    link = InfluxLink(settings)
    begun = time.perf_counter()
    link.write(lines)
    took_s = time.perf_counter() - begun
    link.close()
    return took_s


def _latest(
    network: Network,
    run: str,
    broker: str,
    environment: Environment,
    folder: Path,
    store: Store,
) -> Iterator[Row]:
    """All neurons at once over HTTP, as a page would ask for them."""
    port = free_port()
    bus = Bus(broker, "bench-clock")
    clock = ClockMessage(run=run, t_ms=START_MS + HOURS * HOUR_MS // PART, speed=60.0, area="core")
    bus.publish(topics.clock_topic(run), encode_clock(clock), qos=1, retain=True)
    where = ["--broker", broker, "--run", run, "--area", "core", "--store", "influx"]
    data = ["--data", str(folder / "data"), "--no-ingest", "--port", str(port)]
    with closing(bus), _hengfu(environment, "serve", *where, *data):
        url = f"http://127.0.0.1:{port}"
        neurons = _wait_recalled(url)
        latest_ms = 1000 * median_s(lambda: _ask(url), 5)
    bare_ms = 1000 * median_s(lambda: store.latest(run))
    yield Row(
        f"latest value of {neurons:,} of {len(network):,} neurons over HTTP",
        "ms", latest_ms, bare_ms, "asking InfluxDB", 500, more_is_better=False,
    )  # fmt: skip


def _ask(url: str) -> int:
    """How many neurons have said anything."""
    found = httpx.get(f"{url}/api/v1/sensors/latest", timeout=RECALL_WITHIN_S)
    found.raise_for_status()
    return len({one["sensor"] for one in found.json()["items"]})


def _wait_recalled(url: str) -> int:
    deadline = time.monotonic() + RECALL_WITHIN_S
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", timeout=10).json()["checks"]["monitor"] == "ok":
                return _ask(url)
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"hengfu serve did not recall the run within {RECALL_WITHIN_S:.0f} s")


def _month(network: Network, run: str, store: InfluxStore) -> Row:
    """One sensor that spoke every ten seconds for thirty days, as means over hours."""
    sensor, quantity = network.series.name[0].rpartition(":")[::2]
    times = START_MS + np.arange(0, MONTH_MS, STEP_S * SECOND_MS, dtype=np.int64)
    for part in np.array_split(times, 20):
        store.write(run, ReadingBatch(np.zeros(len(part), np.int32), part, part / 7), network)
    bounds = (START_MS, START_MS + MONTH_MS)

    def hours() -> None:
        found = store.steps(run, sensor, quantity, *bounds, HOUR_MS)
        if found.count.sum() != len(times):
            raise ValueError(f"{found.count.sum()} of {len(times)} readings were found")

    def raw() -> None:
        store.readings(run, sensor, quantity, *bounds, len(times))

    took_ms, bare_ms = 1000 * median_s(hours, 5), 1000 * median_s(raw)
    what = f"a month of one sensor ({len(times):,} readings) as hours"
    return Row(what, "ms", took_ms, bare_ms, "all of them", 300, more_is_better=False)


def _wait_listening(broker: str, run: str) -> None:
    """Until the ingest's birth is seen at the broker."""
    bus = Bus(broker, "bench-watch")
    try:
        seen = threading.Event()
        bus.subscribe(topics.status_topic(run, "ingest"), lambda _: seen.set(), qos=0)
        if not seen.wait(WITHIN_S):
            raise TimeoutError(f"hengfu ingest was not heard within {WITHIN_S:.0f} s")
    finally:
        bus.close()


def _peak_mb(pid: int) -> float:
    """The most resident memory that the process has held."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return np.nan
