"""API keys: who may use the service."""

import structlog
from fastapi import APIRouter, Response

from api.deps import Service
from api.keyview import shown, shown_once
from api.problems import invalid, unknown
from api.roles import Door, behind
from api.schemas.keys import KeyIn, KeyList, KeyMade

ADMINISTER = behind(Door.ADMINISTER)
_log = structlog.get_logger(__name__)
router = APIRouter(prefix="/keys", tags=["keys"])


@router.get("", summary="Every API key, oldest first", openapi_extra=ADMINISTER)
def read_keys(service: Service) -> KeyList:
    """Valid, expired and revoked ones; the keys themselves are not kept."""
    now_ms = service.keys.wall()
    return KeyList(items=[shown(key, now_ms) for key in service.keys.all()])


@router.post("", status_code=201, summary="Make an API key", openapi_extra=ADMINISTER)
def create_key(wanted: KeyIn, service: Service, response: Response) -> KeyMade:
    """`token` is shown this once."""
    try:
        key, token = service.keys.create(wanted.name, wanted.role, wanted.expires_days)
    except ValueError as error:
        raise invalid("name", str(error)) from None
    _log.info("API key created", key=key.id, name=key.name, role=key.role.value)
    response.headers["Cache-Control"] = "no-store"
    return shown_once(key, token, service.keys.wall())


@router.delete("/{key}", status_code=204, summary="Revoke an API key", openapi_extra=ADMINISTER)
def revoke_key(key: str, service: Service) -> None:
    """At once, open streams included; a second time changes nothing."""
    try:
        service.keys.revoke(key)
    except KeyError:
        raise unknown("key", key) from None
    _log.info("API key revoked", key=key)
