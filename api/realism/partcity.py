"""A part of the city: some systems alone on one clock; the others keep their first values."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from twin.cityconfig import CityConfig
from twin.geography import Geography
from twin.roster import SYSTEMS, Bound
from twin.state import CityState, declare
from twin.tick import Tick


@dataclass(frozen=True, slots=True)
class PartCity:
    """The state and the systems that run, in their order."""

    state: CityState
    systems: tuple[Bound, ...]
    seed: int

    def run(self, start_ms: int, steps: int, step_ms: int) -> Iterator[int]:
        """Each step's end in ms UTC, once every system has taken it. No incidents happen."""
        for system in self.systems:
            system.begin(self.state, Tick(start_ms, step_ms / 1000, self.seed))
        for number in range(1, steps + 1):
            tick = Tick(start_ms + number * step_ms, step_ms / 1000, self.seed)
            for system in self.systems:
                system.step(self.state, tick)
            yield tick.t_ms


def part_city(
    config: CityConfig, geography: Geography, names: Collection[str], seed: int
) -> PartCity:
    """Systems by name. ValueError for one that is not in the roster."""
    unknown = set(names) - {system.name for system in SYSTEMS}
    if unknown:
        raise ValueError(f"no such systems: {', '.join(sorted(unknown))}")
    state = declare(geography, [quantity for system in SYSTEMS for quantity in system.quantities])
    bound = tuple(
        system.bind(geography, config)
        for system in sorted(SYSTEMS, key=lambda system: system.rank)
        if system.name in names
    )
    return PartCity(state, bound, seed)
