"""One small file that is replaced as a whole."""

import os
from pathlib import Path
from typing import Protocol

import structlog

from api.outage import Outage

_log = structlog.get_logger(__name__)


class Checkpoint(Protocol):
    """Where the monitor leaves what it cannot read from the store again."""

    def load(self) -> bytes | None: ...

    def save(self, data: bytes) -> None: ...


class StateFile:
    """A crash leaves the old content; a disk that fails costs the restart its memory only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.outage = Outage(_log, f"state file {path.name}")

    def load(self) -> bytes | None:
        """The content, None when there is none that can be read."""
        try:
            return self._path.read_bytes()
        except OSError:
            return None

    def save(self, data: bytes) -> None:
        part = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError as error:
            self.outage.lost(error)
            return
        self.outage.back()


class NoCheckpoint:
    """Remembers nothing."""

    def load(self) -> bytes | None:
        return None

    def save(self, data: bytes) -> None:
        return None
