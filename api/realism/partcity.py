"""A part of the city: some systems alone, at their own pace; the others keep their first values."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from twin.cityconfig import CityConfig
from twin.clock import SECOND_MS
from twin.course import Course
from twin.courses import COURSES
from twin.geography import Geography
from twin.roster import SYSTEMS, Bound, Pace
from twin.state import CityState, declare
from twin.tick import Tick


@dataclass(frozen=True, slots=True)
class PartCity:
    """The state, and the courses and systems that run, each in their order."""

    state: CityState
    courses: tuple[Course, ...]
    systems: tuple[Bound, ...]
    fast: frozenset[int]  # places of the systems that step every fast_ms, the others every step
    fast_ms: int
    seed: int

    def run(self, start_ms: int, steps: int, step_ms: int) -> Iterator[int]:
        """Each step's end in ms UTC, once every system has taken it. No incidents happen."""
        first = Tick(start_ms, step_ms / 1000, self.seed)
        for course in self.courses:
            course.begin(self.state, first)
        for system in self.systems:
            system.begin(self.state, first)
        beat_ms = self.fast_ms if self.fast else step_ms
        for past_ms in range(beat_ms, steps * step_ms + 1, beat_ms):
            self._beat(start_ms + past_ms, beat_ms, None if past_ms % step_ms else step_ms)
            if past_ms % step_ms == 0:
                yield start_ms + past_ms

    def _beat(self, t_ms: int, beat_ms: int, step_ms: int | None) -> None:
        """Courses, then the fast systems; the others too at the end of a step."""
        for course in self.courses:
            self._catch_up(course, t_ms)
        for place, system in enumerate(self.systems):
            period_ms = beat_ms if place in self.fast else step_ms
            if period_ms is not None:
                system.step(self.state, Tick(t_ms, period_ms / 1000, self.seed))

    def _catch_up(self, course: Course, t_ms: int) -> None:
        """All that is due until now, each at its own moment."""
        while (due_ms := course.due_ms(self.state)) <= t_ms:
            course.act(self.state, Tick(due_ms, 0.0, self.seed))


def part_city(
    config: CityConfig, geography: Geography, names: Collection[str], seed: int
) -> PartCity:
    """Systems and courses by name. ValueError for one that is neither."""
    systems = sorted(SYSTEMS, key=lambda system: system.rank)
    known = {system.name for system in systems} | {course.name for course in COURSES}
    unknown = set(names) - known
    if unknown:
        raise ValueError(f"no such systems: {', '.join(sorted(unknown))}")
    quantities = [quantity for system in systems for quantity in system.quantities]
    quantities += [quantity for course in COURSES for quantity in course.quantities]
    running = [system for system in systems if system.name in names]
    return PartCity(
        declare(geography, quantities),
        tuple(course.bind(geography, config) for course in COURSES if course.name in names),
        tuple(system.bind(geography, config) for system in running),
        frozenset(n for n, system in enumerate(running) if system.pace is Pace.FAST),
        config.fast_tick_s * SECOND_MS,
        seed,
    )
