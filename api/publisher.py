"""Vital signs, alerts and early warnings on MQTT."""

from collections.abc import Callable
from typing import Protocol

import orjson

from api.alertview import AlertView
from api.ledger import Entry
from api.schemas.forecast import WarningList
from api.vitalmessages import vital_messages
from api.vitals.sign import VitalFrame
from sensors.bus import BusFull, Message
from sensors.topics import alert_topic, warnings_topic

SHOW_EVERY_MS = 1_000  # wall time: hundreds of messages each, and people cannot read faster


class MessageBus(Protocol):
    """What the service needs of sensors.bus.Bus."""

    @property
    def connected(self) -> bool: ...

    def publish(
        self, topic: str, payload: bytes, qos: int = 0, retain: bool = False, within_s: float = 0.0
    ) -> None: ...

    def subscribe(
        self, pattern: str, handler: Callable[[Message], None], qos: int = 1, manual: bool = False
    ) -> None: ...


class Publisher:
    """Never waits: what finds no room is told again later (alerts) or skipped (vital signs)."""

    def __init__(self, bus: MessageBus, run: str, view: AlertView, wall: Callable[[], int]) -> None:
        self._bus, self._run, self._view, self._wall = bus, run, view, wall
        self._shown: VitalFrame | None = None
        self._shown_wall_ms = 0

    def show(self, frame: VitalFrame | None) -> None:
        """Current vital signs of every entity, retained; at most once a second of wall time."""
        due = self._wall() - self._shown_wall_ms >= SHOW_EVERY_MS
        if frame is None or frame is self._shown or not due or not self._bus.connected:
            return
        self._shown, self._shown_wall_ms = frame, self._wall()
        for topic, payload in vital_messages(frame, self._run):
            if not self._sent(topic, payload, qos=0, retain=True):
                return

    def warn(self, warnings: WarningList) -> None:
        """What is expected, retained; the next list is not far, so one may be skipped."""
        if self._bus.connected:
            payload = orjson.dumps({"v": 1, **warnings.model_dump(mode="json")})
            self._sent(warnings_topic(self._run), payload, qos=0, retain=True)

    def tell(self, entry: Entry, old: bool) -> bool:
        """One transition of an alert that has fired: retained while it is open, then cleared.

        False when there was no room; an `old` one that has ended is only cleared.
        """
        alert = self._view.alert(entry)
        if alert.fired is None:
            return True
        topic, lasting = alert_topic(self._run, entry.subject), alert.state != "resolved"
        event = orjson.dumps(self._view.cloud_event(entry))
        if lasting:
            return self._sent(topic, event, qos=1, retain=True)
        told = old or self._sent(topic, event, qos=1, retain=False)
        return told and self._sent(topic, b"", qos=1, retain=True)

    def _sent(self, topic: str, payload: bytes, qos: int, retain: bool) -> bool:
        try:
            self._bus.publish(topic, payload, qos, retain, within_s=0.0)
        except BusFull:
            return False
        return True
