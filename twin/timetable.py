"""When things happen: SimPy's events at ms UTC, each with a rank among those of its moment."""

import math
from collections.abc import Callable, Generator
from operator import itemgetter
from typing import Any

import simpy
from simpy.events import EventPriority

Waiting = Generator[simpy.Event, Any, None]
FIRST_BEAT_RANK = 9  # from here on all that happens at a moment is one event, in order of rank


class _At(simpy.Event):
    """Happens after delay_ms with this rank among the events of that moment."""

    def __init__(self, env: simpy.Environment, delay_ms: int, rank: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, EventPriority(rank), delay_ms)


class Timetable:
    """What is due, and when; the rank is the SimPy priority, so no order hangs on creation."""

    def __init__(self, start_ms: int) -> None:
        self._env = simpy.Environment(initial_time=start_ms)
        self._turns: list[tuple[int, int, Callable[[int], None]]] = []  # rank, period, what
        self._beat_ms = 0

    @property
    def now_ms(self) -> int:
        """ms UTC."""
        return int(self._env.now)

    def run_until(self, t_ms: int) -> None:
        """Let everything before t_ms happen; ValueError when it is in the past."""
        if t_ms < self.now_ms:
            raise ValueError(f"cannot run back from {self.now_ms} to {t_ms}")
        if t_ms > self.now_ms:
            self._env.run(until=t_ms)

    def follow(self, course: Waiting) -> None:
        """Begin a process: a generator that yields what `at` gives."""
        self._env.process(course)

    def at(self, t_ms: int, rank: int) -> simpy.Event:
        """To wait for t_ms, or where it is past for now, at this rank within the moment."""
        return _At(self._env, max(0, t_ms - self.now_ms), rank)

    def every(self, period_ms: int, rank: int, action: Callable[[int], None]) -> None:
        """Call action(t_ms) at every multiple of the period, in order of rank within a moment."""
        if rank < FIRST_BEAT_RANK:
            self.follow(self._ticker(period_ms, rank, action))
            return
        self._turns = sorted([*self._turns, (rank, period_ms, action)], key=itemgetter(0))
        beat_ms = math.gcd(self._beat_ms, period_ms)
        if beat_ms != self._beat_ms:
            self._beat_ms = beat_ms
            self.follow(self._beats(beat_ms))

    def _beats(self, beat_ms: int) -> Waiting:
        """All whose turn it is at a moment in one event; until something needs a shorter beat."""
        yield self.at(-(-self.now_ms // beat_ms) * beat_ms, FIRST_BEAT_RANK)
        while beat_ms == self._beat_ms:
            t_ms = self.now_ms
            for _, period_ms, action in self._turns:
                if t_ms % period_ms == 0:
                    action(t_ms)
            yield self.at(t_ms + beat_ms, FIRST_BEAT_RANK)

    def _ticker(self, period_ms: int, rank: int, action: Callable[[int], None]) -> Waiting:
        yield self.at(-(-self.now_ms // period_ms) * period_ms, rank)
        while True:
            action(self.now_ms)
            yield self.at(self.now_ms + period_ms, rank)
