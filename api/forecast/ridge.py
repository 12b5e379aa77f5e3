"""Least squares for many series at once, each drawn towards what they have in common."""

import numpy as np

from twin.arrays import Bools, Floats

LIKENESS = 500.0  # rows that the common answer counts for in each series' own (design choice)
FLOOR = 100.0  # squared units that a feature must have moved by to be believed (design choice)


def fit(features: Floats, target: Floats, known: Bools, prior: Floats, pull: float) -> Floats:
    """Coefficients by series and feature.

    `features` by row, series and feature; rows of a series that are not `known` do not count.
    What is common is drawn towards the `prior`, which counts `pull` times what was seen.
    """
    x = np.where(known[..., None], features, 0.0).transpose(1, 0, 2)
    y = np.where(known, target, 0.0).T[..., None]
    gram, moment = x.transpose(0, 2, 1) @ x, x.transpose(0, 2, 1) @ y
    rows = max(1, int(known.sum()))
    weight = np.diag(np.diag(gram.sum(axis=0)) / rows + 1e-12)
    held = pull * rows * weight + FLOOR * np.eye(len(weight))
    common = np.linalg.solve(gram.sum(axis=0) + held, moment.sum(axis=0) + held @ prior[:, None])
    pulled = moment + LIKENESS * weight @ common
    return np.asarray(np.linalg.solve(gram + LIKENESS * weight, pulled)[..., 0], np.float64)
