"""One measured line and how it is taken: repeated, the median quoted."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

REPEATS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A figure in its unit, the bare baseline beside it, and the bar it should reach."""

    what: str
    unit: str
    figure: float
    baseline: float | None = None
    baseline_name: str = ""
    target: float | None = None
    more_is_better: bool = True

    @property
    def reached(self) -> bool | None:
        """Whether the bar is reached, None without one."""
        if self.target is None:
            return None
        return self.figure >= self.target if self.more_is_better else self.figure <= self.target


def median_cpu_s(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median seconds of one core; what others do on the machine disturbs it less."""
    return _median(work, repeats, time.process_time)


def median_s(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median wall seconds of the repeats."""
    return _median(work, repeats, time.perf_counter)


def _median(work: Callable[[], object], repeats: int, clock: Callable[[], float]) -> float:
    taken = []
    for _ in range(repeats):
        begun = clock()
        work()
        taken.append(clock() - begun)
    return statistics.median(taken)
