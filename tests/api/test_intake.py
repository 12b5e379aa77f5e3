"""Each pack counts once; holes are noticed."""

from typing import Any

import numpy as np
import pytest

from api.intake import AHEAD, Arrivals, Intake
from sensors import topics, wire
from sensors.bus import Message
from sensors.reading import ReadingBatch
from sensors.store import Mark

NOW_MS = 1_777_618_800_000


@pytest.fixture
def intake(world: Any) -> Intake:
    return Intake(world.network)


def pack(world: Any, seq: int, t_ms: int = NOW_MS, epoch: int = 1) -> Message:
    """A pack of one crowd camera."""
    network = world.network
    sensor = int(network.of_kind("crowd_density")[0])
    row = network.series_of(sensor)[0]
    zone, gateway = network.gateways[network.gateway[sensor]]
    batch = ReadingBatch(np.array([row], np.int32), np.array([t_ms]), np.array([3.0]))
    payload = wire.encode_pack(network, zone, gateway, epoch, seq, batch)
    return Message(topics.readings_topic("r", zone, gateway), payload)


def take(intake: Intake, world: Any, *numbers: int) -> list[bool]:
    return [intake.take(pack(world, seq), NOW_MS) is not None for seq in numbers]


def test_a_pack_that_comes_again_is_left_out(intake: Intake, world: Any) -> None:
    assert take(intake, world, 1, 2, 2, 1, 3) == [True, True, False, False, True]
    assert (intake.packs, intake.duplicates) == (3, 2)


def test_packs_may_come_out_of_order(intake: Intake, world: Any) -> None:
    assert take(intake, world, 3, 1, 2, 3) == [True, True, True, False]
    assert intake.hole_since_ms() is None


def test_a_hole_is_known_from_the_last_pack_before_it(intake: Intake, world: Any) -> None:
    intake.take(pack(world, 1, NOW_MS - 50_000), NOW_MS)
    intake.take(pack(world, 3, NOW_MS), NOW_MS)
    assert intake.hole_since_ms() == NOW_MS - 50_000
    intake.forgive()
    assert intake.hole_since_ms() is None
    assert take(intake, world, 2, 4) == [False, True]


def test_what_the_store_had_before_is_not_taken_again(intake: Intake, world: Any) -> None:
    sensor = int(world.network.of_kind("crowd_density")[0])
    zone, gateway = world.network.gateways[world.network.gateway[sensor]]
    intake.know([Mark(zone, gateway, 1, 7)], NOW_MS)
    assert take(intake, world, 7, 8) == [False, True]


def test_a_new_epoch_counts_from_one_again(intake: Intake, world: Any) -> None:
    take(intake, world, 1, 2)
    assert intake.take(pack(world, 1, epoch=2), NOW_MS) is not None


def test_a_pack_without_numbers_is_taken_every_time(intake: Intake, world: Any) -> None:
    numbered = pack(world, 1)
    plain = numbered.payload.replace(b'"hf_epoch":1,"hf_seq":1,', b"")
    assert plain != numbered.payload
    assert intake.take(Message(numbered.topic, plain), NOW_MS) is not None
    assert intake.take(Message(numbered.topic, plain), NOW_MS) is not None


def test_an_unknown_neuron_does_not_spoil_the_pack(intake: Intake, world: Any) -> None:
    sent = pack(world, 1)
    name = world.network.series.name[
        world.network.series_of(int(world.network.of_kind("crowd_density")[0]))[0]
    ]
    payload = sent.payload.replace(name.encode(), b"nobody:crowd_density:1:persons")
    batch = intake.take(Message(sent.topic, payload), NOW_MS)
    assert batch is not None
    assert len(batch) == 0


def test_memory_beyond_a_hole_is_bounded() -> None:
    arrivals = Arrivals(0, 0)
    for seq in range(2, AHEAD + 10):
        arrivals.fresh(seq, seq)
    assert len(arrivals.beyond) <= AHEAD


@pytest.mark.parametrize("topic", ["hengfu/v1/r/readings//w1", "hengfu/v1/r/readings/w1"])
def test_a_topic_with_a_missing_level_is_refused(intake: Intake, world: Any, topic: str) -> None:
    assert intake.take(Message(topic, pack(world, 1).payload), NOW_MS) is None
    assert intake.refused == 1


def test_a_pack_of_another_zone_neither_counts_nor_takes_a_number(
    intake: Intake, world: Any
) -> None:
    sent = pack(world, 1)
    _, _, zone, gateway = sent.topic.rsplit("/", 3)
    other = next(name for name in world.network.zone_ids if name != zone)
    strayed = Message(topics.readings_topic("r", other, gateway), sent.payload)
    batch = intake.take(strayed, NOW_MS)
    assert batch is not None
    assert len(batch) == 0
    assert intake.take(sent, NOW_MS) is not None


def test_a_unit_that_the_ingest_refuses_is_refused_here_too(intake: Intake, world: Any) -> None:
    sent = pack(world, 1)
    payload = sent.payload.replace(b'"u":"count"', b'"u":"m"')
    assert payload != sent.payload
    batch = intake.take(Message(sent.topic, payload), NOW_MS)
    assert batch is not None
    assert len(batch) == 0


def test_a_wild_number_does_not_make_us_deaf_for_its_gateway(intake: Intake, world: Any) -> None:
    assert take(intake, world, 1, 2**62) == [True, True]
    intake.forgive()
    assert take(intake, world, 2, 3, 3) == [True, True, False]


def test_a_hole_before_a_pack_from_the_future_begins_before_now(intake: Intake, world: Any) -> None:
    intake.take(pack(world, 1, NOW_MS + 10**9), NOW_MS)
    intake.take(pack(world, 3), NOW_MS)
    assert intake.hole_since_ms() == NOW_MS
