"""Packs that were sent and are not yet confirmed: the gateways' half of the delivery guarantee.

A pack stays here until the ingest has it in the store and has moved the gateway's high-water
mark past it. A broker's acknowledgement is not enough: brokers lose acknowledged messages.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec


class Pack(msgspec.Struct, frozen=True):
    """One encoded pack on its way; `seq` counts from 1 per zone, gateway and epoch."""

    zone: str
    gateway: str
    epoch: int
    seq: int
    payload: bytes


class OutboxFullError(Exception):
    """The ingest is too far behind: wait for confirmations, then go on."""


@dataclass(slots=True)
class _Kept:
    pack: Pack
    sent_ms: int


class Outbox:
    """Unconfirmed packs of one run, at most `limit`. Times are the caller's clock, ms."""

    def __init__(self, limit: int = 20_000) -> None:
        self._limit = limit
        self._kept: dict[tuple[str, str, int], dict[int, _Kept]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def room(self) -> int:
        """How many more packs it takes."""
        return self._limit - self._count

    def add(self, pack: Pack, now_ms: int) -> None:
        """Keep a pack that is being sent; OutboxFullError when there is no room."""
        if self._count >= self._limit:
            raise OutboxFullError(f"{self._count} packs wait for confirmation")
        packs = self._kept.setdefault((pack.zone, pack.gateway, pack.epoch), {})
        self._count += pack.seq not in packs
        packs[pack.seq] = _Kept(pack, now_ms)

    def confirm(self, zone: str, gateway: str, epoch: int, seq: int) -> int:
        """Everything of this gateway up to seq is stored; how many packs that released."""
        packs = self._kept.get((zone, gateway, epoch), {})
        done = [number for number in packs if number <= seq]
        for number in done:
            del packs[number]
        self._count -= len(done)
        return len(done)

    def resend(self, now_ms: int, after_ms: int = 0) -> list[Pack]:
        """Packs sent at least after_ms ago, in order of number; they count as sent again now."""
        due = [
            kept
            for packs in self._kept.values()
            for kept in packs.values()
            if now_ms - kept.sent_ms >= after_ms
        ]
        due.sort(key=lambda kept: (kept.pack.epoch, kept.pack.seq))
        for kept in due:
            kept.sent_ms = now_ms
        return [kept.pack for kept in due]

    def __iter__(self) -> Iterator[Pack]:
        """All that is kept, to be saved with a snapshot and added again after a crash."""
        return (kept.pack for packs in self._kept.values() for kept in packs.values())
