"""From MQTT into the store, each reading once, acknowledged only when it would survive kill -9.

    readings/+/+ ─► inbox ─► decode ─► admit ─► collect ─► Store.write ─► MQTT ack ─► confirmed
                               │         │                  (readings, marks and dead letters
                               └─────────┴─► dead letters    in one transaction)

The guarantee and its reasons: docs/decisions/delivery.md.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence

import structlog

from sensors import topics
from sensors.bus import Bus, BusFull, Message
from sensors.clockmessage import parse_clock
from sensors.highwater import Gateway, encode_confirmation
from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.reception import Collection, Reception
from sensors.store.base import ReadingWriter, StoreUnavailable
from twin.clock import wall_ms

BATCH_READINGS = 5_000  # readings per transaction, the store's best size when measured
LINGER_S = 0.2  # the longest that a reading waits for company
QUIET_S = 0.01  # without new packs for this long there is no company to wait for
INBOX_PACKS = 4_000  # as many as our brokers send unacknowledged; about 10 kB each
CLOCK_WITHIN_S = 2.0  # wait for the retained clock at the start
RETRY_S = (0.2, 5.0)  # first and longest pause while the store is away

_log = structlog.get_logger(__name__)


class Ingest:
    """One ingest of one run; `zones` narrows it down when several share the work."""

    def __init__(
        self,
        bus: Bus,
        store: ReadingWriter,
        network: Network,
        run: str,
        clock: Callable[[], int] = wall_ms,
        zones: Sequence[str] = (topics.ANY,),
    ) -> None:
        """Reads the marks of the run; raises StoreUnavailable. `clock` is wall time in ms UTC."""
        self._bus, self._store, self._network = bus, store, network
        self._run, self._clock, self._zones = run, clock, zones
        self._reception = Reception(network, store.marks(run), clock)
        self._inbox: queue.Queue[Message] = queue.Queue(INBOX_PACKS)
        self._clock_heard, self._stopping = threading.Event(), threading.Event()
        self._owe_all = threading.Event()
        self._owed: set[Gateway] = set()
        self._readings = self._batches = 0
        self._store_ok, self._failure = True, ""
        self._thread = threading.Thread(target=self._work, name="ingest", daemon=True)

    def start(self) -> None:
        """Subscribe and begin, on a thread of its own."""
        confirmed = topics.confirmed_topic(self._run, topics.ANY, topics.ANY)
        self._bus.on_connect(self._owe_all.set)
        self._bus.subscribe(topics.clock_topic(self._run), self._hear_clock)
        self._bus.subscribe(confirmed, self._take_retained)
        for zone in self._zones:
            pattern = topics.readings_topic(self._run, zone, topics.ANY)
            self._bus.subscribe(pattern, self._take, manual=True)
        self._thread.start()

    def stop(self, within_s: float = 5.0) -> None:
        """Write what has been collected, then end. What is not acknowledged comes again."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(within_s)

    def run(self) -> None:
        """Start, and return only after `stop` was called from another thread."""
        self.start()
        self._thread.join()

    def counters(self) -> dict[str, int]:
        """Since the start: readings and packs stored, duplicate packs, batches, `dead_<reason>`.

        `gaps` is how many stored packs wait behind a missing one now.
        """
        dead = {f"dead_{reason}": n for reason, n in self._reception.tray.counts.copy().items()}
        written = {"readings": self._readings, "batches": self._batches}
        return {**written, **self._reception.counts, "gaps": self._reception.waters.gaps(), **dead}

    def health(self) -> dict[str, object]:
        """Whether it works and, in `failure`, why not; `waiting` packs are not yet looked at."""
        alive = self._thread.is_alive()
        return {
            "ok": alive and self._store_ok and self._bus.connected,
            "running": alive,
            "broker": self._bus.connected,
            "store": self._store_ok,
            "failure": self._failure,
            "waiting": self._inbox.qsize(),
            "counters": self.counters(),
        }

    # On the network thread: only hand over.

    def _hear_clock(self, message: Message) -> None:
        clock = parse_clock(message.payload)
        if clock is not None and clock.run == self._run:
            self._reception.horizon.hear(clock, self._clock())
            self._clock_heard.set()

    def _take_retained(self, message: Message) -> None:
        if message.retain:  # otherwise it is the echo of our own
            self._take(message)

    def _take(self, message: Message) -> None:
        """Waits when the inbox is full; the broker then keeps what follows."""
        while not self._stopping.is_set():
            try:
                self._inbox.put(message, timeout=0.2)
            except queue.Full:
                continue
            return

    # On the ingest's own thread.

    def _work(self) -> None:
        try:
            self._clock_heard.wait(CLOCK_WITHIN_S)
            while not self._stopping.is_set():
                self._finish(self._collect())
        except Exception as error:
            self._failure = f"{type(error).__name__}: {error}"
            _log.exception("ingest ends; packs stay with their gateways")

    def _collect(self) -> Collection:
        """Packs until there are enough readings, none came for a moment, or it took too long."""
        collection = Collection()
        deadline = time.monotonic() + LINGER_S
        while collection.readings < BATCH_READINGS and time.monotonic() < deadline:
            try:
                wait_s = QUIET_S if collection.messages else LINGER_S
                self._reception.take(self._inbox.get(timeout=wait_s), collection)
            except queue.Empty:
                break
        return collection

    def _finish(self, collection: Collection) -> None:
        """Write, then acknowledge, then confirm: in this order nothing can be lost."""
        if collection.fresh and not self._write(collection):
            return
        for message in collection.messages:
            self._bus.ack(message)
        self._owed |= collection.gateways
        if self._owe_all.is_set():  # the broker may have lost what it retained
            self._owe_all.clear()
            self._owed.update(self._reception.waters.newest())
        self._confirm()

    def _write(self, collection: Collection) -> bool:
        """True when it is in the store; false only when stopped while the store was away."""
        tray, waters = self._reception.tray, self._reception.waters
        batch = ReadingBatch.concat(collection.batches)
        marks, letters = waters.marks(collection.gateways), tray.letters()
        pause_s, longest_s = RETRY_S
        while True:
            try:
                self._store.write(self._run, batch, self._network, marks, letters)
            except StoreUnavailable as error:
                self._lose_store(error)
                if self._stopping.wait(pause_s):
                    return False
                pause_s = min(2 * pause_s, longest_s)
                continue
            self._have_store()
            tray.clear()
            self._readings += len(batch)
            self._batches += 1
            return True

    def _confirm(self) -> None:
        """Publish the marks of the gateways that wait for it; what finds no room stays owed."""
        if not self._bus.connected:
            return
        for mark in self._reception.waters.marks(self._owed):
            topic = topics.confirmed_topic(self._run, mark.zone, mark.gateway)
            try:
                self._bus.publish(topic, encode_confirmation(mark), 1, True, within_s=0.0)
            except BusFull:
                return
        self._owed.clear()

    def _lose_store(self, error: StoreUnavailable) -> None:
        if self._store_ok:
            self._store_ok, self._failure = False, str(error)
            _log.warning("store is lost, trying again", reason=str(error))

    def _have_store(self) -> None:
        if not self._store_ok:
            self._store_ok, self._failure = True, ""
            _log.info("store is back")
