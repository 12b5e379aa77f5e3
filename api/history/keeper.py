"""The keeper of history: rolls finished hours up and forgets what is too old."""

import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from api.history.retention import Retention
from api.history.rollup import roll_up
from api.outage import Outage, trace
from sensors.store import Horizon, HourRows, StoreUnavailable, VitalRows, VitalSpan
from twin.clock import DAY_MS, HOUR_MS, MINUTE_MS

GRACE_MS = 2 * MINUTE_MS  # of city time, until the last minutes of an hour are stored
PAUSE_S = 1.0
_log = structlog.get_logger(__name__)


class Archive(Protocol):
    """What the keeper needs of a store."""

    def minutes(self, run: str, start_ms: int, end_ms: int) -> VitalRows: ...

    def write_hours(self, run: str, rows: HourRows) -> None: ...

    def vital_span(self, run: str) -> VitalSpan: ...

    def forget(self, run: str, horizon: Horizon) -> None: ...


class Keeper:
    """Knows what is rolled up from the store alone, so that it goes on after any stop."""

    def __init__(
        self, run: str, store: Archive, now_ms: Callable[[], int | None], retention: Retention
    ) -> None:
        """`now_ms` is the run's clock, None before it is heard."""
        self.run, self.outage = run, Outage(_log, "store for history")
        self._store, self._now_ms, self._retention = store, now_ms, retention
        self._rolled_ms: int | None = None
        self._corrected: set[int] = set()
        self._forgot_day: int | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, within_s: float = 5.0) -> None:
        """End after the hour in progress."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(within_s)

    def saved(self, t_ms: int) -> None:
        """Minutes were written: an hour that was rolled up already is due again."""
        self._corrected.add(t_ms // HOUR_MS * HOUR_MS)

    def step(self) -> None:
        """Do everything that is due now; what the store refuses is due again."""
        now_ms = self._now_ms()
        if now_ms is None:
            return
        try:
            self._roll(now_ms)
            self._forget(now_ms)
        except StoreUnavailable as error:
            self.outage.lost(error)
            return
        self.outage.back()

    def _work(self) -> None:
        while not self._stopping.wait(PAUSE_S):
            try:
                self.step()
            except Exception as error:  # one bad hour must not end the keeping
                _log.error("a step of the keeper failed", trace=trace(error))

    def _roll(self, now_ms: int) -> None:
        rolled_ms = self._begin() if self._rolled_ms is None else self._rolled_ms
        if rolled_ms is None:
            return
        while rolled_ms + HOUR_MS + GRACE_MS <= now_ms and not self._stopping.is_set():
            self._hour(rolled_ms)
            rolled_ms = self._rolled_ms = rolled_ms + HOUR_MS
        for hour_ms in sorted(self._corrected):
            if hour_ms < rolled_ms:
                self._hour(hour_ms)
            self._corrected.discard(hour_ms)

    def _begin(self) -> int | None:
        """The first hour that is not rolled up, None while there is nothing."""
        span = self._store.vital_span(self.run)
        if span.last_hour_ms is not None:
            return span.last_hour_ms + HOUR_MS
        return None if span.first_minute_ms is None else span.first_minute_ms // HOUR_MS * HOUR_MS

    def _hour(self, hour_ms: int) -> None:
        minutes = self._store.minutes(self.run, hour_ms, hour_ms + HOUR_MS)
        self._store.write_hours(self.run, roll_up(minutes, hour_ms))

    def _forget(self, now_ms: int) -> None:
        """Once a day of city time."""
        if self._forgot_day != now_ms // DAY_MS:
            self._store.forget(self.run, self._retention.horizon(now_ms))
            self._forgot_day = now_ms // DAY_MS
