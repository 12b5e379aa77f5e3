"""API keys as facts and decisions; nothing here touches a file or a clock.

token = hengfu_{id}_{secret}; of the secret (256 random bits) only the SHA-256 digest is kept. A
slow password hash would guard nothing: a random secret of that length cannot be tried out.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from api.roles import Role
from twin.clock import DAY_MS

State = Literal["valid", "expired", "revoked"]
Compare = Callable[[str, str], bool]
NAME_LENGTH, DAYS = 80, 3650  # design choices: the longest name and the longest life of a key
_TOKEN = re.compile(r"hengfu_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key; the times are wall time, `expires_ms` None means never."""

    id: str
    name: str
    role: Role
    digest: str
    created_ms: int
    expires_ms: int | None = None
    revoked_ms: int | None = None

    def state(self, now_ms: int) -> State:
        if self.revoked_ms is not None:
            return "revoked"
        over = self.expires_ms is not None and now_ms >= self.expires_ms
        return "expired" if over else "valid"


Keys = Mapping[str, ApiKey]


def token_text(key: str, secret: str) -> str:
    """What the owner of a key is given, once."""
    return f"hengfu_{key}_{secret}"


def well_formed(token: str) -> bool:
    """Whether it could be a key at all."""
    return _TOKEN.fullmatch(token) is not None


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def find(keys: Keys, token: str, now_ms: int, same: Compare = hmac.compare_digest) -> ApiKey | None:
    """The valid key of a token. An unknown id takes as long as a wrong secret."""
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    known = keys.get(parts[1])
    expected = "0" * 64 if known is None else known.digest
    if not same(expected, digest(parts[2])) or known is None:
        return None
    return known if known.state(now_ms) == "valid" else None


def created(name: str, role: Role, secret: str, now_ms: int, days: int | None) -> dict[str, Any]:
    """The payload of a key's first entry in the ledger; the secret is not in it.

    Raises ValueError for a name or a life that cannot be meant.
    """
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable() or name != name.strip():
        raise ValueError(f"name {name!r}: expected 1 to {NAME_LENGTH} printable characters")
    if days is not None and not 1 <= days <= DAYS:
        raise ValueError(f"expires in {days} days: expected 1 to {DAYS}")
    return {
        "what": "created",
        "name": name,
        "role": role.value,
        "digest": digest(secret),
        "expires_ms": None if days is None else now_ms + days * DAY_MS,
    }


def step(keys: Keys, key: str, payload: Mapping[str, Any], t_ms: int) -> Keys:
    """The keys after one transition of the ledger."""
    if payload["what"] == "revoked":
        return {**keys, key: replace(keys[key], revoked_ms=t_ms)}
    made = ApiKey(
        id=key,
        name=payload["name"],
        role=Role(payload["role"]),
        digest=payload["digest"],
        created_ms=t_ms,
        expires_ms=payload["expires_ms"],
    )
    return {**keys, key: made}
