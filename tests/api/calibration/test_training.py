"""Training: gradients are those of the loss, laws are found again."""

import numpy as np
import pytest

from api.calibration.training import Cells, Classes, Plan, train
from twin.climate.network import chances, value

ROWS = 6000
INFINITE = np.full(ROWS, np.inf)
PLAN = Plan(hidden=4, epochs=20, batch=64, decay=0.2)


def slope_by_steps(target, outputs: np.ndarray, number: int) -> np.ndarray:
    rows, moved = np.arange(outputs.shape[1]), []
    for step in (-1e-5, 1e-5):
        there = outputs.copy()
        there[number] += step
        moved.append(target.loss(there, rows)[0])
    return (moved[1] - moved[0]) / 2e-5


def test_gradients_are_those_of_the_loss() -> None:
    rng = np.random.default_rng(1)
    y = np.round(rng.normal(0, 2, 50))
    most = y + rng.integers(0, 3, 50) + 0.499
    cells = Cells(y - 0.5, np.minimum(y + 0.5, most), np.full(50, -np.inf), most)
    outputs = rng.normal(0, 0.7, (4, 50))
    _, gradient = cells.loss(outputs, np.arange(50))
    for number in range(4):
        assert gradient[number] == pytest.approx(slope_by_steps(cells, outputs, number), abs=1e-4)


def test_gradients_of_classes_are_those_of_the_loss() -> None:
    rng = np.random.default_rng(2)
    for classes, hits in ((3, 3), (1, 2)):
        target, outputs = Classes(rng.integers(0, hits, 40)), rng.normal(0, 1, (classes, 40))
        _, gradient = target.loss(outputs, np.arange(40))
        assert gradient[0] == pytest.approx(slope_by_steps(target, outputs, 0), abs=1e-4)


def test_place_and_width_are_found_through_the_rounding() -> None:
    """A middle half of 0.9 units, rounded to whole ones."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal((ROWS, 2))
    y = np.round(1.5 * x[:, 0] + 0.4 * rng.logistic(size=ROWS))
    net = train(x, Cells(y - 0.5, y + 0.5, -INFINITE, INFINITE), 4, np.zeros(4), PLAN)
    here, there = net.outputs(np.zeros(2)), net.outputs(np.array([1.0, 0.0]))
    assert value(there, 0.5) - value(here, 0.5) == pytest.approx(1.5, abs=0.15)
    assert value(here, 0.75) - value(here, 0.25) == pytest.approx(0.8 * np.log(3), rel=0.1)


def test_odds_are_found() -> None:
    rng = np.random.default_rng(4)
    x = rng.standard_normal((ROWS, 2))
    hit = rng.random(ROWS) < 1 / (1 + np.exp(1 - 2 * x[:, 0]))
    net = train(x, Classes(hit.astype(np.int64)), 1, np.zeros(1), PLAN)
    assert chances(net.outputs(np.array([0.5, 0.0])))[0] == pytest.approx(0.5, abs=0.06)


def test_the_same_data_give_the_same_network() -> None:
    rng = np.random.default_rng(5)
    x, hit = rng.standard_normal((500, 3)), rng.integers(0, 2, 500)
    first, second = (train(x, Classes(hit), 1, np.zeros(1), PLAN) for _ in range(2))
    assert first.inner.tobytes() == second.inner.tobytes()
