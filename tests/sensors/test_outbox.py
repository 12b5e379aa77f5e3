"""What is kept until the ingest confirms it."""

import pytest

from sensors.outbox import Outbox, OutboxFullError, Pack


def _pack(seq: int, gateway: str = "w1", epoch: int = 1) -> Pack:
    return Pack("z", gateway, epoch, seq, b"[]")


@pytest.fixture
def outbox() -> Outbox:
    outbox = Outbox(limit=5)
    for seq in (1, 2, 3):
        outbox.add(_pack(seq), now_ms=seq * 1000)
    return outbox


def test_packs_stay_until_the_mark_passes_them(outbox: Outbox) -> None:
    assert outbox.confirm("z", "w1", 1, 2) == 2
    assert [pack.seq for pack in outbox] == [3]
    assert outbox.confirm("z", "w1", 1, 2) == 0


@pytest.mark.parametrize("mark", [("y", "w1", 1, 9), ("z", "w2", 1, 9), ("z", "w1", 2, 9)])
def test_a_mark_of_another_gateway_or_epoch_releases_nothing(outbox: Outbox, mark) -> None:
    assert outbox.confirm(*mark) == 0
    assert len(outbox) == 3


def test_after_a_stall_the_old_packs_are_sent_again_in_order(outbox: Outbox) -> None:
    outbox.add(_pack(1, "w2"), now_ms=9_000)
    assert [pack.seq for pack in outbox.resend(now_ms=6_000, after_ms=4_000)] == [1, 2]
    assert [pack.seq for pack in outbox.resend(now_ms=7_000, after_ms=4_000)] == [3]
    assert len(outbox.resend(now_ms=10_000)) == 4


def test_a_full_outbox_refuses_and_takes_again_after_a_confirmation(outbox: Outbox) -> None:
    outbox.add(_pack(4), 0)
    outbox.add(_pack(5), 0)
    assert outbox.room == 0
    with pytest.raises(OutboxFullError, match="5 packs wait"):
        outbox.add(_pack(6), 0)
    outbox.confirm("z", "w1", 1, 1)
    outbox.add(_pack(6), 0)
    assert len(outbox) == 5


def test_the_same_pack_is_kept_once(outbox: Outbox) -> None:
    outbox.add(_pack(2), now_ms=5_000)
    assert (len(outbox), outbox.room) == (3, 2)
