"""The latest time a reading may bear, from the retained clock of the run."""

from dataclasses import dataclass

from sensors.clockmessage import RUNNING, ClockMessage
from twin.clock import MINUTE_MS

AHEAD_MS = 5 * MINUTE_MS  # what counts as future, see docs/decisions/delivery.md


@dataclass(slots=True)
class Horizon:
    """Follows the run clock between its messages; before the first there is no limit.

    `speed` is city seconds per wall second. With speed None (as fast as possible) the clock is
    taken as it stands, so the city must publish it at least every five minutes of city time.
    """

    _clock: ClockMessage | None = None
    _heard_ms: int = 0

    def hear(self, clock: ClockMessage, wall_ms: int) -> None:
        """Follow this message from now on."""
        self._clock, self._heard_ms = clock, wall_ms

    def limit_ms(self, wall_ms: int) -> int | None:
        """City time beyond which a reading lies in the future, five minutes after now."""
        clock = self._clock
        if clock is None:
            return None
        speed = clock.speed if clock.state == RUNNING and clock.speed is not None else 0.0
        passed_ms = (wall_ms - self._heard_ms) * speed
        return clock.t_ms + max(0, round(passed_ms)) + AHEAD_MS
