"""The latest time a reading may bear, from the retained clock of the run."""

from dataclasses import dataclass

import msgspec

from twin.clock import MINUTE_MS

AHEAD_MS = 5 * MINUTE_MS  # what counts as future, see docs/decisions/delivery.md


class _Clock(msgspec.Struct):
    """What matters here of the message on `clock`; times in ms UTC of city time."""

    t_ms: int
    speed: float | None = None
    state: str = "running"


@dataclass(slots=True)
class Horizon:
    """Follows the run clock between its messages; before the first there is no limit.

    `speed` is city seconds per wall second. With speed None (as fast as possible) the clock is
    taken as it stands, so the city must publish it at least every five minutes of city time.
    """

    _clock: _Clock | None = None
    _heard_ms: int = 0

    def hear(self, payload: bytes, wall_ms: int) -> bool:
        """Take a clock message; False when it is none."""
        try:
            self._clock = msgspec.json.decode(payload, type=_Clock)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        self._heard_ms = wall_ms
        return True

    def limit_ms(self, wall_ms: int) -> int | None:
        """City time beyond which a reading lies in the future, five minutes after now."""
        clock = self._clock
        if clock is None:
            return None
        running = clock.state == "running" and clock.speed is not None
        passed_ms = (wall_ms - self._heard_ms) * clock.speed if running and clock.speed else 0
        return clock.t_ms + max(0, round(passed_ms)) + AHEAD_MS
