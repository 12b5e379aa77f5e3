"""The monitor: one thread that turns what arrives into vital signs and alerts, in event time.

readings ─► inbox ─► Intake ─► VitalEngine ─► VitalFrame ─► AlertDesk ─► ledger ─► MQTT, SSE
clock ───► watermark ─────────────┘                └─► store (each minute), MQTT (retained)
"""

import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from api.alertdesk import AlertDesk
from api.feeds import Bell
from api.intake import Intake
from api.outage import Outage, trace
from api.publisher import MessageBus, Publisher
from api.rebuild import Past
from api.runclock import RunClock
from api.vitals.sign import VitalFrame
from sensors import topics
from sensors.bus import Message
from sensors.clockmessage import parse_clock
from sensors.reading import ReadingBatch
from sensors.store import Store, StoreUnavailable, VitalRows
from twin.clock import MINUTE_MS, SECOND_MS

INBOX = 20_000  # messages that may wait; what finds no room is fetched from the store later
PAUSE_S = 0.1
STEPS_AT_ONCE = 60  # evaluations between two looks at the inbox; beyond it steps are skipped
REPLAYED = 120  # evaluations after a restart, from the last kept state on
ROWS_OWED = 60  # frames that wait for the store while it is away
_log = structlog.get_logger(__name__)


class Engine(Protocol):
    """What the monitor needs of api.vitals.engine.VitalEngine."""

    def add(self, batch: ReadingBatch) -> None: ...

    def expect(self, clock_ms: int) -> None: ...

    def advance(self, t_ms: int) -> None: ...

    def evaluate(self, t_ms: int) -> VitalFrame: ...

    def corrections(self) -> list[VitalRows]: ...

    def state(self) -> bytes: ...

    def restore(self, data: bytes) -> int: ...

    def refill(self, batch: ReadingBatch) -> None: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """Event time, ms: evaluation is due every `period_ms` at the clock minus `lateness_ms`."""

    period_ms: int = 10 * SECOND_MS
    lateness_ms: int = 5 * SECOND_MS
    store_every_ms: int = MINUTE_MS
    keep_every_ms: int = 10 * MINUTE_MS


class Monitor:
    """Owns the engine; everything that touches it happens in `pump`, on one thread."""

    def __init__(
        self,
        run: str,
        store: Store,
        intake: Intake,
        past: Past,
        engine: Engine,
        desk: AlertDesk,
        publisher: Publisher,
        clock: RunClock,
        pace: Pace,
        saved: Callable[[int], None] = lambda t_ms: None,
    ) -> None:
        """`saved` is told the time of every frame that has reached the store."""
        self.run, self.desk, self.clock, self.bell = run, desk, clock, Bell()
        self.frame: VitalFrame | None = None
        self.evaluations = self.skipped = self.errors = self.overflowed = 0
        self.intake, self.past = intake, past
        self.outage = Outage(_log, "store for vital signs")
        self._store, self._engine, self._publisher, self._pace = store, engine, publisher, pace
        self._inbox: queue.Queue[Message] = queue.Queue(INBOX)
        self._saved = saved
        self._rows: deque[VitalRows] = deque(maxlen=ROWS_OWED)
        self._evaluated_ms: int | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="monitor", daemon=True)

    def start(self, bus: MessageBus) -> None:
        """Restore the alerts, listen, and work until `stop`."""
        self.listen(bus)
        self._thread.start()

    def stop(self, within_s: float = 5.0) -> None:
        """Finish the step in progress and end the thread."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(within_s)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def listen(self, bus: MessageBus) -> None:
        """Restore the alerts and take in messages from now on."""
        _log.info("alerts restored", run=self.run, open=self.desk.restore())
        bus.subscribe(topics.clock_topic(self.run), self._hear_clock, qos=0)  # only the newest
        bus.subscribe(topics.readings_topic(self.run, topics.ANY, topics.ANY), self._hear)

    def pump(self, wait_s: float = 0.0) -> None:
        """Take in what has arrived, waiting that long for it, and do what has become due."""
        if not self._recalled():
            self._stopping.wait(wait_s)
            return
        clock = self.clock.latest  # before the inbox: what came ahead of it must be in
        self._take(self._arrived(wait_s))
        if clock is not None:
            self._advance(clock.t_ms - self._pace.lateness_ms)
        self.desk.tell(self._publisher.tell)
        self._publisher.show(self.frame)
        self._save()

    def _recalled(self) -> bool:
        """Whether the windows hold what the store has; time goes on from there."""
        if self.past.known:
            return True
        clock = self.clock.latest
        if not self.past.recall(self._engine, None if clock is None else clock.t_ms):
            return False
        if self.past.recalled_ms is not None:
            period_ms = self._pace.period_ms
            self._evaluated_ms = self.past.recalled_ms // period_ms * period_ms
            self._evaluated_ms = self._replay(self.past.resumed_ms, self._evaluated_ms)
        return True

    def _replay(self, resumed_ms: int | None, until_ms: int) -> int:
        """Evaluate again what had been before; the time of the last.

        Alerts do not see it. Minutes are stored again: some may have been on their way.
        """
        if resumed_ms is None:
            return until_ms
        steps = due_steps(resumed_ms, until_ms, self._pace.period_ms)
        for t_ms in steps[-REPLAYED:]:
            frame = self._engine.evaluate(t_ms)
            if begins(self._pace.store_every_ms, t_ms - self._pace.period_ms, t_ms):
                self._rows.append(frame.rows())
        return max(resumed_ms, until_ms)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self.pump(PAUSE_S)
            except Exception as error:  # one bad step must not end the watch
                self.errors += 1
                _log.error("a step of the monitor failed", trace=trace(error))
                self._stopping.wait(PAUSE_S)

    def _hear_clock(self, message: Message) -> None:
        clock = parse_clock(message.payload)
        if clock is not None and clock.run == self.run:
            self.clock.hear(clock)

    def _hear(self, message: Message) -> None:
        try:
            self._inbox.put_nowait(message)
        except queue.Full:
            self.overflowed += 1  # a hole in its gateway's numbers, mended from the store

    def _arrived(self, wait_s: float) -> list[Message]:
        try:
            first = [self._inbox.get(timeout=wait_s)] if wait_s else []
        except queue.Empty:
            return []
        return first + [self._inbox.get_nowait() for _ in range(self._inbox.qsize())]

    def _take(self, messages: list[Message]) -> None:
        now_ms = self.clock.now_ms()
        batches = [self.intake.take(message, now_ms) for message in messages]
        self._engine.add(ReadingBatch.concat([batch for batch in batches if batch is not None]))

    def _advance(self, watermark_ms: int) -> None:
        steps = due_steps(self._evaluated_ms, watermark_ms, self._pace.period_ms)
        if not steps:
            return
        self.past.mend(self._engine, watermark_ms)
        self.skipped += max(0, len(steps) - STEPS_AT_ONCE)
        for t_ms in steps[-STEPS_AT_ONCE:]:
            self._evaluate(t_ms)
        self.bell.ring()

    def _evaluate(self, t_ms: int) -> None:
        before_ms, self._evaluated_ms = self._evaluated_ms, t_ms
        frame = self._engine.evaluate(t_ms)
        self.evaluations += 1
        self.frame = frame
        self.desk.step(frame)
        if begins(self._pace.store_every_ms, before_ms, t_ms):
            self._rows.append(frame.rows())
            self._rows.extend(self._engine.corrections())
        if before_ms is not None and begins(self._pace.keep_every_ms, before_ms, t_ms):
            self.past.keep(self._engine.state())

    def _save(self) -> None:
        while self._rows:
            try:
                self._store.write_vitals(self.run, self._rows[0])
            except StoreUnavailable as error:
                self.outage.lost(error)
                return
            self._saved(int(self._rows.popleft().t_ms[0]))
            self.outage.back()


def begins(every_ms: int, before_ms: int | None, t_ms: int) -> bool:
    """Whether a new stretch of so many ms has begun since then."""
    return before_ms is None or t_ms // every_ms != before_ms // every_ms


def due_steps(evaluated_ms: int | None, watermark_ms: int, period_ms: int) -> range:
    """Multiples of the period after the last one, up to the watermark; at first only the last."""
    last = watermark_ms // period_ms * period_ms
    first = last if evaluated_ms is None else evaluated_ms + period_ms
    return range(first, last + 1, period_ms)
