"""Refused payloads are all counted; what is kept of them is bounded."""

from sensors.deadletter import KEPT_AT_ONCE, KEPT_BYTES, KEPT_DETAIL, DeadLetter, DeadLetterTray


def letter(payload: bytes = b"x", detail: str = "") -> DeadLetter:
    return DeadLetter(1, "t", "not-json", detail, payload)


def test_payload_and_detail_are_cut() -> None:
    tray = DeadLetterTray()
    tray.add(letter(bytes(10_000), "d" * 10_000))
    kept = tray.letters()[0]
    assert (len(kept.payload), len(kept.detail)) == (KEPT_BYTES, KEPT_DETAIL)


def test_a_flood_is_counted_but_not_kept() -> None:
    tray = DeadLetterTray()
    for _ in range(KEPT_AT_ONCE + 100):
        tray.add(letter(), count=2)
    assert len(tray.letters()) == KEPT_AT_ONCE
    assert tray.counts["not-json"] == 2 * (KEPT_AT_ONCE + 100)


def test_written_letters_are_forgotten_and_stay_counted() -> None:
    tray = DeadLetterTray()
    tray.add(letter())
    tray.clear()
    assert tray.letters() == []
    assert tray.counts["not-json"] == 1
