"""Cursors: where the next page begins, opaque to the caller."""

import base64
import binascii

from api.problems import invalid

_LAST = 2**63 - 1  # what the ledger can count to


def to_cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"hf1:{place}".encode()).decode().rstrip("=")


def from_cursor(cursor: str | None) -> int | None:
    """The place again; raises a 422 problem for anything that we did not hand out."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        kind, _, place = base64.b64decode(padded, altchars=b"-_", validate=True).partition(b":")
        if kind != b"hf1" or not place.isdigit() or int(place) > _LAST:
            raise ValueError
        return int(place)
    except (binascii.Error, ValueError):
        raise invalid("cursor", "not a cursor of this list") from None
