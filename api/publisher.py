"""Vital signs and alerts on MQTT."""

from collections.abc import Callable
from typing import Protocol

import orjson

from api.alertview import AlertView
from api.ledger import Entry
from api.vitalmessages import vital_messages
from api.vitals.sign import VitalFrame
from sensors.bus import BusFull, Message
from sensors.topics import alert_topic


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

    def __init__(self, bus: MessageBus, run: str, view: AlertView) -> None:
        self._bus, self._run, self._view = bus, run, view

    def show(self, frame: VitalFrame) -> None:
        """Current vital signs of every entity, retained."""
        if not self._bus.connected:
            return
        for topic, payload in vital_messages(frame, self._run):
            if not self._sent(topic, payload, qos=0, retain=True):
                return

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
