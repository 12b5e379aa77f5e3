"""One step of city time as a system sees it."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from twin.clock import day_of_year, local_hour
from twin.streams import reopen, stream


@dataclass(frozen=True)
class Tick:
    """The step that ends at t_ms and lasts dt_s, with the chance that belongs to it.

    generators: kept from tick to tick, because opening one anew takes longer than most draws.
    """

    t_ms: int
    dt_s: float
    seed: int
    generators: dict[str, np.random.Generator] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def hour(self) -> float:
        """Local hour of the day."""
        return local_hour(self.t_ms)

    @cached_property
    def day(self) -> float:
        """Day of the year with its fraction."""
        return day_of_year(self.t_ms)

    def rng(self, name: str) -> np.random.Generator:
        """The stream of this name at this moment, to be used before it is asked for again."""
        rng, moment = self.generators.get(name), f"{name}/{self.t_ms}"
        if rng is None:
            rng = self.generators[name] = stream(self.seed, moment)
        else:
            reopen(rng, self.seed, moment)
        return rng
