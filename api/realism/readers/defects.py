"""Known defects of real series, each a pure function that gives the rows to mask."""

import numpy as np

from twin.arrays import Bools, Floats, Ints


def runs(flags: Bools) -> tuple[Ints, Ints]:
    """Start and length of every run of True."""
    edges = np.diff(np.concatenate(([0], flags.astype(np.int8), [0])))
    starts = np.flatnonzero(edges == 1).astype(np.int64)
    return starts, np.flatnonzero(edges == -1).astype(np.int64) - starts


def long_runs(flags: Bools, at_least: int) -> Bools:
    """True inside the runs of True that last this many rows or more."""
    starts, lengths = runs(flags)
    inside = np.zeros(len(flags) + 1, dtype=np.int64)
    long = lengths >= at_least
    np.add.at(inside, starts[long], 1)
    np.add.at(inside, (starts + lengths)[long], -1)
    return np.asarray(np.cumsum(inside)[:-1] > 0)


def stuck(values: Floats, at_least: int, low: float = -np.inf, high: float = np.inf) -> Bools:
    """True in runs of one and the same value within [low, high] that last at least so long."""
    same = np.zeros(len(values), dtype=np.bool_)
    within = (values >= low) & (values <= high)
    same[1:] = (values[1:] == values[:-1]) & within[1:]
    held = long_runs(same, at_least - 1)
    held[:-1] |= held[1:]
    return held


def slipped(values: Floats, above: float, times: float) -> Bools:
    """True where one value above the bound is so many times both neighbours: a decimal slip."""
    before, after = _neighbours(values)
    return np.asarray((values > above) & (values > times * np.fmax(before, after)))


def dropped(values: Floats, share: float, gap: float) -> Bools:
    """True where one value falls below this share of both neighbours, and by `gap` at least."""
    before, after = _neighbours(values)
    least = np.minimum(before, after)
    return np.asarray((values < share * least) & (values < least - gap))


def _neighbours(values: Floats) -> tuple[Floats, Floats]:
    before, after = np.full(len(values), np.nan), np.full(len(values), np.nan)
    before[1:], after[:-1] = values[:-1], values[1:]
    return before, after


def masked(values: Floats, *defects: Bools) -> Floats:
    """A copy with NaN where any defect is True."""
    clean = values.copy()
    for defect in defects:
        clean[defect] = np.nan
    return clean
