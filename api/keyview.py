"""API keys as records of the interface; digests stay inside."""

from api.keys import ApiKey
from api.schemas.keys import KeyMade, KeyOut
from twin.clock import iso


def shown(key: ApiKey, now_ms: int) -> KeyOut:
    return KeyOut(
        key=key.id,
        name=key.name,
        role=key.role,
        state=key.state(now_ms),
        created=iso(key.created_ms),
        expires=None if key.expires_ms is None else iso(key.expires_ms),
        revoked=None if key.revoked_ms is None else iso(key.revoked_ms),
    )


def shown_once(key: ApiKey, token: str, now_ms: int) -> KeyMade:
    return KeyMade(**shown(key, now_ms).model_dump(), token=token)
