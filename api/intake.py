"""Readings on their way into the windows: each pack once, holes noticed.

pack (MQTT) -> seen before? -> the ingest's own gate -> VitalEngine.add
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sensors import topics
from sensors.admission import Gate
from sensors.bus import Message
from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.store import Mark
from sensors.wire import Decoder, Pack, WireError
from twin.clock import HOUR_MS

AHEAD = 4_096  # packs remembered beyond a hole (design choice)


@dataclass(slots=True)
class Arrivals:
    """Which packs of one gateway and epoch came.

    All up to number `high`, whose newest reading is of `high_ms`, and some `beyond` a hole
    (number -> time of its newest reading).
    """

    high: int
    high_ms: int
    beyond: dict[int, int] = field(default_factory=dict)

    def fresh(self, seq: int, t_ms: int) -> bool:
        """Whether this pack is new; remembers it.

        A number far below `high` shows that `high` was a wild one: counting begins again there.
        """
        if self.high - seq > AHEAD:
            self.high, self.high_ms = seq - 1, t_ms
        if seq <= self.high or seq in self.beyond:
            return False
        self.beyond[seq] = t_ms
        while self.high + 1 in self.beyond:
            self.high += 1
            self.high_ms = self.beyond.pop(self.high)
        if len(self.beyond) > AHEAD:
            self.forgive()
        return True

    def forgive(self) -> None:
        """Count what is missing as filled."""
        if self.beyond:
            self.high = max(self.beyond)
            self.high_ms = self.beyond[self.high]
            self.beyond.clear()


class Intake:
    """Turns payloads into batches for the engine; one thread owns it."""

    def __init__(self, network: Network) -> None:
        self._gate, self._decoder = Gate(network), Decoder()
        self._arrivals: dict[tuple[str, str, int], Arrivals] = {}
        self.readings = self.packs = self.duplicates = self.refused = 0

    def know(self, marks: Iterable[Mark], t_ms: int) -> None:
        """The windows hold what the store has up to these marks and that time."""
        for mark in marks:
            self._arrivals[mark.zone, mark.gateway, mark.epoch] = Arrivals(mark.seq, t_ms)

    def take(self, message: Message, now_ms: int) -> ReadingBatch | None:
        """The good readings of a pack, or None when it is malformed or came before."""
        try:
            zone, gateway = topics.parse(message.topic).names
            pack = self._decoder.decode(message.payload, now_ms)
        except (ValueError, WireError):
            self.refused += 1  # the ingest keeps it as a dead letter
            return None
        if not self._fresh(zone, gateway, pack, now_ms):
            self.duplicates += 1
            return None
        batch = self._gate.admit(pack, zone, None).batch  # the windows know what is future
        self.packs += 1
        self.readings += len(batch)
        return batch

    def hole_since_ms(self) -> int | None:
        """The time from which on something is missing in between, None when nothing is."""
        holed = (arrivals.high_ms for arrivals in self._arrivals.values() if arrivals.beyond)
        return min(holed, default=None)

    def forgive(self) -> None:
        """The holes were filled from the store."""
        for arrivals in self._arrivals.values():
            arrivals.forgive()

    def _fresh(self, zone: str, gateway: str, pack: Pack, now_ms: int) -> bool:
        if pack.epoch is None or pack.seq is None:
            return True
        key = (zone, gateway, pack.epoch)
        arrivals = self._arrivals.setdefault(key, Arrivals(0, now_ms - HOUR_MS))
        return arrivals.fresh(pack.seq, min(now_ms, int(pack.t_ms.max())))
