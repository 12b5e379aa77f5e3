"""What is good enters, what is not is named, and a pack is never taken twice."""

from typing import Any

import msgspec
import numpy as np
import pytest

from sensors import topics
from sensors.bus import Message
from sensors.catalogue import load_catalogue
from sensors.clockmessage import ClockMessage
from sensors.highwater import encode_confirmation
from sensors.network import Network, build_network
from sensors.reading import ReadingBatch
from sensors.reception import Collection, Reception
from sensors.store.base import Mark
from sensors.wire import encode_pack
from twin.config import default_config_dir
from twin.geography import load_geography

NOW_MS = 1_777_600_000_000


@pytest.fixture(scope="module")
def network() -> Network:
    config = default_config_dir()
    return build_network(load_catalogue(config), load_geography(config, "core"))


@pytest.fixture
def reception(network: Network) -> Reception:
    """A reception whose run clock stands at NOW_MS."""
    made = Reception(network, [], lambda: 0)
    made.horizon.hear(ClockMessage(run="r", t_ms=NOW_MS), 0)
    return made


def series_like(network: Network, stated: bool, boolean: bool = False) -> int:
    """The first series of a number, a state or a boolean."""
    for row, number in enumerate(network.series.quantity.tolist()):
        quantity = network.quantities[number]
        if bool(quantity.states) == stated and quantity.boolean == boolean:
            return row
    raise AssertionError("the catalogue has no such quantity")


def source(network: Network, series: int) -> tuple[str, str]:
    return network.gateways[network.gateway[network.series.sensor[series]]]


def pack(network: Network, series: int, seq: int = 1, t_ms: int = NOW_MS) -> Message:
    zone, gateway = source(network, series)
    batch = ReadingBatch(np.array([series], np.int32), np.array([t_ms]), np.array([1.0]))
    payload = encode_pack(network, zone, gateway, 1, seq, batch)
    return Message(topics.readings_topic("r", zone, gateway), payload)


def records(network: Network, series: int, *fields: dict[str, Any]) -> Message:
    """A pack of records about one series, with these fields each."""
    zone, gateway = source(network, series)
    base = {"n": f"urn:dev:hf:{zone}:{network.series.name[series]}", "t": NOW_MS / 1000}
    payload = msgspec.json.encode([base | each for each in fields])
    return Message(topics.readings_topic("r", zone, gateway), payload)


def taken(reception: Reception, *messages: Message) -> Collection:
    collection = Collection()
    for message in messages:
        reception.take(message, collection)
    return collection


def values(collection: Collection) -> list[float]:
    return ReadingBatch.concat(collection.batches).value.tolist()


def test_a_numbered_pack_is_taken_once(reception: Reception, network: Network) -> None:
    series = series_like(network, stated=False)
    again = [pack(network, series), pack(network, series)]
    collection = taken(reception, *again)
    assert values(collection) == [1.0]
    assert collection.messages == again
    assert reception.counts["duplicates"] == 1
    assert collection.gateways == {(*source(network, series), 1)}


def test_only_duplicates_are_nothing_to_write_but_are_confirmed_again(
    reception: Reception, network: Network
) -> None:
    taken(reception, pack(network, 0))
    collection = taken(reception, pack(network, 0))
    assert not collection.fresh
    assert len(collection.gateways) == len(collection.messages) == 1


def test_packs_up_to_the_stored_mark_came_before(network: Network) -> None:
    zone, gateway = source(network, 0)
    reception = Reception(network, [Mark(zone, gateway, 1, 5)], lambda: 0)
    collection = taken(reception, pack(network, 0, seq=5), pack(network, 0, seq=6))
    assert len(values(collection)) == 1
    assert reception.waters.marks(collection.gateways) == [Mark(zone, gateway, 1, 6)]


def test_a_pack_without_numbers_is_taken_without_the_guarantee(
    reception: Reception, network: Network
) -> None:
    series = series_like(network, stated=False)
    message = records(network, series, {"v": 3.5})
    assert values(taken(reception, message)) == [3.5]
    assert not taken(reception, message).gateways


def test_a_state_that_the_kind_does_not_list_is_refused(
    reception: Reception, network: Network
) -> None:
    message = records(network, series_like(network, True), {"vs": "x" * 1000}, {"vs": "idle"})
    (batch,) = taken(reception, message).batches
    assert batch.state is not None
    assert batch.state.tolist() == ["idle"]
    assert reception.tray.counts == {"unknown-state": 1}


def test_a_state_and_a_boolean_enter(reception: Reception, network: Network) -> None:
    stated, boolean = series_like(network, True), series_like(network, False, boolean=True)
    collection = taken(
        reception,
        records(network, stated, {"vs": "idle"}),
        records(network, boolean, {"vb": True}),
    )
    batch = ReadingBatch.concat(collection.batches)
    assert batch.state is not None
    assert (batch.state[0], batch.value[1]) == ("idle", 1.0)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"v": 1.0, "t": NOW_MS / 1000 + 301}, "far-future"),
        ({"v": 1.0, "t": 9e8}, "far-past"),
        ({"vs": "loud"}, "wrong-type"),
        ({"v": 1.0, "u": "furlong"}, "wrong-unit"),
    ],
)
def test_a_bad_record_is_refused_and_its_neighbours_are_kept(
    reception: Reception, network: Network, fields: dict[str, Any], reason: str
) -> None:
    series = series_like(network, stated=False)
    collection = taken(
        reception, records(network, series, {"v": 7.0}, fields, {"v": 8.0, "t": 1e9})
    )
    assert values(collection) == [7.0, 8.0]
    (letter,) = reception.tray.letters()
    assert (letter.reason, reception.tray.counts) == (reason, {reason: 1})
    assert letter.detail == f"1 of 3 records, first {network.series.name[series]}"


def test_exactly_five_minutes_ahead_is_not_yet_the_future(
    reception: Reception, network: Network
) -> None:
    assert len(values(taken(reception, pack(network, 0, t_ms=NOW_MS + 300_000)))) == 1


def test_a_time_relative_to_now_means_the_run_clock(reception: Reception, network: Network) -> None:
    series = series_like(network, stated=False)
    collection = taken(reception, records(network, series, {"v": 1.0, "t": -2.0}))
    assert collection.batches[0].t_ms.tolist() == [NOW_MS - 2000]


def test_an_unknown_sensor_is_refused_and_the_known_ones_are_kept(
    reception: Reception, network: Network
) -> None:
    series = series_like(network, stated=False)
    zone, _ = source(network, series)
    stranger = {"v": 1.0, "n": f"urn:dev:hf:{zone}:nobody:noise_laeq:1:laeq"}
    collection = taken(reception, records(network, series, {"v": 7.0}, stranger))
    assert values(collection) == [7.0]
    assert reception.tray.counts == {"unknown-sensor": 1}


def test_a_pack_on_the_topic_of_another_zone_is_refused(
    reception: Reception, network: Network
) -> None:
    zone, gateway = source(network, 0)
    other = next(name for name in network.zone_ids if name != zone)
    message = Message(topics.readings_topic("r", other, gateway), pack(network, 0).payload)
    assert values(taken(reception, message)) == []
    assert reception.tray.counts == {"wrong-zone": 1}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\xff\x00", "not-json"),
        (b'{"v": 1}', "not-senml"),
        (b'[{"n": "x", "v": NaN}]', "not-json"),
        (b"[" + b" " * 1_000_000 + b"]", "too-large"),
        (b"[" * 100_000, "not-senml"),
    ],
)
def test_a_payload_that_is_no_pack_is_a_dead_letter_with_a_stable_reason(
    reception: Reception, payload: bytes, reason: str
) -> None:
    collection = taken(reception, Message("hengfu/v1/r/readings/z/g", payload))
    assert [letter.reason for letter in reception.tray.letters()] == [reason]
    assert collection.fresh
    assert len(collection.messages) == 1


def test_a_refused_numbered_pack_counts_as_settled(reception: Reception, network: Network) -> None:
    message = records(network, 0, {"vd": "AA", "hf_epoch": 1, "hf_seq": 1, "v": "text"})
    collection = taken(reception, message, message)
    assert [mark.seq for mark in reception.waters.marks(collection.gateways)] == [1]
    assert reception.tray.counts.total() == 1


@pytest.mark.parametrize(
    "numbers",
    [
        b'"hf_epoch": 1, "hf_seq": 0',
        b'"hf_epoch": true, "hf_seq": 1',
        b'"hf_epoch": 1, "hf_seq": 1e99',
    ],
)
def test_nonsense_numbers_settle_nothing(reception: Reception, numbers: bytes) -> None:
    payload = b'[{"n": "x", "v": "text", %s}]' % numbers
    collection = taken(reception, Message("hengfu/v1/r/readings/z/g", payload))
    assert collection.gateways == set()
    assert reception.tray.counts.total() == 1


def test_a_topic_with_an_empty_level_is_a_dead_letter(reception: Reception) -> None:
    taken(reception, Message("hengfu/v1/r/readings//g", b"[]"))
    assert reception.tray.counts == {"wrong-topic": 1}


def test_a_retained_mark_above_the_stores_is_believed(
    reception: Reception, network: Network
) -> None:
    zone, gateway = source(network, 0)
    topic = topics.confirmed_topic("r", zone, gateway)
    told = Message(topic, encode_confirmation(Mark(zone, gateway, 1, 9)), retain=True)
    collection = taken(reception, told, pack(network, 0, seq=10))
    assert reception.waters.marks(collection.gateways) == [Mark(zone, gateway, 1, 10)]
    assert len(collection.messages) == 1


def test_a_cleared_retained_mark_changes_nothing(reception: Reception) -> None:
    taken(reception, Message("hengfu/v1/r/confirmed/z/g", b"", retain=True))
    assert reception.waters.newest() == []


def test_without_a_run_clock_any_time_after_2000_enters(network: Network) -> None:
    reception = Reception(network, [], lambda: 0)
    assert len(values(taken(reception, pack(network, 0, t_ms=4_000_000_000_000)))) == 1
