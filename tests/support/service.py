"""A role of the quarter in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Service:
    """One role in a process of its own, with what compose would put into its environment."""

    command: list[str]
    environment: Mapping[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api.cli", *self.command],
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
            )

    def crash(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def kill(self) -> None:
        """As a crash would, then again."""
        self.crash()
        self.start()

    def ask_to_stop(self) -> None:
        assert self.process is not None
        self.process.terminate()

    def ended(self) -> str:
        """Wait until it has ended; what it logged. Fails when it hangs."""
        assert self.process is not None
        self.process.wait(20)
        return self.log.read_text(errors="replace")

    def stop(self) -> str:
        """Ask it to end; what it logged."""
        self.ask_to_stop()
        return self.ended()

    def clean_up(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
