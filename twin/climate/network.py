"""Small networks as laws: of values with a place, a width, a lean and a tail, and of choices.

    outputs = straight z + outer tanh(inner z),  z = (terms - middle) / spread, with a 1 at the end

A value law's four outputs shape a logistic deviate (Jones and Pewsey 2009, sinh-arcsinh):
value = place + width sinh((asinh(logit chance) + lean) / tail).
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator

from twin.arrays import Floats
from twin.config import Table

REACH = 6.0  # spreads: terms farther out count as this far
WIDTH_LN, LEAN, TAIL_LN = 3.0, 1.0, 0.5  # bounds of the shape
_BENT = 6.5  # beyond it a rank is 0 or 1


def _numbers(text: str) -> str:
    """A row of weights; ValueError names what is no finite number."""
    if not np.isfinite(np.array(text.split(), dtype=np.float64)).all():
        raise ValueError("expected finite numbers")
    return text


Row = Annotated[str, AfterValidator(_numbers)]


class NetworkLaw(Table):
    """Weights as rows of numbers; the last column of `straight` and `inner` is the constant."""

    middle: Row
    spread: Row
    straight: tuple[Row, ...]
    inner: tuple[Row, ...]
    outer: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """A law in arrays."""

    middle: Floats
    spread: Floats
    straight: Floats
    inner: Floats
    outer: Floats

    @classmethod
    def of(cls, law: NetworkLaw, terms: int) -> "Network":
        """Ready to run; ValueError when it was fitted on another number of terms."""
        rows = (law.straight, law.inner, law.outer)
        net = cls(_row(law.middle), _row(law.spread), *(table(part) for part in rows))
        if net.straight.shape[1] != terms + 1:
            raise ValueError(f"fitted on {net.straight.shape[1] - 1} terms, the law has {terms}")
        return net

    def outputs(self, terms: Floats) -> Floats:
        """One column of outputs per column of terms, or one for a plain row of terms."""
        z = standard(terms.T, self.middle, self.spread)
        return np.asarray(self.straight @ z.T + self.outer @ np.tanh(self.inner @ z.T))


def standard(terms: Floats, middle: Floats, spread: Floats) -> Floats:
    """Terms in rows to zero mean and unit spread, within REACH, with a 1 at the end."""
    z = np.clip((terms - middle) / spread, -REACH, REACH)
    return np.concatenate([z, np.ones((*z.shape[:-1], 1))], axis=-1)


def value(outputs: Floats, chance: Any, low: Any = -np.inf, high: Any = np.inf) -> Any:
    """The value whose rank among all possible ones from `low` to `high` is `chance`."""
    place, width_ln, lean, tail_ln = outputs
    width = np.exp(np.minimum(np.maximum(width_ln, -WIDTH_LN), WIDTH_LN))
    lean, tail = LEAN * np.tanh(lean), np.exp(TAIL_LN * np.tanh(tail_ln))

    def rank(edge: Any) -> Any:
        bent = tail * np.arcsinh((edge - place) / width) - lean
        return 1 / (1 + np.exp(-np.sinh(np.minimum(np.maximum(bent, -_BENT), _BENT))))

    least = rank(low)
    part = np.minimum(np.maximum(least + chance * (rank(high) - least), 1e-9), 1 - 1e-9)
    logit = np.log(part / (1 - part))
    return place + width * np.sinh((np.arcsinh(logit) + lean) / tail)


def chances(outputs: Floats) -> Floats:
    """One chance per class; a single output is the ln odds of "yes"."""
    if len(outputs) == 1:
        return np.asarray(1 / (1 + np.exp(-np.clip(outputs, -30, 30))))
    share = np.exp(outputs - outputs.max(axis=0))
    return np.asarray(share / share.sum(axis=0))


def _row(text: str) -> Floats:
    return np.array(text.split(), dtype=np.float64)


def table(rows: tuple[str, ...]) -> Floats:
    """Rows of numbers as an array."""
    return np.array([_row(row) for row in rows])
