"""Counts from chance in few calls: numpy checks the arrays of one draw for longer than it draws."""

import numpy as np

from twin.arrays import Floats, Ints


def poisson(mean: Floats, rng: np.random.Generator) -> Ints:
    """Independent Poisson counts: all are drawn as one, then each falls to a row by its mean."""
    return np.bincount(falling(mean, rng), minlength=len(mean))


def falling(mean: Floats, rng: np.random.Generator) -> Ints:
    """The same as events, one row number for each."""
    if not len(mean):
        return np.empty(0, np.int64)
    reach = np.add.accumulate(mean)
    total = float(reach[-1])
    where = rng.random(rng.poisson(total))
    where *= total
    return reach[:-1].searchsorted(where, side="right")


def binomial(counts: Floats, chance: float, rng: np.random.Generator) -> Ints:
    """How many of each so many are struck, each with this chance, one by one."""
    size = len(counts)
    who = np.repeat(np.arange(size), counts.astype(np.int64))
    return np.bincount(who[rng.random(len(who)) < chance], minlength=size)


def within(drawn: Floats | Ints, most: Floats) -> Floats:
    """Rows of draws, one after the other, until each column has had its most."""
    reached = np.minimum(np.add.accumulate(drawn, axis=0), most)
    reached[1:] -= reached[:-1].copy()
    return reached
