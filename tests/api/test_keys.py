"""API keys: what a token is, how it is found, what the ledger keeps of it."""

import hmac
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.keyring import ANY_RUN, KIND, KeyRing
from api.keys import ApiKey, created, digest, find, step, token_text
from api.ledger import Draft, Ledger, LedgerUnavailable
from api.roles import Role

SECRET = "s" * 43
DAY_MS = 86_400_000


def made(**changes: Any) -> ApiKey:
    facts: dict[str, Any] = {
        "id": "00c0ffee", "name": "wall", "role": Role.VIEWER, "digest": digest(SECRET),
        "created_ms": 1000,
    }  # fmt: skip
    return ApiKey(**{**facts, **changes})


TOKEN = token_text("00c0ffee", SECRET)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("token", "found"),
    [
        (TOKEN, True),
        (TOKEN[:-1] + "t", False),
        (token_text("00c0ffef", SECRET), False),
        (TOKEN + "s", False),
        (TOKEN + "\n", False),
        (SECRET, False),
        ("", False),
        ("hengfu_00c0ffee_", False),
        (f"hengfu_00c0ffee_{digest(SECRET)[:43]}", False),
    ],
)
def test_only_the_whole_token_finds_the_key(token: str, found: bool) -> None:
    key = made()
    assert find({key.id: key}, token, 2000) == (key if found else None)


def test_a_key_holds_until_the_moment_of_its_expiry() -> None:
    key = made(expires_ms=5000)
    assert find({key.id: key}, TOKEN, 4999) == key
    assert find({key.id: key}, TOKEN, 5000) is None
    assert key.state(5000) == "expired"


def test_a_revoked_key_finds_nothing_even_before_its_expiry() -> None:
    key = made(expires_ms=5000, revoked_ms=2000)
    assert find({key.id: key}, TOKEN, 3000) is None
    assert key.state(6000) == "revoked"


def test_secrets_are_compared_in_constant_time_also_for_an_id_that_is_unknown() -> None:
    assert inspect.signature(find).parameters["same"].default is hmac.compare_digest
    compared: list[tuple[str, str]] = []

    def same(expected: str, given: str) -> bool:
        compared.append((expected, given))
        return True

    key = made()
    assert find({key.id: key}, TOKEN, 2000, same) == key
    assert find({}, TOKEN, 2000, same) is None
    assert compared == [(key.digest, digest(SECRET)), ("0" * 64, digest(SECRET))]


@pytest.mark.parametrize("name", ["", " x", "a\nb", "x" * 81, "\x1b[31m"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="expected 1 to 80 printable"):
        created(name, Role.VIEWER, SECRET, 0, None)


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_a_life_that_cannot_be_meant_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="expected 1 to 3650"):
        created("wall", Role.VIEWER, SECRET, 0, days)


def test_a_step_changes_nothing_that_was_there() -> None:
    before = {"00c0ffee": made()}
    after = step(before, "00c0ffee", {"what": "revoked"}, 2000)
    assert before["00c0ffee"].revoked_ms is None
    assert after["00c0ffee"].revoked_ms == 2000


def test_keys_live_in_the_ledger_over_a_restart(ledger: Ledger) -> None:
    now = [1_000]
    ring = KeyRing(ledger, lambda: now[0])
    screen, token = ring.create("指挥大屏", Role.VIEWER, days=2)
    boss, second = ring.create("boss", Role.ADMIN)
    now[0] += 5
    ring.revoke(boss.id)

    again = KeyRing(ledger, lambda: now[0])
    assert again.all() == ring.all()
    assert again.find(token) == screen
    assert again.find(second) is None
    now[0] = 1_000 + 2 * DAY_MS
    assert again.find(token) is None
    assert not again.any_valid()


def test_more_keys_than_a_page_of_the_ledger_are_all_taken_up(ledger: Ledger) -> None:
    drafts = [
        Draft(ANY_RUN, n, KIND, f"{n:08x}", created("k", Role.VIEWER, SECRET, n, None))
        for n in range(1201)
    ]
    ledger.append(drafts)
    assert len(KeyRing(ledger).all()) == 1201


def test_the_ledger_has_neither_token_nor_secret(ledger: Ledger, tmp_path: Path) -> None:
    key, token = KeyRing(ledger).create("wall", Role.VIEWER)
    secret = token.removeprefix(f"hengfu_{key.id}_")
    assert len(secret) == 43
    ledger.close()
    for path in tmp_path.iterdir():
        assert secret.encode() not in path.read_bytes(), path
        assert key.id.encode() in path.read_bytes() or path.suffix != ".sqlite"


def test_no_two_keys_share_a_token_or_an_id(ledger: Ledger) -> None:
    pairs = [KeyRing(ledger).create("wall", Role.VIEWER) for _ in range(20)]
    assert len({token for _, token in pairs}) == len({key.id for key, _ in pairs}) == 20


def test_revoking_twice_writes_one_entry_and_an_unknown_key_is_a_key_error(
    ledger: Ledger,
) -> None:
    ring = KeyRing(ledger)
    key, _ = ring.create("wall", Role.VIEWER)
    ring.revoke(key.id)
    ring.revoke(key.id)
    story = ledger.story(ANY_RUN, KIND, key.id)
    assert [entry.payload["what"] for entry in story] == ["created", "revoked"]
    with pytest.raises(KeyError):
        ring.revoke("00000000")


def test_a_change_that_the_ledger_did_not_take_does_not_hold(ledger: Ledger) -> None:
    ring = KeyRing(ledger)
    key, token = ring.create("wall", Role.VIEWER)
    ledger.close()
    for change in (lambda: ring.revoke(key.id), lambda: ring.create("two", Role.ADMIN)):
        refused(change)
    assert ring.all() == [key]
    assert ring.find(token) == key


def refused(change: Callable[[], object]) -> None:
    with pytest.raises(LedgerUnavailable):
        change()
