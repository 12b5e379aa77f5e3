"""The quick way through packs as most are: numbers only, base fields in the first record alone.

Whatever is not such a pack is left to the full reading of SenML, which also says what is wrong.
"""

from dataclasses import dataclass

import msgspec

from sensors.senml import MAX_BYTES, MAX_RECORDS, VERSION, Record, record_decoder


class Number(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A record that holds a number and nothing that speaks for others."""

    n: str
    v: float
    t: float = 0.0
    u: str = ""


@dataclass(frozen=True, slots=True)
class NumberPack:
    """Resolved columns, names without the base name `base`; `first` has the sequence."""

    base: str
    first: Record
    names: list[str]
    seconds: list[float]
    values: list[float]
    units: list[str]


class NumberReader:
    """Reads such packs; one instance serves one thread."""

    def __init__(self) -> None:
        self._head = record_decoder()
        self._rest = msgspec.json.Decoder(list[Number])

    def read(self, payload: bytes) -> NumberPack | None:
        """None where the pack is anything else, or nothing at all.

        Cut in two after the first record: if both halves are arrays, so is the whole, with the
        records of both.
        """
        cut = payload.find(b"},{") + 1
        if not cut or len(payload) > MAX_BYTES or b'_"' in payload[:cut]:
            return None
        try:
            (first,) = self._head.decode(payload[:cut] + b"]")
            rest = self._rest.decode(b"[" + payload[cut + 1 :])
        except (ValueError, RecursionError):
            return None
        whole = len(rest) < MAX_RECORDS and (first.bver or 0) <= VERSION
        return _resolved(first, rest) if whole and _number(first) else None


def _number(record: Record) -> bool:
    return record.v is not None and record.vb is None and record.vs is None


def _resolved(first: Record, rest: list[Number]) -> NumberPack | None:
    """Base fields applied; None where a name is empty."""
    names = [first.n] + [one.n for one in rest]
    if first.v is None or not all(names):
        return None
    start, unit, offset = first.bt or 0.0, first.bu or "", first.bv or 0.0
    values = [first.v] + [one.v for one in rest]
    units = [first.u or unit] + [one.u or unit for one in rest]
    seconds = [start + first.t] + [start + one.t for one in rest]
    if offset:
        values = [value + offset for value in values]
    return NumberPack(first.bn or "", first, names, seconds, values, units)
