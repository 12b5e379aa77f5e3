"""What could not be used: each bad payload is counted and a bounded copy of it is kept."""

from collections import Counter
from dataclasses import dataclass, replace

KEPT_BYTES = 1_024  # design choice: enough to recognise the sender, small enough to keep thousands
KEPT_DETAIL = 200  # characters
KEPT_AT_ONCE = 500  # letters between two writes; a flood beyond it is counted, not kept

# Reason codes found by the ingest itself; `wire` adds its own (not-json, not-senml, ...).
# They are part of the product: never rename one.
WRONG_TOPIC = "wrong-topic"
WRONG_ZONE = "wrong-zone"
UNKNOWN_SENSOR = "unknown-sensor"
WRONG_TYPE = "wrong-type"
UNKNOWN_STATE = "unknown-state"
WRONG_UNIT = "wrong-unit"
NOT_FINITE = "not-finite"
FAR_FUTURE = "far-future"
FAR_PAST = "far-past"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A payload, or a part of one, that was refused.

    `payload` is cut to 1,024 bytes, `detail` to 200 characters; `received_ms` is wall time,
    because the payload's own time cannot be trusted.
    """

    received_ms: int
    topic: str
    reason: str
    detail: str
    payload: bytes


class DeadLetterTray:
    """Letters that wait for the next write, bounded, with a counter per reason.

    Not thread-safe: one ingest thread owns it.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._letters: list[DeadLetter] = []

    def add(self, letter: DeadLetter, count: int = 1) -> None:
        """Count the refused records (or the one refused payload) and keep a bounded copy."""
        self.counts[letter.reason] += count
        if len(self._letters) < KEPT_AT_ONCE:
            self._letters.append(bounded(letter))

    def letters(self) -> list[DeadLetter]:
        """What waits, oldest first."""
        return list(self._letters)

    def clear(self) -> None:
        """Forget the waiting letters (they are written); the counters stay."""
        self._letters.clear()


def bounded(letter: DeadLetter) -> DeadLetter:
    """The letter with topic, detail and payload cut to what is kept."""
    return replace(
        letter,
        topic=letter.topic[:KEPT_DETAIL],
        detail=letter.detail[:KEPT_DETAIL],
        payload=letter.payload[:KEPT_BYTES],
    )
