"""The processes of `hengfu up`: started together, watched, stopped together."""

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sensors.broker import Broker, BrokerError, start_broker
from sensors.offspring import die_with_parent

STOP_WITHIN_S = 10.0
RESTARTS = 5


class ChildDied(Exception):  # noqa: N818 (names the situation, not a fault)
    """A child ended and cannot be brought back; the text carries its last words."""


class Member(Protocol):
    """A process that is started, looked after and stopped."""

    name: str
    restarts: int

    def start(self) -> None: ...

    def ended(self) -> int | None: ...

    def stop(self, within_s: float) -> None: ...

    def last_words(self) -> str: ...


@dataclass(slots=True)
class Child:
    """One `hengfu` role in a process of its own, logging to a file."""

    name: str
    arguments: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    restarts: int = RESTARTS
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "api.cli", *self.arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the parent alone, which stops us in order
                preexec_fn=die_with_parent(),
            )

    def ended(self) -> int | None:
        """The exit code once it has ended."""
        return None if self.process is None else self.process.poll()

    def stop(self, within_s: float = STOP_WITHIN_S) -> None:
        """Ask, wait, and only then insist."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """The last line it logged, for the message."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")


@dataclass(slots=True)
class BrokerChild:
    """The embedded broker; started again it keeps its port and its password."""

    broker: Broker
    restarts: int = RESTARTS
    name: str = "broker"

    def start(self) -> None:
        """Nothing while it runs; raises ChildDied when it cannot come back."""
        if self.broker.alive():
            return
        try:
            self.broker = start_broker(self.broker.kind, self.broker.folder, self.broker.port)
        except BrokerError as error:
            raise ChildDied(str(error)) from error

    def ended(self) -> int | None:
        return self.broker.process.poll()

    def stop(self, within_s: float = STOP_WITHIN_S) -> None:
        self.broker.stop(within_s)

    def last_words(self) -> str:
        return self.broker.last_words()


@dataclass(slots=True)
class Family:
    """The children in starting order; stopping goes the other way round."""

    children: list[Member] = field(default_factory=list)

    def add(self, child: Member) -> None:
        child.start()
        self.children.append(child)

    def tend(self) -> list[str]:
        """Restart who was killed; the names of the restarted.

        Raises ChildDied for a child that refused to start or died too often.
        """
        restarted = []
        for child in self.children:
            code = child.ended()
            if code is None:
                continue
            if code > 0 or child.restarts == 0:
                raise ChildDied(f"{child.name} stopped ({code}): {child.last_words()}")
            child.restarts -= 1
            child.start()
            restarted.append(child.name)
        return restarted

    def stop(self) -> None:
        """Stop them all within STOP_WITHIN_S, last started first."""
        deadline = time.monotonic() + STOP_WITHIN_S
        for child in reversed(self.children):
            child.stop(max(0.5, deadline - time.monotonic()))


@contextlib.contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the data folder; raises BlockingIOError while another process holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
