"""The clock of the run as the city publishes it, and which run is the live one."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from sensors.clockmessage import STOPPED, ClockMessage, parse_clock


class NoRun(Exception):  # noqa: N818 (names the situation, not a fault)
    """No run was named and no city's clock is heard at the broker."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A clock message with the wall time, in ms UTC, at which it came."""

    clock: ClockMessage
    wall_ms: int


class RunClock:
    """The newest clock message of one run; safe from any thread."""

    def __init__(self, run: str, wall: Callable[[], int]) -> None:
        self.run = run
        self._wall = wall
        self._heard: Heard | None = None

    def hear(self, clock: ClockMessage) -> None:
        self._heard = Heard(clock, self._wall())

    @property
    def latest(self) -> ClockMessage | None:
        return None if self._heard is None else self._heard.clock

    def heard_ms(self) -> int | None:
        """City time of the newest message, None before there is any."""
        return None if self._heard is None else self._heard.clock.t_ms

    def now_ms(self) -> int:
        """City time of the newest message; wall time before there is any."""
        heard = self._heard
        return self._wall() if heard is None else heard.clock.t_ms

    def age_s(self) -> float | None:
        """Wall seconds since the newest message, None before the first."""
        heard = self._heard
        return None if heard is None else (self._wall() - heard.wall_ms) / 1000


class RunFinder:
    """Chooses the live run from the retained clocks of all of them."""

    def __init__(self) -> None:
        self._clocks: dict[str, ClockMessage] = {}
        self._moved: str | None = None
        self._changed = threading.Event()

    def hear(self, payload: bytes) -> None:
        clock = parse_clock(payload)
        if clock is None:
            return
        before = self._clocks.get(clock.run)
        if before is not None and clock.t_ms > before.t_ms:
            self._moved = clock.run
        self._clocks[clock.run] = clock
        self._changed.set()

    def best(self) -> ClockMessage | None:
        """The run whose clock was seen to move; else the newest one that has not stopped.

        Run ids begin with their start time, so the greatest id is the newest.
        """
        if self._moved is not None:
            return self._clocks[self._moved]
        going = [clock for clock in self._clocks.values() if clock.state != STOPPED]
        return max(going, key=lambda clock: clock.run, default=None)

    def wait(self, within_s: float) -> ClockMessage | None:
        """The live run once its clock is seen to move, or the best guess after that time."""
        for _ in range(max(1, round(within_s / 0.1))):
            self._changed.wait(0.1)
            self._changed.clear()
            if self._moved is not None:
                break
        return self.best()
