"""API keys."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.keys import DAYS, NAME_LENGTH
from api.keys import State as KeyState
from api.roles import Role
from api.schemas.base import Record, Time


class KeyIn(BaseModel):
    """A new API key; without `expires_days` it holds until it is revoked."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH, examples=["指挥大屏"])]
    role: Role
    expires_days: Annotated[int | None, Field(ge=1, le=DAYS)] = None


class KeyOut(Record):
    """What is known of an API key; `key` is its id, the times are wall time."""

    key: str
    name: str
    role: Role
    state: KeyState
    created: Time
    expires: Time | None
    revoked: Time | None


class KeyMade(KeyOut):
    """With the token, which is not kept and cannot be shown again."""

    token: str


class KeyList(Record):
    items: list[KeyOut]
