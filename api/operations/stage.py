"""How far a case has come, and what else may be true of it."""

from enum import StrEnum


class Stage(StrEnum):
    """The way of a case, in order."""

    DETECTED = "detected"
    FUSED = "fused"
    CONFIRMED = "confirmed"
    FILED = "filed"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SITE = "on_site"
    CONTAINED = "contained"
    RESTORED = "restored"
    VERIFIED = "verified"
    CLOSED = "closed"

    @property
    def place(self) -> int:
        """Its number on the way; a greater one is later."""
        return _PLACES[self]


class Side(StrEnum):
    """What may befall a case on its way."""

    RETURNED = "returned"
    ESCALATED = "escalated"
    MERGED = "merged"
    FALSE_ALARM = "false_alarm"
    OVERDUE = "overdue"
    REOPENED = "reopened"


_PLACES = {stage: place for place, stage in enumerate(Stage)}
