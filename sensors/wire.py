"""Packs on the wire: one SenML array per gateway and tick, at most 200 records.

Encoding is strict. Decoding takes any valid pack, ours or a real device's, and turns everything
else into a WireError with a short stable reason (docs/wire.md lists them).
"""

from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import orjson

from sensors.catalogue import Quantity
from sensors.network import Network
from sensors.numberpack import NumberPack, NumberReader
from sensors.reading import ReadingBatch
from sensors.senml import (
    MAX_BYTES,
    MAX_RECORDS,
    VERSION,
    Columns,
    Record,
    WireError,
    read_records,
    record_decoder,
    resolve,
)
from twin.arrays import Array, Floats, Ints

__all__ = [
    "MAX_BYTES",
    "MAX_RECORDS",
    "URN",
    "Decoder",
    "Pack",
    "WireError",
    "decode",
    "encode_pack",
]

URN = "urn:dev:hf:"
_RELATIVE_S = 2**28  # smaller times count from now (RFC 8428, 4.5.3)
_LATEST_S = 253_402_300_800  # the year 10000


@dataclass(frozen=True, slots=True)
class Pack:
    """A decoded pack: records as columns, names without the base name of the zone.

    `value` is NaN where the record holds a state; booleans are 1.0 and 0.0. `state` is None when
    no record has one. `units` are as sent, "" where not. `epoch` and `seq` are None when the
    sender asks for no delivery guarantee.
    """

    zone: str
    epoch: int | None
    seq: int | None
    names: list[str]
    t_ms: Ints
    value: Floats
    state: Array | None
    units: list[str]

    def __len__(self) -> int:
        return len(self.names)


def encode_pack(
    network: Network, zone: str, gateway: str, epoch: int, seq: int, batch: ReadingBatch
) -> bytes:
    """At most 200 readings of one zone as a pack; ValueError when there are more or none."""
    if not 0 < len(batch) <= MAX_RECORDS:
        raise ValueError(f"a pack holds 1 to {MAX_RECORDS} readings, not {len(batch)}")
    base_ms = int(batch.t_ms[0])
    records = _encoded(network, batch, base_ms)
    head = {"bn": f"{URN}{zone}:", "bt": base_ms / 1000, "bver": VERSION}
    records[0] = head | records[0] | {"hf_epoch": epoch, "hf_seq": seq, "hf_gateway": gateway}
    return orjson.dumps(records)


def _encoded(network: Network, batch: ReadingBatch, base_ms: int) -> list[dict[str, Any]]:
    """One dictionary per reading; `t` counts from the base time, booleans have no unit."""
    name, quantities = network.series.name, network.quantities
    kinds = [quantities[row] for row in network.series.quantity[batch.series].tolist()]
    names = [name[row] for row in batch.series.tolist()]
    offsets = ((batch.t_ms - base_ms) / 1000).tolist()
    records: list[dict[str, Any]] = [
        {"n": n, "u": kind.unit, "t": t, "v": v}
        for n, kind, t, v in zip(names, kinds, offsets, batch.value.tolist(), strict=True)
    ]
    for row, kind in enumerate(kinds):
        if not kind.unit:
            records[row] = {"n": names[row], "t": offsets[row]} | _plain(batch, row, kind)
    return records


def _plain(batch: ReadingBatch, row: int, quantity: Quantity) -> dict[str, bool | str]:
    """The value field of a boolean or a state."""
    if quantity.boolean:
        return {"vb": bool(batch.value[row])}
    if batch.state is None or batch.state[row] is None:
        raise ValueError(f"reading {row} of {quantity.id!r} has no state")
    return {"vs": batch.state[row]}


class Decoder:
    """Decodes packs; one instance serves one thread."""

    def __init__(self) -> None:
        self._json, self._numbers = record_decoder(), NumberReader()

    def decode(self, payload: bytes, now_ms: int | None = None) -> Pack:
        """The pack in this payload; WireError when it is not one.

        Times below 2**28 s count from `now_ms`; without it they are refused.
        """
        numbers = self._numbers.read(payload)
        if numbers is not None and (zone := _zone_of(numbers.base)):
            return _number_pack(zone, numbers, now_ms)
        records = read_records(self._json, payload)
        columns = resolve(records)
        if not columns.names:
            raise WireError("not-senml", "no values")
        return _pack(columns, records[0], now_ms)


def decode(payload: bytes, now_ms: int | None = None) -> Pack:
    """The pack in one payload, as `Decoder.decode`, which is faster for many."""
    return Decoder().decode(payload, now_ms)


def _zone_of(base: str) -> str:
    """The zone that this base name is the prefix of and no more; "" for any other."""
    zone = base[len(URN) : -1]
    return zone if base == f"{URN}{zone}:" and ":" not in zone else ""


def _number_pack(zone: str, numbers: NumberPack, now_ms: int | None) -> Pack:
    epoch, seq = _mark(numbers.first)
    value = np.array(numbers.values)
    if not np.isfinite(value).all():
        raise WireError("value", "not finite")
    t_ms = _times(numbers.seconds, now_ms)
    return Pack(zone, epoch, seq, numbers.names, t_ms, value, None, numbers.units)


def _pack(columns: Columns, first: Record, now_ms: int | None) -> Pack:
    prefix = _prefix(columns.names[0])
    own = min(map(len, columns.names)) > len(prefix)
    if not (own and all(map(str.startswith, columns.names, repeat(prefix)))):
        raise WireError("name", f"expected every name to start with {prefix!r}")
    epoch, seq = _mark(first)
    cut = len(prefix)
    return Pack(
        zone=prefix[len(URN) : -1],
        epoch=epoch,
        seq=seq,
        names=[name[cut:] for name in columns.names],
        t_ms=_times(columns.seconds, now_ms),
        value=_values(columns.values, columns.states),
        state=np.array(columns.states, object) if any(columns.states) else None,
        units=columns.units,
    )


def _prefix(name: str) -> str:
    zone = name.removeprefix(URN).partition(":")[0]
    if not name.startswith(URN) or not zone:
        raise WireError("name", f"{name[:80]!r} does not start with {URN}<zone>:")
    return f"{URN}{zone}:"


def _mark(first: Record) -> tuple[int | None, int | None]:
    epoch, seq = first.hf_epoch, first.hf_seq
    if epoch is None and seq is None:
        return None, None
    if epoch is None or seq is None or not (0 <= epoch < 2**63 and 1 <= seq < 2**63):
        raise WireError("sequence", f"expected hf_epoch >= 0 and hf_seq >= 1, not {epoch}, {seq}")
    return epoch, seq


def _times(seconds: list[float], now_ms: int | None) -> Ints:
    """Milliseconds UTC, rounded."""
    times = np.array(seconds)
    first_s, last_s = times.min(), times.max()
    if not -_LATEST_S < first_s <= last_s < _LATEST_S:
        raise WireError("time", "beyond the year 10000")
    if first_s < _RELATIVE_S:
        if now_ms is None:
            raise WireError("time", "relative to now")
        times = np.where(times < _RELATIVE_S, times + now_ms / 1000, times)
    milliseconds: Ints = np.rint(times * 1000).astype(np.int64)
    return milliseconds


def _values(values: list[float], states: list[str | None]) -> Floats:
    column = np.array(values)
    if not np.isfinite(column).all():
        holds_state = np.array([state is not None for state in states])
        if not (np.isfinite(column) | holds_state).all():
            raise WireError("value", "not finite")
    return column
