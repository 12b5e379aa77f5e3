"""What the windows must see again after a start or a loss, read from the store."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import numpy as np
import structlog

from api.intake import Intake
from api.outage import Outage
from api.statefile import Checkpoint, NoCheckpoint
from api.vitals.ring import Ring
from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.store import Store, StoreUnavailable
from twin.clock import MINUTE_MS, SECOND_MS

MEND_AFTER_MS = 30 * SECOND_MS  # event time that the ingest gets to store what we missed
OVERLAP_MS = MINUTE_MS  # event time starts again this long before the newest stored reading
_log = structlog.get_logger(__name__)


class Windows(Protocol):
    """Whoever keeps windows; adding the same reading twice does no harm."""

    def add(self, batch: ReadingBatch) -> None: ...

    def expect(self, clock_ms: int) -> None: ...

    def restore(self, data: bytes) -> int: ...

    def refill(self, batch: ReadingBatch) -> None: ...

    def advance(self, t_ms: int) -> None: ...


def reaches(network: Network, rings: Iterable[Ring]) -> dict[str, int]:
    """How far back, ms, the readings of each kind are looked at by its windows."""
    kinds = network.catalogue.kinds
    reach = np.array([2 * max(kind.cadence_ms, kind.heartbeat_ms) for kind in kinds])
    for ring in rings:
        within = network.kind[network.series.sensor[ring.slot_of >= 0]]
        np.maximum.at(reach, np.unique(within), ring.depth * ring.step_ms)
    return {kind.id: span for kind, span in zip(kinds, reach.tolist(), strict=True)}


class Past:
    """Brings windows up to what the store holds: once at the start, later where packs lack."""

    def __init__(
        self,
        run: str,
        store: Store,
        network: Network,
        intake: Intake,
        reach: Mapping[str, int],
        checkpoint: Checkpoint | None = None,
    ) -> None:
        """`reach`: how far back, ms, each kind of neuron is looked at."""
        self._checkpoint: Checkpoint = checkpoint or NoCheckpoint()
        self.resumed_ms: int | None = None
        self._run, self._store, self._network, self.intake = run, store, network, intake
        self._reach = reach
        self.recalled_ms: int | None = None
        self._noticed_ms: int | None = None
        self.outage = Outage(_log, "store")
        self.known = False
        self.mended = 0

    def recall(self, windows: Windows, clock_ms: int | None) -> bool:
        """Fill empty windows before anything else is added; False while that cannot be.

        With stored readings the run's clock must be known, for readings may lie ahead of it.
        """
        try:
            marks = self._store.marks(self._run)  # before the readings: they are in the store
            spans = {span.run: span.last_ms for span in self._store.runs()}
            last_ms = spans.get(self._run)
            if last_ms is not None and clock_ms is None:
                return False
            if last_ms is not None and clock_ms is not None:
                self.recalled_ms = min(last_ms, clock_ms) - OVERLAP_MS
                windows.expect(clock_ms)
                self._fill(windows, self.recalled_ms, last_ms + 1)
                self.intake.know(marks, last_ms)
        except StoreUnavailable as error:
            self.outage.lost(error)
            return False
        self.outage.back()
        self.known = True
        return True

    def _fill(self, windows: Windows, recalled_ms: int, end_ms: int) -> None:
        """From the checkpoint, else from the readings alone."""
        state = self._checkpoint.load()
        try:
            resumed_ms = None if state is None else windows.restore(state)
        except ValueError as error:
            _log.warning("the state of the vital signs cannot be used", reason=str(error))
            resumed_ms = None
        if resumed_ms is None:
            windows.advance(recalled_ms)
            _add(windows, self._everything(end_ms))
            return
        self.resumed_ms = resumed_ms
        for batch in self._everything(end_ms):
            windows.refill(batch)

    def keep(self, state: bytes) -> None:
        """Remember what the store cannot give back."""
        self._checkpoint.save(state)

    def mend(self, windows: Windows, watermark_ms: int) -> None:
        """Fetch what packs lack, once the ingest has had the time to store it."""
        since_ms = self.intake.hole_since_ms()
        if since_ms is None:
            self._noticed_ms = None
            return
        if self._noticed_ms is None:
            self._noticed_ms = watermark_ms
        if watermark_ms - self._noticed_ms < MEND_AFTER_MS:
            return
        start_ms = since_ms - MINUTE_MS
        try:
            _add(windows, self._store.scan(self._run, self._network, None, start_ms, watermark_ms))
        except StoreUnavailable as error:
            self.outage.lost(error)
            return
        self.outage.back()
        self.intake.forgive()
        self._noticed_ms = None
        self.mended += 1

    def _everything(self, end_ms: int) -> Iterator[ReadingBatch]:
        """All that a window may still hold, kinds of equal reach together."""
        groups: dict[int, list[str]] = {}
        for kind, reach_ms in self._reach.items():
            groups.setdefault(reach_ms, []).append(kind)
        for reach_ms, kinds in groups.items():
            yield from self._store.scan(self._run, self._network, kinds, end_ms - reach_ms, end_ms)


def _add(windows: Windows, batches: Iterable[ReadingBatch]) -> None:
    for batch in batches:
        windows.add(batch)
