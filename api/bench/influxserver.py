"""A real InfluxDB in a private folder, behind a shim that speaks the write path of 2.x."""

import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from api.bench.influxshim import Shim
from sensors.store.influxsettings import InfluxSettings

HOST = "127.0.0.1"
TOKEN = "a-token-of-this-machine"
ORG = "hengfu"
START_WITHIN_S = 30.0

CONFIG = """
reporting-enabled = false
bind-address = "127.0.0.1:{rpc_port}"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
index-version = "tsi1"
query-log-enabled = false
max-series-per-database = 0
max-values-per-tag = 0
[coordinator]
max-select-point = 0
max-select-series = 0
max-select-buckets = 0
[http]
bind-address = "127.0.0.1:{port}"
log-enabled = false
max-body-size = 0
[monitor]
store-enabled = false
[subscriber]
enabled = false
[continuous_queries]
enabled = false
"""


@dataclass(slots=True)
class InfluxServer:
    """A running engine and its shim; `url` is the shim's and stays the same over a restart."""

    folder: Path
    port: int
    rpc_port: int
    shim: Shim
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return self.shim.url

    @contextmanager
    def bucket(self) -> Iterator[InfluxSettings]:
        """A bucket that exists for a while, and the settings to use it."""
        name = f"test-{uuid.uuid4().hex[:12]}"
        try:
            yield self.create(name)
        finally:
            self.ask(f'DROP DATABASE "{name}"')

    def create(self, name: str) -> InfluxSettings:
        """A bucket that stays as long as the folder."""
        self.ask(f'CREATE DATABASE "{name}"')
        token = SecretStr(self.shim.token)
        return InfluxSettings(url=self.url, token=token, org=ORG, bucket=name)

    def ask(self, statement: str, database: str = "") -> Any:
        """What the engine itself answers, not by way of the shim."""
        asked = {"q": statement, "db": database, "epoch": "ms"}
        answer = httpx.post(f"http://{HOST}:{self.port}/query", params=asked, timeout=60)
        answer.raise_for_status()
        return answer.json()["results"][0]

    def kill(self) -> None:
        """As a power cut would; the shim stays."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        """Again on the same port and folder, after `kill`."""
        self.process = _spawn(self.folder)
        _wait_until_open(self.port, self.process)

    def stop(self) -> None:
        self.shim.stop()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


def find_influxd() -> str | None:
    """Where the server program is."""
    return shutil.which("influxd") or shutil.which("influxd", path="/usr/sbin:/usr/local/bin")


def start_influx(folder: Path, token: str = TOKEN) -> InfluxServer:
    """Starts the engine in `folder`; whoever comes through the shim must bring the token."""
    folder.mkdir(parents=True, exist_ok=True)
    port, rpc_port = _free_ports(2)
    config = CONFIG.format(folder=folder, port=port, rpc_port=rpc_port)
    (folder / "influxdb.conf").write_text(config)
    process = _spawn(folder)
    _wait_until_open(port, process)
    return InfluxServer(folder, port, rpc_port, Shim(f"http://{HOST}:{port}", token), process)


def _spawn(folder: Path) -> "subprocess.Popen[bytes]":
    program = find_influxd()
    if program is None:
        raise FileNotFoundError("influxd is not installed (Debian: apt install influxdb)")
    with (folder / "influxd.log").open("ab") as log:
        return subprocess.Popen(
            [program, "run", "-config", str(folder / "influxdb.conf")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "HOME": str(folder)},
        )


def _wait_until_open(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"http://{HOST}:{port}/ping", timeout=1).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
            continue
        return
    process.kill()
    process.wait()
    raise RuntimeError("influxd did not start; see influxd.log in its folder")


def _free_ports(count: int) -> list[int]:
    holders = [socket.socket() for _ in range(count)]
    for holder in holders:
        holder.bind((HOST, 0))
    ports = [int(holder.getsockname()[1]) for holder in holders]
    for holder in holders:
        holder.close()
    return ports
