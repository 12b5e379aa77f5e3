"""Orders to the city: published, repeated until acknowledged, kept in the ledger.

route -> Commands.send -> commands/city (repeated) -> city -> acks/{id} -> route
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
import structlog

from api.ledger import Draft, Ledger
from api.publisher import MessageBus
from sensors.bus import BusFull, Message
from sensors.topics import command_topic
from twin.command import Acknowledgement, Command

REPEAT_S = 1.0
TARGET = "city"
KIND = "command"
WAITING_AT_ONCE = 64  # design choice: commands in flight; more means that the city is away
_log = structlog.get_logger(__name__)


class CityDoesNotAnswer(Exception):  # noqa: N818 (named like StoreUnavailable)
    """No acknowledgement came in time. The city may still carry the command out later."""


@dataclass(slots=True)
class _Waiting:
    answered: threading.Event = field(default_factory=threading.Event)
    answer: Acknowledgement | None = None


class Commands:
    """Sends commands of one run; `send` may be called from several threads."""

    def __init__(
        self,
        bus: MessageBus,
        ledger: Ledger,
        run: str,
        now_ms: Callable[[], int],
        repeat_s: float = REPEAT_S,
    ) -> None:
        self._bus, self._ledger, self._run = bus, ledger, run
        self._now_ms, self._repeat_s = now_ms, repeat_s
        self._lock = threading.Lock()
        self._waiting: dict[str, _Waiting] = {}

    def send(self, command: Command, within_s: float) -> Acknowledgement:
        """The city's answer; the command is repeated every second until it comes.

        Raises CityDoesNotAnswer after `within_s`. Sending the same id again is safe: the city
        carries each id out once.
        """
        with self._lock:
            if len(self._waiting) >= WAITING_AT_ONCE:
                raise CityDoesNotAnswer("Too many commands wait for the city; try again later.")
            waiting = self._waiting.setdefault(command.id, _Waiting())
        try:
            self._record(command.id, "sent", command)
            return self._repeat(command, waiting, within_s)
        finally:
            with self._lock:
                self._waiting.pop(command.id, None)

    def hear(self, message: Message) -> None:
        """Take in a message from the acknowledgement topic; a malformed one is logged."""
        try:
            answer = msgspec.json.decode(message.payload, type=Acknowledgement)
        except msgspec.DecodeError as error:
            _log.warning("malformed acknowledgement", reason=str(error))
            return
        with self._lock:
            waiting = self._waiting.get(answer.command)
        if waiting is not None:
            waiting.answer = answer
            waiting.answered.set()

    def _repeat(self, command: Command, waiting: _Waiting, within_s: float) -> Acknowledgement:
        payload = msgspec.json.encode(command)
        topic = command_topic(self._run, TARGET)
        for _ in range(max(1, math.ceil(within_s / self._repeat_s))):
            self._put(topic, payload)
            if waiting.answered.wait(self._repeat_s) and waiting.answer is not None:
                self._record(command.id, "answered", waiting.answer)
                return waiting.answer
        self._record(command.id, "unanswered", command)
        raise CityDoesNotAnswer(
            f"The city has not answered command {command.id} within {within_s:g} s."
        )

    def _put(self, topic: str, payload: bytes) -> None:
        try:
            self._bus.publish(topic, payload, qos=1, within_s=0.0)
        except BusFull:
            _log.warning("no room on the bus for a command, trying again")

    def _record(self, subject: str, what: str, record: Command | Acknowledgement) -> None:
        payload = {"what": what, "record": msgspec.to_builtins(record)}
        self._ledger.append([Draft(self._run, self._now_ms(), KIND, subject, payload)])
