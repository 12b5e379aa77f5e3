"""The API keys of one ledger: rebuilt at start, every change appended before it holds."""

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from api.keys import ApiKey, Keys, created, find, step, token_text
from api.ledger import Draft, Entry, Ledger
from api.roles import Role
from twin.clock import wall_ms

KIND = "key"
ANY_RUN = ""  # keys outlive runs
PAGE = 500


class KeyRing:
    """Finds, makes and revokes keys; safe from any thread. `wall` is wall time in ms."""

    def __init__(self, ledger: Ledger, wall: Callable[[], int] = wall_ms) -> None:
        self.wall = wall
        self._ledger = ledger
        self._lock = threading.Lock()
        self._keys: Keys = _rebuilt(ledger)

    def find(self, token: str) -> ApiKey | None:
        """The valid key that the token belongs to."""
        return find(self._keys, token, self.wall())

    def holds(self, key: str) -> bool:
        """Whether the key is still valid."""
        known = self._keys.get(key)
        return known is not None and known.state(self.wall()) == "valid"

    def all(self) -> list[ApiKey]:
        """Every key there ever was, oldest first."""
        return list(self._keys.values())

    def any_valid(self) -> bool:
        return any(self.holds(key) for key in self._keys)

    def create(self, name: str, role: Role, days: int | None = None) -> tuple[ApiKey, str]:
        """A new key and its token, which is not kept; ValueError for what cannot be meant."""
        secret, now_ms = secrets.token_urlsafe(32), self.wall()
        payload = created(name, role, secret, now_ms, days)
        with self._lock:
            key = _new_id(self._keys)
            self._append(key, payload, now_ms)
        return self._keys[key], token_text(key, secret)

    def revoke(self, key: str) -> ApiKey:
        """The key, which no longer opens anything; KeyError when there is none."""
        with self._lock:
            if self._keys[key].revoked_ms is None:
                self._append(key, {"what": "revoked"}, self.wall())
        return self._keys[key]

    def _append(self, key: str, payload: Mapping[str, Any], now_ms: int) -> None:
        self._ledger.append([Draft(ANY_RUN, now_ms, KIND, key, payload)])
        self._keys = step(self._keys, key, payload, now_ms)


def _rebuilt(ledger: Ledger) -> Keys:
    keys: Keys = {}
    for entry in _entries(ledger):
        keys = step(keys, entry.subject, entry.payload, entry.t_ms)
    return keys


def _entries(ledger: Ledger) -> Iterator[Entry]:
    after = 0
    while page := ledger.since(after, ANY_RUN, [KIND], PAGE):
        yield from page
        after = page[-1].seq


def _new_id(keys: Keys) -> str:
    while (key := secrets.token_hex(4)) in keys:
        pass
    return key
