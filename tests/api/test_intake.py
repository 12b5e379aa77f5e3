"""Each pack counts once; holes are noticed."""

from typing import Any

import numpy as np
import pytest

from api.intake import AHEAD, Arrivals, Intake
from sensors import wire
from sensors.reading import ReadingBatch
from sensors.store import Mark

NOW_MS = 1_777_618_800_000


@pytest.fixture
def intake(world: Any) -> Intake:
    return Intake(world.network)


def pack(world: Any, seq: int, t_ms: int = NOW_MS, epoch: int = 1) -> tuple[str, bytes]:
    """A pack of one crowd camera and its gateway's name."""
    network = world.network
    sensor = int(network.of_kind("crowd_density")[0])
    row = network.series_of(sensor)[0]
    zone, gateway = network.gateways[network.gateway[sensor]]
    batch = ReadingBatch(np.array([row], np.int32), np.array([t_ms]), np.array([3.0]))
    return gateway, wire.encode_pack(network, zone, gateway, epoch, seq, batch)


def take(intake: Intake, world: Any, *numbers: int) -> list[bool]:
    return [intake.take(*pack(world, seq), NOW_MS) is not None for seq in numbers]


def test_a_pack_that_comes_again_is_left_out(intake: Intake, world: Any) -> None:
    assert take(intake, world, 1, 2, 2, 1, 3) == [True, True, False, False, True]
    assert (intake.packs, intake.duplicates) == (3, 2)


def test_packs_may_come_out_of_order(intake: Intake, world: Any) -> None:
    assert take(intake, world, 3, 1, 2, 3) == [True, True, True, False]
    assert intake.hole_since_ms() is None


def test_a_hole_is_known_from_the_last_pack_before_it(intake: Intake, world: Any) -> None:
    intake.take(*pack(world, 1, NOW_MS - 50_000), NOW_MS)
    intake.take(*pack(world, 3, NOW_MS), NOW_MS)
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
    assert intake.take(*pack(world, 1, epoch=2), NOW_MS) is not None


def test_a_pack_without_numbers_is_taken_every_time(intake: Intake, world: Any) -> None:
    gateway, payload = pack(world, 1)
    plain = payload.replace(b'"hf_epoch":1,"hf_seq":1,', b"")
    assert plain != payload
    assert intake.take(gateway, plain, NOW_MS) is not None
    assert intake.take(gateway, plain, NOW_MS) is not None


def test_an_unknown_neuron_does_not_spoil_the_pack(intake: Intake, world: Any) -> None:
    gateway, payload = pack(world, 1)
    name = world.network.series.name[
        world.network.series_of(int(world.network.of_kind("crowd_density")[0]))[0]
    ]
    payload = payload.replace(name.encode(), b"nobody:crowd_density:1:persons")
    batch = intake.take(gateway, payload, NOW_MS)
    assert batch is not None
    assert len(batch) == 0


def test_memory_beyond_a_hole_is_bounded() -> None:
    arrivals = Arrivals(0, 0)
    for seq in range(2, AHEAD + 10):
        arrivals.fresh(seq, seq)
    assert len(arrivals.beyond) <= AHEAD
