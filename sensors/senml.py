"""SenML records (RFC 8428, JSON): types, base fields resolved, everything else a WireError."""

import math
from dataclasses import dataclass

import msgspec
import orjson

MAX_RECORDS = 200
MAX_BYTES = 262_144
VERSION = 10  # of SenML (RFC 8428, 4.4)


class WireError(Exception):
    """A payload that is not a pack; `reason` is a short stable code for counters."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else reason)


class Record(msgspec.Struct):
    """One SenML record as sent; None is "not there". Unknown fields are ignored."""

    n: str = ""
    u: str | None = None
    t: float = 0.0
    v: float | None = None
    vb: bool | None = None
    vs: str | None = None
    vd: str | None = None
    s: float | None = None
    bn: str | None = None
    bt: float | None = None
    bu: str | None = None
    bv: float | None = None
    bver: int | None = None
    hf_epoch: int | None = None
    hf_seq: int | None = None


@dataclass(slots=True)
class Columns:
    """Resolved records: full names, times in s, values (NaN for a state), states, units."""

    names: list[str]
    seconds: list[float]
    values: list[float]
    states: list[str | None]
    units: list[str]


def record_decoder() -> msgspec.json.Decoder[list[Record]]:
    """Made once and used for many payloads."""
    return msgspec.json.Decoder(list[Record])


def read_records(decoder: msgspec.json.Decoder[list[Record]], payload: bytes) -> list[Record]:
    """The records of a payload; WireError when it is not JSON, not SenML or beyond the limits."""
    if len(payload) > MAX_BYTES:
        raise WireError("too-large", f"{len(payload)} bytes")
    try:
        records = decoder.decode(payload)
    except msgspec.ValidationError as error:
        raise WireError("not-senml", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError("not-json", str(error)) from None
    if not records:
        raise WireError("not-senml", "no records")
    if len(records) > MAX_RECORDS:
        raise WireError("too-many-records", str(len(records)))
    if max((record.bver or 0) for record in records) > VERSION:
        raise WireError("version", f"bver above {VERSION}")
    if b'_"' in payload and _demands(payload):
        raise WireError("must-understand", "a field that ends in _")
    return records


def _demands(payload: bytes) -> bool:
    """A field whose name ends in _ must be understood or the pack refused (RFC 8428, 4.4)."""
    try:
        return any(key.endswith("_") for record in orjson.loads(payload) for key in record)
    except orjson.JSONDecodeError as error:  # stricter than msgspec about fields it skips
        raise WireError("not-json", str(error)) from None


def resolve(records: list[Record]) -> Columns:
    """Base fields applied, records that hold only base fields dropped."""
    columns = Columns([], [], [], [], [])
    name, start, unit, offset = "", 0.0, "", 0.0
    for record in records:
        name = name if record.bn is None else record.bn
        start = start if record.bt is None else record.bt
        unit = unit if record.bu is None else record.bu
        offset = offset if record.bv is None else record.bv
        value = record.v
        if value is None or record.vb is not None or record.vs is not None:
            if not record.n and _empty(record):
                continue
            columns.values.append(_value(record))
        else:
            columns.values.append(value + offset)
        columns.names.append(name + record.n)
        columns.seconds.append(start + record.t)
        columns.states.append(record.vs)
        columns.units.append(record.u or unit)
    return columns


def _empty(record: Record) -> bool:
    fields = (record.v, record.vb, record.vs, record.vd, record.s)
    return all(field is None for field in fields)


def _value(record: Record) -> float:
    """The value of a record that holds a boolean or a state instead of a number."""
    if (record.v is not None) + (record.vb is not None) + (record.vs is not None) != 1:
        raise WireError("value", f"{record.n!r} needs exactly one of v, vb, vs")
    return math.nan if record.vb is None else float(record.vb)
