"""Publications on their way to the broker: counted, bounded, safe from several threads."""

import threading
import time
from collections import deque
from collections.abc import Callable

from paho.mqtt.client import MQTTMessageInfo
from paho.mqtt.enums import MQTTErrorCode

LOOK_AGAIN_S = 0.1  # another waiting thread may have taken the signal


class Outgoing:
    """At most `limit` messages that the broker has not yet taken."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._pending: dict[int, int] = {}  # message id -> QoS
        self._done: deque[int] = deque()
        self._changed = threading.Event()

    def send(self, publish: Callable[[], MQTTMessageInfo], qos: int) -> bool:
        """Publish if there is room. QoS 0 without a connection counts as sent."""
        with self._lock:
            self._settle()
            if len(self._pending) >= self.limit:
                return False
            sent = publish()
            if sent.rc == MQTTErrorCode.MQTT_ERR_QUEUE_SIZE:
                return False
            if qos or sent.rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
                self._pending[sent.mid] = qos
            return True

    def empty(self) -> bool:
        """Whether everything is published (QoS 1: and acknowledged)."""
        with self._lock:
            self._settle()
            return not self._pending

    def until(self, happened: Callable[[], bool], within_s: float) -> bool:
        """Wait for something that publishing changes; False after that time."""
        deadline = time.monotonic() + within_s
        while not happened():
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            self._changed.wait(min(left_s, LOOK_AGAIN_S))
        return True

    def finished(self, mid: int) -> None:
        """Take note that a message is published.

        Called by paho under a lock that `publish` needs, so it must not wait for ours.
        """
        self._done.append(mid)
        self._changed.set()

    def disconnected(self) -> None:
        """Forget QoS 0; the rest is sent again by paho."""
        with self._lock:
            self._pending = {mid: qos for mid, qos in self._pending.items() if qos}
        self._changed.set()

    def _settle(self) -> None:
        """Under the lock every message that is done is also in `pending`."""
        self._changed.clear()
        while self._done:
            self._pending.pop(self._done.popleft(), None)
