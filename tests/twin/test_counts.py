"""Counts drawn as one have the law of counts drawn one by one."""

import numpy as np
import pytest

from twin.counts import binomial, poisson, within


def test_counts_are_poisson_and_independent() -> None:
    rng, mean = np.random.default_rng(1), np.array([0.05, 3.0, 0.0, 1.2])
    drawn = np.array([poisson(mean, rng) for _ in range(20_000)])
    assert drawn.mean(axis=0) == pytest.approx(mean, rel=0.05)
    assert drawn.var(axis=0) == pytest.approx(mean, rel=0.05)
    assert np.corrcoef(drawn[:, 1], drawn[:, 3])[0, 1] == pytest.approx(0.0, abs=0.03)


def test_without_rows_nothing_is_drawn() -> None:
    assert len(poisson(np.array([]), np.random.default_rng(1))) == 0


def test_each_is_struck_by_the_chance() -> None:
    rng, counts = np.random.default_rng(1), np.array([5.0, 0.0, 40.0])
    drawn = np.array([binomial(counts, 0.3, rng) for _ in range(20_000)])
    assert drawn.mean(axis=0) == pytest.approx(0.3 * counts, rel=0.02)
    assert drawn.var(axis=0) == pytest.approx(0.21 * counts, rel=0.04)
    assert (drawn <= counts).all()


def test_no_column_gets_more_than_there_is() -> None:
    drawn = np.array([[2.0, 1.0], [3.0, 1.0], [4.0, 1.0]])
    assert within(drawn, np.array([4.0, 9.0])).tolist() == [[2, 1], [2, 1], [0, 1]]
