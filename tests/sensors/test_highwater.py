"""Marks move over what is contiguous, and over nothing else."""

import pytest

from sensors.highwater import (
    Confirmation,
    HighWater,
    HighWaters,
    decode_confirmation,
    encode_confirmation,
)
from sensors.store.base import Mark


def test_a_gap_holds_the_mark_and_filling_it_moves_it_over_all() -> None:
    water = HighWater()
    for seq in (1, 2, 4, 5):
        water.add(seq)
    assert (water.mark, water.gap()) == (2, 2)
    water.add(3)
    assert (water.mark, water.gap()) == (5, 0)


def test_what_was_added_is_known_beyond_a_gap_too() -> None:
    water = HighWater(10)
    water.add(12)
    assert [water.has(seq) for seq in (1, 10, 11, 12, 13)] == [True, True, False, True, False]


def test_adding_twice_changes_nothing() -> None:
    water = HighWater()
    for seq in (1, 1, 3, 3):
        water.add(seq)
    assert (water.mark, water.gap()) == (1, 1)


def test_raising_the_mark_joins_what_came_beyond() -> None:
    water = HighWater(1)
    for seq in (3, 6, 8):
        water.add(seq)
    water.raise_to(5)
    assert (water.mark, water.gap()) == (6, 1)
    water.raise_to(2)
    assert water.mark == 6


def test_marks_start_from_what_the_store_holds() -> None:
    waters = HighWaters([Mark("z", "g", 1, 5)])
    assert waters.of(("z", "g", 1)).has(5)
    assert not waters.of(("z", "g", 2)).has(1)


def test_gateways_without_a_first_pack_have_no_mark() -> None:
    waters = HighWaters([Mark("z", "g", 1, 5)])
    waters.of(("z", "h", 1)).add(2)
    assert waters.marks([("z", "g", 1), ("z", "h", 1)]) == [Mark("z", "g", 1, 5)]
    assert waters.gaps() == 1


def test_the_newest_epoch_of_a_gateway_is_the_one_to_confirm_again() -> None:
    waters = HighWaters([Mark("z", "g", 1, 5), Mark("z", "g", 3, 1), Mark("z", "h", 2, 4)])
    assert sorted(waters.newest()) == [("z", "g", 3), ("z", "h", 2)]


def test_a_confirmation_comes_back_as_it_was() -> None:
    payload = encode_confirmation(Mark("z", "g", 7, 12))
    assert decode_confirmation(payload) == Confirmation(epoch=7, seq=12)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"\xff",
        b'{"epoch": "1", "seq": 2}',
        b'{"epoch": 1, "seq": 18446744073709551615}',
        b'{"epoch": -1, "seq": 2}',
    ],
)
def test_anything_else_is_no_confirmation(payload: bytes) -> None:
    assert decode_confirmation(payload) is None
