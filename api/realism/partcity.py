"""A part of the city: some systems alone on one clock; the others keep their first values."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from twin.cityconfig import CityConfig
from twin.course import Course
from twin.courses import COURSES
from twin.geography import Geography
from twin.roster import SYSTEMS, Bound
from twin.state import CityState, declare
from twin.tick import Tick


@dataclass(frozen=True, slots=True)
class PartCity:
    """The state, and the courses and systems that run, each in their order."""

    state: CityState
    courses: tuple[Course, ...]
    systems: tuple[Bound, ...]
    seed: int

    def run(self, start_ms: int, steps: int, step_ms: int) -> Iterator[int]:
        """Each step's end in ms UTC, once every system has taken it. No incidents happen."""
        first = Tick(start_ms, step_ms / 1000, self.seed)
        for course in self.courses:
            course.begin(self.state, first)
        for system in self.systems:
            system.begin(self.state, first)
        for number in range(1, steps + 1):
            tick = Tick(start_ms + number * step_ms, step_ms / 1000, self.seed)
            for course in self.courses:
                self._catch_up(course, tick.t_ms)
            for system in self.systems:
                system.step(self.state, tick)
            yield tick.t_ms

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
    return PartCity(
        declare(geography, quantities),
        tuple(course.bind(geography, config) for course in COURSES if course.name in names),
        tuple(system.bind(geography, config) for system in systems if system.name in names),
        seed,
    )
