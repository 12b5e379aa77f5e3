"""Alerts on their way out: decided by the book, kept in the ledger, only then told.

VitalFrame -> AlertBook.step -> ledger -> feed bell, MQTT
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from api.alerts.alert import Alert, AlertEvent, State, What, from_payload, to_payload
from api.alerts.book import AlertBook
from api.feeds import Bell
from api.ledger import Draft, Entry, Ledger, LedgerUnavailable
from api.outage import Outage
from api.vitals.sign import Colour, VitalFrame

KIND = "alert"
OPEN = ("pending", "firing")
ENDED = ("resolved",)
AVERTED = "averted"  # how an alert that never fired is listed once its breach has passed
SENSORS_KEPT = 50  # neurons named in an entry: thousands stand behind some alerts
RETOLD = 200  # ended alerts whose retained message is cleared again at start
_log = structlog.get_logger(__name__)


class AlreadyAcknowledged(Exception):  # noqa: N818 (names the situation, not a fault)
    """Someone else has the alert; the text is who."""


class Tell(Protocol):
    """Puts an alert's ledger entry on the bus; False when that must be tried again.

    An `old` entry was told before: only what the bus retains of it is to be set right.
    """

    def __call__(self, entry: Entry, old: bool) -> bool: ...


class AlertDesk:
    """The one owner of the alert book; steps and acknowledgements may come from two threads."""

    def __init__(self, book: AlertBook, ledger: Ledger, run: str, bell: Bell) -> None:
        self._book, self._ledger, self._run, self._bell = book, ledger, run, bell
        self._lock = threading.Lock()
        self.revision = 0  # grows with everything that is appended
        self._owed: list[AlertEvent] = []  # decided, not yet in the ledger
        self._untold: dict[str, _Untold] = {}  # in the ledger, not yet on the bus: newest per alert
        self.outage = Outage(_log, "ledger")

    def restore(self) -> int:
        """Take up the open alerts of the ledger and have them told again; how many.

        One whose rule is gone from the configuration ends here.
        """
        open_now = self._ledger.latest(self._run, KIND, where={"alert.state": OPEN})
        ended = self._ledger.latest(self._run, KIND, where={"alert.state": ENDED}, limit=RETOLD)
        with self._lock:
            self._book.restore([to_alert(entry) for entry in reversed(open_now)])
            kept = {alert.id for alert in self._book.active()}
            self._untold = {entry.subject: _Untold(entry, old=True) for entry in ended + open_now}
            self._owed = [_ended(entry) for entry in open_now if entry.subject not in kept]
            self._settle()
        return len(kept)

    def step(self, frame: VitalFrame) -> None:
        """Let the book see a frame; what it decides is appended to the ledger."""
        with self._lock:
            self._owed += self._book.step(frame)
            self._settle()

    def acknowledge(self, alert: str, by: str, note: str, now_ms: int) -> Entry:
        """The entry of the acknowledgement.

        Raises KeyError when no such alert is open, AlreadyAcknowledged, and LedgerUnavailable
        when it cannot be kept.
        """
        with self._lock:
            taken = {one.id: one.acknowledged_by for one in self._book.active()}[alert]
            if taken is not None:
                raise AlreadyAcknowledged(taken)
            self._owed.append(self._book.acknowledge(alert, by, note, now_ms))
            self._settle()
            if self._owed:
                raise LedgerUnavailable(self.outage.reason or "the ledger does not answer")
            return self._untold[alert].entry

    def tell(self, publish: Tell) -> None:
        """Hand what is not yet on the bus to `publish`; the rest stays for the next time."""
        with self._lock:
            waiting = list(self._untold.items())
        for alert, untold in waiting:
            if not publish(untold.entry, untold.old):
                return
            with self._lock:
                if self._untold.get(alert) is untold:
                    del self._untold[alert]

    def colour(self, frame: VitalFrame) -> Colour | None:
        """The colour of the quarter, firing alerts included."""
        with self._lock:
            return self._book.colour(frame)

    def open(self) -> Sequence[Alert]:
        """Pending and firing alerts, oldest first."""
        with self._lock:
            return self._book.active()

    def _settle(self) -> None:
        if not self._owed:
            return
        try:
            entries = self._ledger.append([_draft(self._run, event) for event in self._owed])
        except LedgerUnavailable as error:
            self.outage.lost(error)
            return
        self.outage.back()
        self._owed.clear()
        self.revision += 1
        self._untold |= {entry.subject: _Untold(entry, old=False) for entry in entries}
        self._bell.ring()


def to_alert(entry: Entry) -> Alert:
    """The alert as it was when the entry was appended."""
    return from_payload(entry.payload["alert"])


@dataclass(frozen=True, slots=True)
class _Untold:
    entry: Entry
    old: bool


def _draft(run: str, event: AlertEvent) -> Draft:
    alert = event.alert
    averted = alert.state is State.RESOLVED and alert.fired_ms is None
    kept = replace(alert, sensors=alert.sensors[:SENSORS_KEPT])
    payload = {
        "what": event.what.value,
        "listed": AVERTED if averted else alert.state.value,
        "sensor_count": len(alert.sensors),
        "alert": to_payload(kept),
    }
    return Draft(run, event.t_ms, KIND, alert.id, payload)


def _ended(entry: Entry) -> AlertEvent:
    alert = replace(to_alert(entry), state=State.RESOLVED, resolved_ms=entry.t_ms)
    return AlertEvent(alert, What.RESOLVED, entry.t_ms)
