"""The real Mosquitto with the configuration that docker compose gives it, on a free port."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sensors.broker import HOST, find_program
from twin.config import default_config_dir

SHIPPED = default_config_dir() / "mosquitto"
USERS = ("city", "ingest", "monitor", "viewer")
GATEWAYS = ("z-01-01", "z-02-02")
OBSERVER = "z-99-99"  # of the tests: hears and says everything


def password(user: str) -> str:
    return f"{user}-0123456789"


@dataclass(slots=True)
class Mosquitto:
    """Started by the shipped start.sh; only paths, address and user differ from the container's."""

    folder: Path
    port: int
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    def url(self, user: str, password: str) -> str:
        return f"mqtt://{user}:{password}@{HOST}:{self.port}"

    def prepare(self, more_rules: str = "") -> None:
        """Write the shipped files into the folder, adapted to this machine."""
        config, data = self.folder / "config", self.folder / "data"
        config.mkdir(parents=True)
        data.mkdir()
        conf = (SHIPPED / "mosquitto.conf").read_text(encoding="utf-8")
        for ours, here in {
            "listener 1883": f"listener {self.port} {HOST}",
            "/tmp/broker": str(self.folder / "private"),
            "/mosquitto/data": str(data),
        }.items():
            assert ours in conf
            conf = conf.replace(ours, here)
        if os.geteuid() == 0:  # else it drops to a user that cannot read this folder
            conf += "user root\n"
        (config / "mosquitto.conf").write_text(conf, encoding="utf-8")
        acl = (SHIPPED / "acl").read_text(encoding="utf-8")
        (config / "acl").write_text(f"{acl}\n{more_rules}", encoding="utf-8")

    def command(self) -> "subprocess.Popen[bytes]":
        """Run start.sh as the container does."""
        program = find_program("mosquitto")
        assert program is not None
        path = os.pathsep.join([str(Path(program).parent), os.environ["PATH"]])
        places = {
            "MOSQUITTO_CONFIG": str(self.folder / "config"),
            "MOSQUITTO_PRIVATE": str(self.folder / "private"),
        }
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                ["sh", str(SHIPPED / "start.sh")],
                env={"PATH": path, **places, **self.environment},
                stdout=log,
                stderr=log,
            )

    def start(self) -> None:
        self.process = self.command()
        deadline = time.monotonic() + 10
        while not self._open():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def _open(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0


def installed() -> bool:
    return find_program("mosquitto") is not None and shutil.which("mosquitto_passwd") is not None


def make_mosquitto(folder: Path) -> Mosquitto:
    secrets = {f"HENGFU_{user.upper()}_PASSWORD": password(user) for user in USERS}
    gateways = " ".join(f"{user}:{password(user)}" for user in (*GATEWAYS, OBSERVER))
    return Mosquitto(folder, free_port(), {**secrets, "HENGFU_GATEWAYS": gateways})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
