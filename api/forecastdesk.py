"""Keeps the forecasts fresh: its own thread, fed by what the store has of the vital signs.

monitor saves a minute ─► saved ─► rows from the store ─► lessons (each midnight) ─► Outlook
                                                                             └─► told: MQTT
All that is known comes from the store, so a restart goes on with the same forecasts.
"""

import threading
from collections.abc import Callable, Mapping

import structlog

from api.config import Rulebook
from api.forecast.grid import Grid, Layout
from api.forecast.lesson import Lessons, lessons
from api.forecast.memory import Memory
from api.forecast.outlook import Outlook, look_ahead
from api.forecast.plan import Reason, make_plan, wanted
from api.forecast.settings import ForecastSettings
from api.forecast.storedpast import VitalMinutes, stored_rows
from api.forecast.timetable import STEP_MS
from api.outage import Outage, trace
from api.vitals.sign import Colour, Key, Roster
from sensors.store import StoreUnavailable
from twin.clock import DAY_MS, iso, local_midnight

RETRY_S = 5.0
BEGINNING = Reason("预报正在准备", "forecasts are being prepared")
_log = structlog.get_logger(__name__)


class ForecastDesk:
    """The newest outlook; everything that changes happens in `step`, on one thread."""

    def __init__(
        self,
        run: str,
        store: VitalMinutes,
        rosters: Mapping[Key, Roster],
        rulebook: Rulebook,
        settings: ForecastSettings,
        tell: Callable[[Outlook], None] = lambda outlook: None,
    ) -> None:
        """`tell` hears of every new outlook and must not wait."""
        self._layout = Layout.of(rosters, rulebook, wanted(settings))
        self.plan, self.settings = make_plan(settings, rulebook, self._layout), settings
        self._rosters = rosters
        self.outlook: Outlook | None = None
        self.outage = Outage(_log, "store for forecasts")
        self._run, self._store, self._tell = run, store, tell
        self._memory: Memory | None = None
        self._lessons: Lessons | None = None
        self._saved_ms: int | None = None
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="forecasts", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, within_s: float = 5.0) -> None:
        """End after the target in progress."""
        self._stopping.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(within_s)

    def saved(self, t_ms: int) -> None:
        """Vital signs of this time are in the store; from any thread."""
        if self._saved_ms is None or t_ms > self._saved_ms:
            self._saved_ms = t_ms
            self._wake.set()

    def entities(self, key: Key) -> tuple[str, ...]:
        """That have this vital sign, forecast or not."""
        return self._rosters[key].entities if key in self._rosters else ()

    def reason(self, key: Key) -> Reason | None:
        """Why there is no forecast of this vital sign, None when there is one."""
        if key not in {target.key for target in self.plan.targets}:
            return self.plan.reason(key[0])
        outlook = self.outlook
        if outlook is None:
            return BEGINNING
        return outlook.reasons.get(key)

    def step(self) -> None:
        """Read what is new; with a new row, learn if a day has begun, and look ahead."""
        saved_ms = self._saved_ms
        if saved_ms is None:
            return
        try:
            fresh = self._read(saved_ms // STEP_MS * STEP_MS)
        except StoreUnavailable as error:
            self.outage.lost(error)
            return
        self.outage.back()
        if fresh and not self._stopping.is_set():
            self._look(fresh.grid, fresh.end_ms - STEP_MS)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait()
            self._wake.clear()
            try:
                self.step()
            except Exception as error:  # one bad forecast must not end them all
                _log.error("a step of the forecasts failed", trace=trace(error))
            if self.outage.reason is not None and not self._stopping.wait(RETRY_S):
                self._wake.set()

    def _read(self, newest_ms: int) -> Memory | None:
        """The memory when it has rows that it had not, up to this quarter of an hour."""
        memory = self._memory
        if memory is None:
            days = self.settings.history_days
            start_ms = local_midnight(newest_ms) - days * DAY_MS
            memory = self._memory = Memory(start_ms, days, self._layout.width)
        before_ms, end_ms = memory.end_ms, newest_ms + STEP_MS
        if end_ms <= before_ms:
            return None
        for t_ms, row in stored_rows(self._store, self._run, self._layout, before_ms, end_ms):
            memory.put(t_ms, row)
            if self._stopping.is_set():
                return None
        return memory if memory.end_ms > before_ms else None

    def _look(self, grid: Grid, now_ms: int) -> None:
        learnt = self._learnt(grid, local_midnight(now_ms))
        if learnt is None:
            return
        warn = self.settings.warn
        outlook = look_ahead(learnt, grid, now_ms, warn.probability, Colour[warn.least.upper()])
        self.outlook = outlook
        self._tell(outlook)

    def _learnt(self, grid: Grid, until_ms: int) -> Lessons | None:
        """The lessons of the days before this midnight; None when it was stopped over them."""
        if self._lessons is not None and self._lessons.until_ms >= until_ms:
            return self._lessons
        found = {}
        for lesson in lessons(grid, self.plan, self.settings, until_ms):
            found[lesson.target.key] = lesson
            if self._stopping.is_set():
                return None
        self._lessons = Lessons(until_ms, found)
        shown = sum(one.chosen is not None and any(one.chosen.shown) for one in found.values())
        _log.info("forecasts learnt", run=self._run, until=iso(until_ms), shown=shown)
        return self._lessons
