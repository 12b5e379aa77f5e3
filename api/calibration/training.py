"""Fitting a network by stochastic gradients (Adam), with weights that decay less and less.

The likelihood is that of the reported value: the mass of its rounding cell among all cells that
could be reported, so what rounding adds is never taken for the weather's own noise.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twin.arrays import Array, Floats, Ints
from twin.climate.network import LEAN, TAIL_LN, WIDTH_LN, Network, standard

Loss = Callable[[Floats, Array], tuple[Floats, Floats]]
"""From outputs (outputs, rows) and rows to each row's loss and its gradient."""
_RATE, _WARM_UP_STEPS = 3e-3, 100
_FADE = 0.75  # share of the steps after which weights no longer decay
_FAR = 1e3  # stands for an edge at infinity


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a network is and how it is trained."""

    hidden: int = 24
    epochs: int = 16
    batch: int = 512
    decay: float = 3.0


@dataclass(frozen=True, slots=True)
class Cells:
    """Reported values as cells from `low` to `high` among those from `least` to `most`."""

    low: Floats
    high: Floats
    least: Floats
    most: Floats

    def cut(self, where: Array) -> "Cells":
        """These rows alone."""
        return Cells(*(part[where] for part in (self.low, self.high, self.least, self.most)))

    def loss(self, outputs: Floats, rows: Array) -> tuple[Floats, Floats]:
        """Minus ln mass of the cell."""
        cell = self.cut(rows)
        shape, slope = _shape(outputs)
        inside, by_inside = _ln_mass(cell.low, cell.high, shape)
        possible, by_possible = _ln_mass(cell.least, cell.most, shape)
        return possible - inside, (by_possible - by_inside) * slope


@dataclass(frozen=True, slots=True)
class Classes:
    """Which of several classes was reported, or whether one was."""

    hit: Ints

    def cut(self, where: Array) -> "Classes":
        """These rows alone."""
        return Classes(self.hit[where])

    def loss(self, outputs: Floats, rows: Array) -> tuple[Floats, Floats]:
        """Minus ln chance of the class."""
        hit = self.hit[rows]
        if len(outputs) == 1:
            odds = outputs[0]
            return np.logaddexp(0, np.where(hit > 0, -odds, odds)), (_share(odds) - hit)[None]
        powers = np.exp(outputs - outputs.max(axis=0))
        chances = powers / powers.sum(axis=0)
        at = (hit, np.arange(len(hit)))
        gradient = chances.copy()
        gradient[at] -= 1
        return -np.log(chances[at]), gradient


def train(
    terms: Floats, target: Cells | Classes, outputs: int, start: Floats, plan: Plan
) -> Network:
    """A network of the terms (rows, terms), beginning from constant outputs."""
    middle, spread = terms.mean(axis=0), terms.std(axis=0) + 1e-6
    z = standard(terms, middle, spread).astype(np.float32)
    weights = _begin(z.shape[1], plan.hidden, outputs, start)
    adam = _Adam(weights, plan, len(z))
    rng = np.random.default_rng(1)
    for _ in range(plan.epochs):
        order = rng.permutation(len(z))
        for number in range(len(z) // plan.batch):
            rows = order[number * plan.batch : (number + 1) * plan.batch]
            adam.step(_gradients(weights, z[rows], rows, target))
    straight, inner, outer = (part.astype(np.float64) for part in weights)
    return Network(middle, spread, straight, inner, outer)


def _begin(terms: int, hidden: int, outputs: int, start: Floats) -> list[Array]:
    rng = np.random.default_rng(0)
    straight = np.zeros((outputs, terms), np.float32)
    straight[:, -1] = start
    inner = rng.standard_normal((hidden, terms)) / np.sqrt(terms)
    outer = 0.05 * rng.standard_normal((outputs, hidden))
    return [straight, inner.astype(np.float32), outer.astype(np.float32)]


def _gradients(weights: list[Array], z: Array, rows: Array, target: Cells | Classes) -> list[Array]:
    straight, inner, outer = weights
    hidden = np.tanh(z @ inner.T)
    _, gradient = target.loss(straight @ z.T + outer @ hidden.T, rows)
    back = (gradient / len(rows)).astype(np.float32)
    by_hidden = (back.T @ outer) * (1 - hidden * hidden)
    return [back @ z, by_hidden.T @ z, back @ hidden]


class _Adam:
    """Adam with decoupled decay (Loshchilov and Hutter 2019); the rate falls as a cosine."""

    def __init__(self, weights: list[Array], plan: Plan, rows: int) -> None:
        self.weights, self.decay = weights, plan.decay
        self.steps, self.done = max(1, plan.epochs * (rows // plan.batch)), 0
        self.first = [np.zeros_like(part) for part in weights]
        self.second = [np.zeros_like(part) for part in weights]

    def step(self, gradients: list[Array]) -> None:
        """One step down the gradients; constants do not decay."""
        self.done += 1
        past = self.done / self.steps
        rate = _RATE * 0.5 * (1 + np.cos(np.pi * past)) * min(1, self.done / _WARM_UP_STEPS)
        keep = 1 - rate * self.decay * max(0.0, 1 - past / _FADE)
        for number, (part, gradient) in enumerate(zip(self.weights, gradients, strict=True)):
            first, second = self.first[number], self.second[number]
            first += 0.1 * (gradient - first)
            second += 0.01 * (gradient * gradient - second)
            even, size = first / (1 - 0.9**self.done), second / (1 - 0.99**self.done)
            (part[:, :-1] if number < 2 else part)[:] *= keep
            part -= rate * even / (np.sqrt(size) + 1e-8)


def _shape(outputs: Floats) -> tuple[Floats, Floats]:
    """Place, ln width, lean and ln tail, and how they change with the outputs."""
    place, width, lean, tail = outputs
    bent, long = np.tanh(lean), np.tanh(tail)
    shape = np.stack([place, np.clip(width, -WIDTH_LN, WIDTH_LN), LEAN * bent, TAIL_LN * long])
    free = (np.abs(width) < WIDTH_LN) * 1.0
    slope = [np.ones_like(place), free, LEAN * (1 - bent**2), TAIL_LN * (1 - long**2)]
    return shape, np.stack(slope)


def _ln_mass(low: Floats, high: Floats, shape: Floats) -> tuple[Floats, Floats]:
    """ln of the chance between two edges, and its gradient by the shape."""
    (a, by_a), (b, by_b) = _logit(high, shape), _logit(low, shape)
    gap = np.maximum(a - b, 1e-6)
    mass = -np.logaddexp(0, -a) - np.logaddexp(0, b) + np.log(-np.expm1(-gap))
    both = 1 / np.expm1(np.minimum(gap, 500))
    return mass, (_share(-a) + both) * by_a - (_share(b) + both) * by_b


def _logit(edge: Floats, shape: Floats) -> tuple[Floats, Floats]:
    """Logit of the rank of an edge, and its gradient by the shape."""
    place, width_ln, lean, tail_ln = shape
    tail, width, seen = np.exp(tail_ln), np.exp(width_ln), np.isfinite(edge)
    x = np.where(seen, (edge - place) / width, 0.0)
    bend = np.arcsinh(x)
    angle = np.clip(tail * bend - lean, -8, 8)
    steep = np.cosh(angle)
    by_x = steep * tail / np.sqrt(1 + x * x)
    slopes = np.stack([-by_x / width, -by_x * x, -steep, steep * bend * tail]) * seen
    return np.where(seen, np.sinh(angle), np.where(edge > 0, _FAR, -_FAR)), slopes


def _share(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -40, 40))))
