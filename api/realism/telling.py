"""Single features of a window that lie apart most: what an engineer would look at first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from api.realism.series import Series
from api.realism.split import Split
from api.realism.twosample import auc
from api.realism.windows import windows
from twin.arrays import Floats


@dataclass(frozen=True, slots=True)
class Telling:
    """One feature: its means, and how far it alone orders simulated and real windows (0.5: not)."""

    feature: str
    simulated_mean: float
    real_mean: float
    simulated_auc: float
    real_auc: float

    @property
    def excess(self) -> float:
        """How much farther from 0.5 than real against real."""
        return abs(self.simulated_auc - 0.5) - abs(self.real_auc - 0.5)


def telling(
    simulated: Series, parts: Split, columns: Sequence[str], size: int, count: int = 10
) -> tuple[Telling, ...]:
    """The features with the largest excess, largest first."""
    made, fit, check = (windows(one, columns, size) for one in (simulated, parts.fit, parts.check))
    found = [
        Telling(
            name,
            float(made.features[:, place].mean()),
            float(check.features[:, place].mean()),
            _order(made.features[:, place], check.features[:, place]),
            _order(fit.features[:, place], check.features[:, place]),
        )
        for place, name in enumerate(made.names)
    ]
    return tuple(sorted(found, key=lambda one: -one.excess)[:count])


def _order(first: Floats, second: Floats) -> float:
    label = np.concatenate([np.ones(len(first)), np.zeros(len(second))])
    return auc(np.concatenate([first, second]), label)
