"""Ridge regressions with a scale of their own; weak terms are dropped."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Bools, Floats
from twin.climate.laws import RANKS

WEAKEST = 2.0  # standard errors: terms below are dropped
_ROUNDS = 3  # of location and scale in turn
_WIDEST = 25.0  # squared deviates beyond it count as this much


@dataclass(frozen=True, slots=True)
class Scaled:
    """Terms to zero mean and unit spread; the first term is the constant."""

    x: Floats
    middle: Floats
    spread: Floats
    alive: Bools

    @classmethod
    def of(cls, x: Floats) -> "Scaled":
        middle, spread = x.mean(axis=0), x.std(axis=0)
        alive = spread > 1e-9
        middle[0], spread[0], alive[0] = 0.0, 1.0, True
        spread[~alive] = 1.0
        return cls((x - middle) / spread, middle, spread, alive)

    def plain(self, coefficients: Floats) -> Floats:
        """The coefficients for the terms as they are."""
        plain = coefficients / self.spread
        plain[0] -= plain @ self.middle
        return np.asarray(plain)


@dataclass(frozen=True, slots=True)
class ValueFit:
    """Coefficients of location and ln variance (terms), and the tabled deviates."""

    location: Floats
    scale: Floats
    limits: tuple[float, float]
    spread: float
    quantiles: Floats
    explained: float


def fit_value(x: Floats, y: Floats, weakest: float, ridge: float) -> ValueFit:
    """Location by weighted ridge, ln variance by a gamma regression on squared residuals."""
    scaled = Scaled.of(x)
    z, penalty = scaled.x, np.full(x.shape[1], ridge)
    penalty[0] = 0.0
    square = z.T @ z
    weight = np.ones(len(y))
    scale = np.zeros(x.shape[1])
    for number in range(_ROUNDS):
        drop = weakest if number == _ROUNDS - 1 else 0.0
        location = _weighted(z, y, weight, penalty, scaled.alive, drop)
        scale = _log_variance(z, (y - z @ location) ** 2, square, 3 * penalty, scaled.alive, drop)
        weight = _even(np.exp(-np.clip(z @ scale, -8, 8)))
    eta = z @ scale
    limits = np.quantile(eta, [0.0005, 0.9995])
    deviate = (y - z @ location) / np.exp(0.5 * np.clip(eta, *limits))
    return ValueFit(
        scaled.plain(location),
        scaled.plain(scale),
        (float(limits[0]), float(limits[1])),
        float(np.mean(deviate**2)),
        np.quantile(deviate, RANKS),
        float(1 - np.var(y - z @ location) / np.var(y)),
    )


def _even(weight: Floats) -> Floats:
    return np.clip(weight, *np.quantile(weight, [0.02, 0.98]))


def _weighted(
    z: Floats, y: Floats, weight: Floats, penalty: Floats, alive: Bools, weakest: float
) -> Floats:
    heavy = z * (weight / weight.mean())[:, None]
    square, target = heavy.T @ z, heavy.T @ y
    full = _solve(square, target, penalty, alive)
    if weakest <= 0:
        return full
    noise = float(np.average((y - z @ full) ** 2, weights=weight))
    return backward(square, target, noise, penalty, alive, weakest)


def _log_variance(
    z: Floats, squares: Floats, square: Floats, penalty: Floats, alive: Bools, weakest: float
) -> Floats:
    """Fisher scoring; the information is z'z / 2 whatever the coefficients."""
    scale = np.zeros(z.shape[1])
    scale[0] = np.log(squares.mean())
    for _ in range(8):
        eta = np.clip(z @ scale, -12, 12)
        target = z.T @ (eta + np.minimum(squares / np.exp(eta), _WIDEST) - 1)
        scale = _solve(square, target, penalty + 1e-6, alive)
    if weakest <= 0:
        return scale
    return backward(square, target, 3.0, penalty, alive, weakest)


def _solve(square: Floats, target: Floats, penalty: Floats, alive: Bools) -> Floats:
    at = np.flatnonzero(alive)
    solution = np.zeros(len(target))
    solution[at] = np.linalg.solve(square[np.ix_(at, at)] + np.diag(penalty[at]), target[at])
    return solution


def backward(
    square: Floats, target: Floats, noise: float, penalty: Floats, alive: Bools, weakest: float
) -> Floats:
    """Drop the weakest quarter of the terms below `weakest` standard errors until none is."""
    at = np.flatnonzero(alive)
    while True:
        inverse = np.linalg.inv(square[np.ix_(at, at)] + np.diag(penalty[at]))
        solved = inverse @ target[at]
        strength = np.abs(solved) / np.sqrt(np.diag(inverse) * noise)
        strength[0] = np.inf
        order = np.argsort(strength)
        weak = order[strength[order] < weakest]
        if not len(weak):
            break
        at = np.delete(at, weak[: max(1, len(weak) // 4)])
    solution = np.zeros(len(target))
    solution[at] = solved
    return solution
