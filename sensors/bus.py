"""MQTT for every service: one connection that survives the broker; any thread may publish.

Delivery guarantees are made end to end by gateways and ingest. The bus only promises to publish
in order, to hand over what arrives, and to say once that the broker is gone and once that it is
back.
"""

import contextlib
import os
import secrets
import ssl
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from sensors.brokertls import broker_context, reason
from sensors.brokerurl import BusError, in_the_clear, parse_url, uses_tls
from sensors.outgoing import Outgoing

__all__ = ["Bus", "BusError", "BusFull", "Handler", "Message", "Presence", "parse_url"]

IN_FLIGHT = 50  # unacknowledged publications; 1000 halved the throughput when measured
QUEUED = 1_000  # publications that may wait for the broker, design choice
KEEPALIVE_S = 60
RETRY_S = (1, 5)  # first and longest pause between attempts to connect
BLOCK_S = 30.0  # how long a publisher waits for room before BusFull
GOODBYE_S = 1.0

_log = structlog.get_logger(__name__)


class BusFull(Exception):  # noqa: N818 - names the situation, not a fault
    """The broker has been away so long that nothing more can wait for it. Try again later."""


@dataclass(frozen=True, slots=True)
class Message:
    """One arrival; `mid` and `connection` tell the bus what to acknowledge."""

    topic: str
    payload: bytes
    retain: bool = False
    qos: int = 0
    mid: int = 0
    connection: int = 0


Handler = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class Presence:
    """What a service says of itself, retained: `birth` on every connect, `will` when it is gone."""

    topic: str
    birth: bytes
    will: bytes


@dataclass(frozen=True, slots=True)
class _Subscription:
    filter: str
    qos: int
    handler: Handler
    manual: bool


class Bus:
    """A connection under the name `client_id`, which is its session and so used once at a time.

    With `persistent` false the session ends with the connection and the name gets a random tail:
    for tools that come and go, whose sessions would otherwise fill up while they are away.
    """

    def __init__(
        self,
        url: str,
        client_id: str,
        presence: Presence | None = None,
        queued: int = QUEUED,
        persistent: bool = True,
    ) -> None:
        """Raises BusError for a wrong address, or for TLS settings that cannot be used.

        Connects in the background, and keeps trying, from the first subscription, publication or
        wait on. Subscribe first: what a session kept for a topic without handler is let go.
        """
        self._host, self._port, user, password = parse_url(url)
        self.address = f"{self._host}:{self._port}"
        self._presence, self._outgoing = presence, Outgoing(queued)
        self._subscriptions: tuple[_Subscription, ...] = ()
        self._greetings: tuple[Callable[[], object], ...] = ()
        self._lock = threading.Lock()
        self._connected, self._subscribed = threading.Event(), threading.Event()
        self._born = threading.Event()  # the birth of this connection is on its way
        self._asked = 0  # subscriptions that the broker has not answered
        self._connection = self._network_thread = 0
        self._complaints: set[str] = set()  # since the last good connection
        self._closing = False
        self.trouble: str | None = None  # why there is no connection, once that is known
        self.refusals = 0  # subscriptions that the broker did not grant
        self._client = _client(client_id, user, password, persistent)
        self._tls = uses_tls(url)
        if self._tls:
            self._client.tls_set_context(broker_context(os.environ))
        if in_the_clear(url, os.environ):
            _log.warning(
                "the broker's password goes over the network in the clear: use mqtts://",
                broker=self.address,
            )
        self._started = False
        self._listen()

    @property
    def connected(self) -> bool:
        return self._connected.is_set()

    @property
    def complaint(self) -> str:
        """Why there is no connection, as half a sentence with the broker's address."""
        return f"broker {self.address} {self.trouble or 'does not answer'}"

    def wait_connected(self, within_s: float) -> bool:
        """True as soon as there is a connection, False after that time."""
        self._start()
        return self._connected.wait(within_s)

    def wait_subscribed(self, within_s: float) -> bool:
        """True once the broker has granted all subscriptions made so far."""
        self._start()
        return self._subscribed.wait(within_s)

    def publish(
        self,
        topic: str,
        payload: bytes,
        qos: int = 0,
        retain: bool = False,
        within_s: float = BLOCK_S,
    ) -> None:
        """Hand over to the network thread; waits for room, then raises BusFull.

        QoS 0 is forgotten while there is no connection. Handlers never wait here: for them a
        full queue is BusFull at once.
        """
        self._start()
        within_s = 0.0 if threading.get_ident() == self._network_thread else within_s

        def attempt() -> bool:
            return self._outgoing.send(
                lambda: self._client.publish(topic, payload, qos, retain), qos
            )

        if not self._outgoing.until(attempt, within_s):
            raise BusFull(f"{self._outgoing.limit} messages already wait for {self.address}")

    def flush(self, within_s: float) -> bool:
        """True once everything is published (QoS 1: and acknowledged), False after that time."""
        return self._outgoing.until(self._outgoing.empty, within_s)

    def subscribe(self, pattern: str, handler: Handler, qos: int = 1, manual: bool = False) -> None:
        """Call the handler, on the network thread, for each message whose topic fits.

        With `manual` the handler's owner calls `ack` when the message is safe; otherwise the bus
        does when the handler returns. Kept over reconnects; retained messages then come again.
        """
        added = _Subscription(pattern, qos, handler, manual)
        with self._lock:
            self._subscriptions = (*self._subscriptions, added)
            self._subscribed.clear()
        if self.connected:
            self._ask(added)
        self._start()

    def on_connect(self, action: Callable[[], object]) -> None:
        """Do this after every connect, on the network thread; at once if there is a connection."""
        with self._lock:
            self._greetings = (*self._greetings, action)
        if self.connected:
            action()

    def ack(self, message: Message) -> None:
        """Tell the broker to forget this message; one from before a reconnect comes again."""
        if message.qos and message.connection == self._connection:
            self._client.ack(message.mid, message.qos)

    def close(self) -> None:
        """Say goodbye (the will, published in person) and disconnect; twice is no error."""
        if self._closing:
            return
        self._closing = True
        if self._presence is not None and self.connected:
            self._born.wait(GOODBYE_S)  # a birth after the goodbye would stay retained
            with contextlib.suppress(BusFull):
                self.publish(self._presence.topic, self._presence.will, 1, True, GOODBYE_S)
            self.flush(GOODBYE_S)
        self._client.disconnect()
        self._client.loop_stop()

    def _start(self) -> None:
        with self._lock:
            if self._started or self._closing:
                return
            self._started = True
        self._client.connect_async(self._host, self._port, KEEPALIVE_S)
        self._client.loop_start()

    def _ask(self, subscription: _Subscription) -> None:
        with self._lock:
            self._asked += 1
        self._client.subscribe(subscription.filter, subscription.qos)

    def _listen(self) -> None:
        client = self._client
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        if self._presence is not None:
            client.will_set(self._presence.topic, self._presence.will, 1, True)

    def _on_connect(
        self, client: mqtt.Client, _data: Any, _flags: Any, code: ReasonCode, _properties: Any
    ) -> None:
        if code.is_failure:
            hint = "look at user and password in HENGFU_BROKER or --broker"
            self._complain(f"broker refuses the connection, trying again: {hint}", str(code))
            return
        self.trouble = None
        self._connection += 1
        self._network_thread = threading.get_ident()
        with self._lock:
            self._asked = 0
        self._connected.set()  # before the look at the list: who joins it from here on asks itself
        for subscription in self._subscriptions:
            self._ask(subscription)
        if not self._subscriptions:
            self._subscribed.set()
        if self._presence is not None:
            client.publish(self._presence.topic, self._presence.birth, 1, True)
            self._born.set()
        for greet in self._greetings:
            greet()
        if self._complaints:
            self._complaints.clear()
            _log.info("broker is back", broker=self.address)

    def _on_connect_fail(self, _client: mqtt.Client, _data: Any) -> None:
        error = sys.exception()  # paho calls this while it handles the error
        if isinstance(error, ssl.SSLError):
            self._complain("broker cannot be trusted, trying again", reason(error, self._tls))
        elif not self._complaints:
            why = "no answer" if error is None else reason(error, self._tls)
            self._complain("broker cannot be reached, trying again", why)

    def _on_disconnect(
        self, _client: mqtt.Client, _data: Any, _flags: Any, code: ReasonCode, _properties: Any
    ) -> None:
        answered = self.connected
        self._connected.clear()
        self._born.clear()
        self._subscribed.clear()
        self._outgoing.disconnected()
        if self._closing or self._complaints:
            return
        if answered:
            self._complain("broker is lost, trying again", str(code))
        else:
            hint = "no MQTT is spoken at this port: mqtts:// in HENGFU_BROKER, or another port?"
            self._complain("broker hangs up before it answers, trying again", hint)

    def _on_subscribe(
        self, _client: mqtt.Client, _data: Any, _mid: int, reasons: list[ReasonCode], _more: Any
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            self.refusals += 1
            _log.error("broker refuses a subscription", broker=self.address)
        with self._lock:
            self._asked -= 1
            if self._asked <= 0:
                self._subscribed.set()

    def _complain(self, event: str, why: str) -> None:
        """Once per loss, and once more for each refusal, which somebody has to put right."""
        if event not in self._complaints:
            self._complaints.add(event)
            words = event.removeprefix("broker ").replace(", trying again", "")
            self.trouble = f"{words} ({why})"
            _log.warning(event, broker=self.address, reason=why)

    def _on_publish(
        self, _client: mqtt.Client, _data: Any, mid: int, _reason: ReasonCode, _properties: Any
    ) -> None:
        self._outgoing.finished(mid)

    def _on_message(self, _client: mqtt.Client, _data: Any, arrived: mqtt.MQTTMessage) -> None:
        message = Message(
            arrived.topic,
            bytes(arrived.payload),
            arrived.retain,
            arrived.qos,
            arrived.mid,
            self._connection,
        )
        manual = False
        for subscription in self._subscriptions:
            if mqtt.topic_matches_sub(subscription.filter, message.topic):
                manual |= subscription.manual
                _handle(subscription.handler, message)
        if not manual:
            self.ack(message)


def _client(
    client_id: str, user: str | None, password: str | None, persistent: bool
) -> mqtt.Client:
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id if persistent else f"{client_id}-{secrets.token_hex(4)}",
        clean_session=not persistent,
        protocol=MQTTProtocolVersion.MQTTv311,
        manual_ack=True,
    )
    client.max_inflight_messages_set(IN_FLIGHT)
    client.max_queued_messages_set(0)  # the bus counts itself
    client.reconnect_delay_set(*RETRY_S)
    if user is not None:
        client.username_pw_set(user, password)
    return client


def _handle(handler: Handler, message: Message) -> None:
    """A handler that fails loses its message, never the connection."""
    try:
        handler(message)
    except Exception:
        _log.exception("a message could not be handled", topic=message.topic)
