"""How far each gateway's packs have come into the store: the other half of the outbox."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from sensors.store.base import Mark

Gateway = tuple[str, str, int]  # zone, gateway, epoch
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """Retained on `confirmed/{zone}/{gateway}`: packs up to `seq` of this epoch are stored."""

    epoch: Number
    seq: Number
    v: int = 1


def encode_confirmation(mark: Mark) -> bytes:
    return msgspec.json.encode(Confirmation(epoch=mark.epoch, seq=mark.seq))


def decode_confirmation(payload: bytes) -> Confirmation | None:
    """None for anything else, for instance a cleared retained topic."""
    try:
        return msgspec.json.decode(payload, type=Confirmation)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


class HighWater:
    """Pack numbers of one gateway and epoch: all up to `mark`, and some beyond a gap.

    Numbers start at 1. A gap never stops later packs, it only holds the mark.
    """

    def __init__(self, mark: int = 0) -> None:
        self.mark = mark
        self._beyond: set[int] = set()

    def has(self, seq: int) -> bool:
        return seq <= self.mark or seq in self._beyond

    def add(self, seq: int) -> None:
        """The pack will be stored; moves the mark over everything that is now contiguous."""
        if not self.has(seq):
            self._beyond.add(seq)
        while self.mark + 1 in self._beyond:
            self.mark += 1
            self._beyond.discard(self.mark)

    def raise_to(self, mark: int) -> None:
        """Everything up to here is known to be settled."""
        self._beyond = {seq for seq in self._beyond if seq > mark}
        self.mark = max(self.mark, mark)
        self.add(self.mark)

    def gap(self) -> int:
        """Packs that came after one that did not."""
        return len(self._beyond)


class HighWaters:
    """The marks of all gateways and epochs."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        """Starts from what the store holds."""
        self._marks = {(mark.zone, mark.gateway, mark.epoch): HighWater(mark.seq) for mark in marks}

    def of(self, gateway: Gateway) -> HighWater:
        """The numbers of this gateway and epoch; empty when it is new."""
        return self._marks.setdefault(gateway, HighWater())

    def marks(self, gateways: Iterable[Gateway]) -> list[Mark]:
        """The marks of these that have any."""
        found = [(gateway, self.of(gateway).mark) for gateway in gateways]
        return [Mark(*gateway, seq) for gateway, seq in found if seq]

    def newest(self) -> list[Gateway]:
        """Each gateway with its highest epoch."""
        epochs: dict[tuple[str, str], int] = {}
        for zone, gateway, epoch in self._marks:
            epochs[zone, gateway] = max(epoch, epochs.get((zone, gateway), epoch))
        return [(*gateway, epoch) for gateway, epoch in epochs.items()]

    def gaps(self) -> int:
        """Packs that wait behind a gap, over all gateways."""
        return sum(water.gap() for water in list(self._marks.values()))
