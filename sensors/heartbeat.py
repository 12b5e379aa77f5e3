"""A sign of life for whoever watches the process: a file touched while the work goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from twin.clock import SECOND_MS

VARIABLE = "HENGFU_HEARTBEAT"


@dataclass(slots=True)
class Heartbeat:
    """Touches `file` at most once a second; without a file it does nothing."""

    file: Path | None = None
    _beaten_ms: int = -SECOND_MS

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Heartbeat":
        """The file that HENGFU_HEARTBEAT names."""
        name = environment.get(VARIABLE)
        return cls(Path(name) if name else None)

    def beat(self, wall_ms: int) -> None:
        """The work went round once more at this wall time."""
        if self.file is not None and wall_ms - self._beaten_ms >= SECOND_MS:
            self._beaten_ms = wall_ms
            self.file.touch()
