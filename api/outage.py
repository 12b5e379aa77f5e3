"""Says once that something is gone and once that it is back; and how errors are written down."""

import traceback
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Outage:
    """The state of one dependency, for its log lines and for readiness."""

    log: Any
    what: str
    reason: str | None = None

    def lost(self, error: Exception) -> None:
        if self.reason is None:
            self.log.warning(f"{self.what} lost", reason=str(error))
        self.reason = str(error)

    def back(self) -> None:
        if self.reason is not None:
            self.log.info(f"{self.what} back")
        self.reason = None


def trace(error: BaseException) -> str:
    """The traceback without local variables: those hold arrays of the whole quarter."""
    return "".join(traceback.format_exception(error))
