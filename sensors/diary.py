"""What a live run writes down as it goes, on a disk that may be full for a while."""

from collections.abc import Callable, Iterable

import structlog

from sensors.faults.label import FaultLabel
from sensors.outbox import Pack
from sensors.runfiles import Obeyed, RunFiles, Saved
from twin.clock import SECOND_MS
from twin.labels import Label

SNAPSHOT_EVERY_MS = 10 * SECOND_MS  # wall time

_log = structlog.get_logger(__name__)


class Diary:
    """Labels, snapshots and commands of one run. A loss is said once and never ends the run."""

    def __init__(self, files: RunFiles, now_ms: int) -> None:
        """Times are wall time in ms UTC."""
        self._files = files
        self._labelled: object = None
        self._struck: list[FaultLabel] = []
        self._saved_ms = now_ms
        self._lost = False

    def label(self, labels: list[Label]) -> None:
        """Only when an incident began or ended since the last time."""
        known = [(label.id, label.end_ms) for label in labels]
        if known != self._labelled and self._kept(lambda: self._files.write_labels(labels)):
            self._labelled = known

    def note(self, labels: list[FaultLabel]) -> None:
        """Device faults that have struck; those that find no room wait for the next time."""
        self._struck += labels
        if self._struck and self._kept(lambda: self._files.write_faults(self._struck)):
            self._struck = []

    def is_due(self, now_ms: int) -> bool:
        """Whether the newest snapshot is old."""
        return now_ms - self._saved_ms >= SNAPSHOT_EVERY_MS

    def save(self, simulation: bytes, unconfirmed: Iterable[Pack], now_ms: int) -> None:
        self._saved_ms = now_ms
        saved = Saved(simulation, list(unconfirmed))
        self._kept(lambda: self._files.save(saved))

    def record(self, obeyed: Obeyed) -> None:
        """A command that a resumed run obeys again."""
        self._kept(lambda: self._files.record(obeyed))

    def recorded(self, since_ms: int) -> Iterable[Obeyed]:
        return self._files.recorded(since_ms)

    def _kept(self, write: Callable[[], None]) -> bool:
        try:
            write()
        except OSError as error:
            if not self._lost:
                _log.warning("files of the run cannot be written, trying again", reason=str(error))
            self._lost = True
            return False
        if self._lost:
            _log.info("files of the run are written again")
        self._lost = False
        return True
