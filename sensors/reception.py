"""Opens what arrives and sorts it: good readings, packs that came before, dead letters.

Touches no network and no store; the ingest's thread owns it.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import orjson
import structlog

from sensors import deadletter, topics
from sensors.admission import Gate
from sensors.bus import Message
from sensors.deadletter import DeadLetter, DeadLetterTray
from sensors.highwater import Gateway, HighWaters, decode_confirmation
from sensors.horizon import AHEAD_MS, Horizon
from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.store.base import Mark
from sensors.wire import Decoder, Pack, WireError

Numbers = tuple[int | None, int | None]  # epoch and number of a pack, None without guarantee

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Collection:
    """What one transaction will hold, and the messages to acknowledge after it.

    `gateways` are those to confirm; `fresh` is false when there is nothing to write.
    """

    batches: list[ReadingBatch] = field(default_factory=list)
    gateways: set[Gateway] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    readings: int = 0
    fresh: bool = False


class Reception:
    """Sorts messages into the current collection."""

    def __init__(self, network: Network, marks: Iterable[Mark], clock: Callable[[], int]) -> None:
        """`marks` is what the store holds already; `clock` is wall time in ms UTC."""
        self._gate, self._decoder = Gate(network), Decoder()
        self._clock = clock
        self.waters, self.tray, self.horizon = HighWaters(marks), DeadLetterTray(), Horizon()
        self.counts: Counter[str] = Counter(packs=0, duplicates=0)

    def take(self, message: Message, collection: Collection) -> None:
        """Sort one message; whatever it holds, this does not raise."""
        try:
            topic = topics.parse(message.topic)
        except ValueError as error:  # an empty level
            collection.messages.append(message)
            self._refuse(message, deadletter.WRONG_TOPIC, str(error), collection)
            return
        zone, gateway = topic.names
        if topic.channel == "confirmed":
            self._adopt(zone, gateway, message.payload)
        else:
            collection.messages.append(message)
            self._take_pack(zone, gateway, message, collection)

    def _take_pack(self, zone: str, gateway: str, message: Message, collection: Collection) -> None:
        """A refused pack is settled too, or its gateway would send it for ever."""
        limit_ms = self.horizon.limit_ms(self._clock())
        pack = self._open(message.payload, limit_ms)
        if not self._is_new(zone, gateway, _numbers(pack, message.payload), collection):
            return
        if isinstance(pack, WireError):
            self._refuse(message, pack.reason, pack.detail, collection)
        else:
            self._admit(pack, zone, limit_ms, message, collection)

    def _open(self, payload: bytes, limit_ms: int | None) -> Pack | WireError:
        now_ms = None if limit_ms is None else limit_ms - AHEAD_MS
        try:
            return self._decoder.decode(payload, now_ms)
        except WireError as error:
            return error

    def _is_new(self, zone: str, gateway: str, numbers: Numbers, collection: Collection) -> bool:
        epoch, seq = numbers
        if epoch is None or seq is None:  # a real device: taken without the guarantee
            return True
        water = self.waters.of((zone, gateway, epoch))
        collection.gateways.add((zone, gateway, epoch))
        if water.has(seq):
            self.counts["duplicates"] += 1
            return False
        water.add(seq)
        collection.fresh = True
        return True

    def _admit(
        self,
        pack: Pack,
        zone: str,
        limit_ms: int | None,
        message: Message,
        collection: Collection,
    ) -> None:
        admission = self._gate.admit(pack, zone, limit_ms)
        for refusal in admission.refused:
            detail = f"{refusal.count} of {len(pack)} records, first {refusal.example}"
            self._refuse(message, refusal.reason, detail, collection, refusal.count)
        collection.batches.append(admission.batch)
        collection.readings += len(admission.batch)
        collection.fresh = True
        self.counts["packs"] += 1

    def _refuse(
        self, message: Message, reason: str, detail: str, collection: Collection, count: int = 1
    ) -> None:
        letter = DeadLetter(self._clock(), message.topic, reason, detail, message.payload)
        self.tray.add(letter, count)
        collection.fresh = True

    def _adopt(self, zone: str, gateway: str, payload: bytes) -> None:
        """Believe a retained mark above our own: those packs will never come again."""
        told = decode_confirmation(payload)
        if told is None:
            return
        water = self.waters.of((zone, gateway, told.epoch))
        if told.seq > water.mark:
            _log.warning(
                "the store lacks packs that were confirmed before",
                gateway=f"{zone}/{gateway}",
                stored=water.mark,
                confirmed=told.seq,
            )
            water.raise_to(told.seq)


def _numbers(pack: Pack | WireError, payload: bytes) -> Numbers:
    """Epoch and number of a pack; of a refused one as far as they can be read."""
    if isinstance(pack, Pack):
        return pack.epoch, pack.seq
    try:
        first = orjson.loads(payload)[0]
        epoch, seq = first["hf_epoch"], first["hf_seq"]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return None, None
    if type(epoch) is type(seq) is int and 0 <= epoch < 2**63 and 0 < seq < 2**63:
        return epoch, seq
    return None, None
