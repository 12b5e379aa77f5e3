"""Regressions give back what made the data."""

import numpy as np
import pytest

from api.calibration.regression import fit_value

HOURS = 6000


@pytest.fixture(scope="module")
def terms() -> np.ndarray:
    """A constant and six terms, of which the first two matter."""
    rng = np.random.default_rng(3)
    return np.column_stack([np.ones(HOURS), rng.normal(2.0, 3.0, (HOURS, 6))])


def test_location_and_scale_are_recovered(terms) -> None:
    rng = np.random.default_rng(4)
    sigma = np.exp(0.5 * (-1.0 + 0.2 * terms[:, 2]))
    y = 1.5 - 0.4 * terms[:, 1] + sigma * rng.standard_normal(HOURS)
    fit = fit_value(terms, y, weakest=2.5, ridge=1.0)
    assert fit.location[:2] == pytest.approx([1.5, -0.4], abs=0.05)
    assert fit.scale[2] == pytest.approx(0.2, abs=0.03)
    assert fit.spread == pytest.approx(1.0, abs=0.1)
    assert np.interp(0.5, (0, 1), (fit.quantiles[0], fit.quantiles[-1])) == pytest.approx(0, abs=1)


def test_terms_that_say_nothing_are_dropped(terms) -> None:
    rng = np.random.default_rng(5)
    fit = fit_value(terms, 0.5 * terms[:, 1] + rng.standard_normal(HOURS), weakest=4.0, ridge=1.0)
    assert np.flatnonzero(fit.location).tolist() == [0, 1]


def test_a_term_that_never_changes_does_no_harm(terms) -> None:
    still = np.column_stack([terms, np.full(HOURS, 7.0)])
    rng = np.random.default_rng(7)
    fit = fit_value(still, rng.standard_normal(HOURS), weakest=2.0, ridge=1.0)
    assert fit.location[-1] == 0
