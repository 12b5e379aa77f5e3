"""A law of a value: a location and a scale, both sums over terms, and a tabled deviate."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from twin.arrays import Floats
from twin.config import Table
from twin.profiles import NotNegative, Positive

RANKS: tuple[float, ...] = (
    *(0.0003, 0.001, 0.003, 0.008),
    *(round(0.02 + 0.03 * k, 2) for k in range(33)),
    *(0.992, 0.997, 0.999, 0.9997),
)
"""Where the quantiles of the standard deviate are tabled."""

Quantiles = Annotated[tuple[float, ...], Field(min_length=len(RANKS), max_length=len(RANKS))]
Pair = tuple[float, float]


class ValueLaw(Table):
    """value = location + scale x deviate; location and ln(scale^2) are sums over the terms.

    ln(scale^2) stays within `limits`; `step` is what the station rounds to, whose variance
    step^2/12 the scale leaves out, because the value is rounded again.
    """

    step: NotNegative
    limits: Pair
    spread: Positive
    quantiles: Quantiles
    terms: dict[str, Pair]


@dataclass(frozen=True, slots=True)
class Value:
    """A value law in arrays: one coefficient per term of its stage."""

    law: ValueLaw
    location: Floats
    scale: Floats
    quantiles: Floats

    def at(self, x: Floats, chance: float, highest: float = np.inf) -> float:
        """The value whose rank among all possible ones up to `highest` is `chance`."""
        law = self.law
        low, high = law.limits
        variance = np.exp(min(max(float(self.scale @ x), low), high)) * law.spread
        floor = max(variance - law.step**2 / 12, (0.15 * law.step) ** 2)
        location, width = float(self.location @ x), float(np.sqrt(floor / law.spread))
        if highest < np.inf:
            chance *= float(np.interp((highest - location) / width, self.quantiles, RANKS))
        return location + width * float(np.interp(chance, RANKS, self.quantiles))


def value(law: ValueLaw, names: list[str]) -> Value:
    """The law over these terms; KeyError for a term that its stage does not know."""
    table = _table(law.terms, names, 2)
    return Value(law, table[0], table[1], np.array(law.quantiles))


def _table(terms: dict[str, Pair], names: list[str], width: int) -> Floats:
    where = {name: number for number, name in enumerate(names)}
    table = np.zeros((width, len(names)))
    for name, coefficients in terms.items():
        table[:, where[name]] = coefficients
    return table
