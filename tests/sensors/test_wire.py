"""Packs out and in: what we send comes back, what is not a pack has a reason."""

import contextlib
import json
import math

import numpy as np
import pytest

from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.wire import MAX_BYTES, MAX_RECORDS, Decoder, WireError, decode, encode_pack

T_MS = 1_780_000_000_123


def _batch(network: Network) -> ReadingBatch:
    names = ["lift-0:lift_state:1:state", "lift-0:lift_state:1:trapped", "zone-0:pm25:1:mass"]
    rows = [network.series.lookup[name] for name in names]
    state = np.array(["moving", None, None], object)
    times = np.array([T_MS, T_MS, T_MS + 877])
    return ReadingBatch(np.array(rows, np.int32), times, np.array([np.nan, 1.0, 3.5e-8]), state)


def _pack(**fields: object) -> bytes:
    record = {"bn": "urn:dev:hf:z:", "n": "a:k:1:q", "t": 1.78e9, "v": 1.0} | fields
    return json.dumps([{key: value for key, value in record.items() if value is not ...}]).encode()


def test_a_pack_comes_back_as_it_was_sent(small_network: Network) -> None:
    batch = _batch(small_network)
    pack = decode(encode_pack(small_network, "zone-0", "w1", 7, 42, batch))
    assert (pack.zone, pack.epoch, pack.seq) == ("zone-0", 7, 42)
    assert small_network.series.find(pack.zone, pack.names).tolist() == batch.series.tolist()
    assert pack.t_ms.tolist() == batch.t_ms.tolist()
    assert pack.value[1:].tolist() == [1.0, 3.5e-8]
    assert math.isnan(pack.value[0])
    assert pack.state is not None
    assert pack.state.tolist() == ["moving", None, None]
    assert pack.units == ["", "", "kg/m3"]


def test_the_payload_is_senml_that_anyone_can_read(small_network: Network) -> None:
    records = json.loads(encode_pack(small_network, "zone-0", "w1", 7, 42, _batch(small_network)))
    assert records == [
        {
            "bn": "urn:dev:hf:zone-0:",
            "bt": 1_780_000_000.123,
            "bver": 10,
            "n": "lift-0:lift_state:1:state",
            "t": 0.0,
            "vs": "moving",
            "hf_epoch": 7,
            "hf_seq": 42,
            "hf_gateway": "w1",
        },
        {"n": "lift-0:lift_state:1:trapped", "t": 0.0, "vb": True},
        {"n": "zone-0:pm25:1:mass", "u": "kg/m3", "t": 0.877, "v": 3.5e-08},
    ]


@pytest.mark.parametrize("count", [0, MAX_RECORDS + 1])
def test_a_pack_is_neither_empty_nor_too_long(small_network: Network, count: int) -> None:
    many = ReadingBatch(np.zeros(count, np.int32), np.zeros(count, np.int64), np.zeros(count))
    with pytest.raises(ValueError, match="1 to 200 readings"):
        encode_pack(small_network, "zone-0", "w1", 1, 1, many)


def test_a_state_without_text_is_not_sent(small_network: Network) -> None:
    row = small_network.series.lookup["lift-0:lift_state:1:state"]
    batch = ReadingBatch(np.array([row], np.int32), np.array([T_MS]), np.array([np.nan]))
    with pytest.raises(ValueError, match="no state"):
        encode_pack(small_network, "zone-0", "l1", 1, 1, batch)


def test_a_real_device_without_sequence_is_taken_without_guarantee() -> None:
    pack = decode(_pack())
    assert (pack.zone, pack.names, pack.epoch, pack.seq) == ("z", ["a:k:1:q"], None, None)


def test_base_fields_hold_until_they_change() -> None:
    records = [
        {"bn": "urn:dev:hf:z:", "bt": 1.78e9, "bu": "Cel", "bv": 20.0},
        {"n": "a:k:1:q", "v": 1.5},
        {"n": "b:k:1:q", "t": -0.0004, "u": "K", "v": 0},
        {"bv": 0.0, "bt": 1.78e9 + 60, "n": "c:k:1:q", "v": 2, "extra": {"ignored": [1]}},
    ]
    pack = decode(json.dumps(records).encode())
    assert pack.names == ["a:k:1:q", "b:k:1:q", "c:k:1:q"]
    assert pack.value.tolist() == [21.5, 20.0, 2.0]
    assert pack.units == ["Cel", "K", "Cel"]
    assert (pack.t_ms - 1_780_000_000_000).tolist() == [0, 0, 60_000]


def test_small_times_count_from_now_when_now_is_known() -> None:
    payload = _pack(t=-2.5)
    assert Decoder().decode(payload, now_ms=T_MS).t_ms.tolist() == [T_MS - 2500]
    with pytest.raises(WireError, match="time: relative"):
        decode(payload)


REFUSED = {
    "not-json": [
        b"",
        b"hello",
        b"[{",
        b"\xff\xfe",
        b'[{"v":NaN}]',
        b'[{"x":' + b"[" * 10_000,
        b'[{"x_":"\xff"}]',
    ],
    "not-senml": [
        b"{}",
        b"null",
        b"[]",
        b"[1]",
        _pack(n=5),
        _pack(v="high"),
        _pack(v=True),
        _pack(t="now"),
        _pack(n=..., v=..., t=...),
        _pack(hf_epoch=1.5, hf_seq=1),
    ],
    "too-large": [b" " * (MAX_BYTES + 1), b"[" + b" " * 1_000_000 + b"]"],
    "too-many-records": [json.dumps([{"n": "a", "v": 1}] * (MAX_RECORDS + 1)).encode()],
    "must-understand": [_pack(secret_=1)],
    "version": [_pack(bver=11)],
    "value": [_pack(v=...), _pack(vb=True), _pack(vs="x", v=..., vb=False), _pack(v=..., s=3.0)],
    "name": [_pack(bn="urn:dev:mac:"), _pack(bn=...), _pack(bn="urn:dev:hf:", n=""), _pack(n="")],
    "time": [_pack(t=1e18), _pack(t=5)],
    "sequence": [_pack(hf_epoch=1), _pack(hf_seq=1), _pack(hf_epoch=1, hf_seq=0)],
}


@pytest.mark.parametrize(
    ("reason", "payload"), [(reason, one) for reason, many in REFUSED.items() for one in many]
)
def test_what_is_not_a_pack_is_refused_with_its_reason(reason: str, payload: bytes) -> None:
    with pytest.raises(WireError) as caught:
        decode(payload)
    assert caught.value.reason == reason


def test_one_pack_speaks_for_one_zone() -> None:
    first, second = ({"n": f"urn:dev:hf:{zone}:a:k:1:q", "t": 1.78e9, "v": 1} for zone in "yz")
    with pytest.raises(WireError, match="name"):
        decode(json.dumps([first, second]).encode())


def test_an_infinite_number_is_refused() -> None:
    payload = _pack(v=...)[:-2] + b', "v": 1e999}]'
    with pytest.raises(WireError):
        decode(payload)


def test_no_damaged_payload_does_anything_but_a_wire_error(small_network: Network) -> None:
    """Every byte of a good pack changed, cut or doubled gives a pack or a WireError."""
    good = encode_pack(small_network, "zone-0", "w1", 7, 42, _batch(small_network))
    decoder = Decoder()
    for place in range(len(good)):
        for bad in (
            good[:place],
            good[:place] + b'"' + good[place:],
            good[:place] + good[place + 1 :],
        ):
            with contextlib.suppress(WireError):
                decoder.decode(bad, T_MS)


SAME = {
    "numbers": {"u": "Cel"},
    "units of the base": {"bu": "Cel"},
    "an offset": {"bv": -3.5},
    "a base name that is longer": {"bn": "urn:dev:hf:z:a:", "n": "k:1:q"},
    "braces in a name": {"n": "a},{b:k:1:q"},
}


@pytest.mark.parametrize("fields", SAME.values(), ids=SAME.keys())
def test_the_quick_way_reads_what_the_full_reading_reads(fields: dict[str, object]) -> None:
    first = {"bn": "urn:dev:hf:z:", "bt": 1.78e9, "n": "a:k:1:q", "v": 1.25} | fields
    records = [first, {"n": "b:k:1:q", "v": 2, "t": 0.5}, {"n": "c:k:1:q", "u": "K", "v": 3.0}]
    plain = json.dumps(records, separators=(",", ":")).encode()
    noted = json.dumps([*records[:2], records[2] | {"note": "x"}], separators=(",", ":")).encode()
    quick, full = decode(plain), decode(noted)  # a field more is not for the quick way
    assert (quick.names, quick.units, quick.zone) == (full.names, full.units, full.zone)
    assert quick.t_ms.tolist() == full.t_ms.tolist()
    assert quick.value.tolist() == full.value.tolist()


@pytest.mark.parametrize("fields", [{"s_": 1}, {"v": "high"}, {"bver": 11}, {"n": ""}, {"t": 1e18}])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_mistake_is_refused_wherever_it_stands(place: int, fields: dict[str, object]) -> None:
    records: list[dict[str, object]] = [
        {"bn": "urn:dev:hf:z:", "n": "a:k:1:q", "v": 1.0, "t": 1.78e9},
        {"n": "b:k:1:q", "v": 2.0, "t": 1.78e9},
        {"n": "c:k:1:q", "v": 3.0, "t": 1.78e9},
    ]
    records[place] |= fields
    with pytest.raises(WireError):
        decode(json.dumps(records, separators=(",", ":")).encode())
