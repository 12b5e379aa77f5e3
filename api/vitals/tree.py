"""From indicators to zones, dimensions and the composite; the weakest part limits the whole."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from api.vitals.ratio import ratio
from twin.arrays import Array, Bools, Floats, Index, Ints


@dataclass(frozen=True, slots=True)
class Rolled:
    """Scores with their confidence; `worst` is the row below that weighs most, -1 without."""

    score: Floats
    confidence: Floats
    applicable: Bools
    worst: Index


@dataclass(frozen=True, slots=True)
class Upward:
    """Which rows below belong to which row above, ordered by the row above."""

    order: Ints
    starts: Ints
    parent: Ints
    weight: Floats
    size: int

    @staticmethod
    def of(parent: Index, weight: Floats, size: int) -> "Upward":
        """`parent` of each row below; weights below count at least a little."""
        order = np.argsort(parent, kind="stable")
        present, starts = np.unique(parent[order], return_index=True)
        return Upward(
            order, starts, present.astype(np.int64), np.maximum(weight, 1e-9)[order], size
        )

    def roll(
        self, score: Floats, confidence: Floats, applicable: Bools, mean_share: float, low: float
    ) -> Rolled:
        """mean_share * weighted mean + (1 - mean_share) * low percentile of the scores below.

        Rows without a score are left out; rows where nothing applies are not even missing.
        Confidence = (1 - missing share of the weight) * median confidence of the others.
        """
        score, confidence, due = score[self.order], confidence[self.order], applicable[self.order]
        known = ~np.isnan(score) & due
        weight, starts = self.weight, self.starts
        have = np.add.reduceat(weight * known, starts)
        total = np.add.reduceat(weight * due, starts)
        mean = ratio(np.add.reduceat(np.where(known, weight * score, 0.0), starts), have)
        median = self._median(np.where(known, confidence, -1.0), known)
        poor, worst = self._lowest(np.where(known, score, np.inf), known, low)
        return Rolled(
            self._spread(mean_share * mean + (1 - mean_share) * poor, np.nan),
            self._spread(ratio(have, total, 0.0) * median, 0.0),
            self._spread(total > 0, False),
            self._spread(worst, -1).astype(np.int32),
        )

    def _median(self, values: Floats, known: Bools) -> Floats:
        """Of the known values of each group, which are 0..1; 0 where there are none."""
        ends = np.append(self.starts[1:], len(values))
        group = np.repeat(np.arange(len(self.starts)), ends - self.starts)
        count = np.add.reduceat(known.astype(np.int64), self.starts)
        ranked = np.sort(2 * group + 0.5 * values)  # unknown ones, -1, come first
        first = ends - count
        low = np.minimum(first + np.maximum(count - 1, 0) // 2, ends - 1)
        high = np.minimum(first + count // 2, ends - 1)
        number = np.arange(len(self.starts))
        median = (ranked[low] - 2 * number) + (ranked[high] - 2 * number)
        return np.where(count > 0, median, 0.0)

    def _lowest(self, score: Floats, known: Bools, percentile: float) -> tuple[Floats, Ints]:
        """The low percentile of each group, linear, and the row below that is lowest."""
        group = np.repeat(np.arange(len(self.starts)), np.diff(np.append(self.starts, len(score))))
        ranked = np.lexsort((score, group))
        count = np.add.reduceat(known.astype(np.int64), self.starts)
        place = percentile / 100 * np.maximum(count - 1, 0)
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, np.maximum(count - 1, 0))
        low, high = score[ranked[self.starts + below]], score[ranked[self.starts + above]]
        empty = count == 0
        low, high = np.where(empty, np.nan, low), np.where(empty, np.nan, high)
        worst = np.where(empty, -1, self.order[ranked[self.starts]])
        return low + (place - below) * (high - low), worst

    def _spread(self, values: Array, empty: float) -> Array:
        out = np.full(self.size, empty, values.dtype)
        out[self.parent] = values
        return out


def limited(
    score: Floats, confidence: Floats, applicable: Bools, weight: Floats, slack: float
) -> Rolled:
    """min(weighted mean, lowest + slack) down the first axis: the weakest-part rule.

    Rows are parts, columns entities; `weight` per part, or per part and column. Parts without
    a score pass their weight to the others; confidence = (1 - missing share) * median confidence
    of the others.
    """
    known = ~np.isnan(score) & applicable
    share = weight[:, None] if weight.ndim == 1 else weight
    total = (share * applicable).sum(axis=0)
    have = (share * known).sum(axis=0)
    mean = ratio(np.where(known, share * score, 0.0).sum(axis=0), have)
    lowest = np.where(known, score, np.inf)
    worst = np.where(have > 0, lowest.argmin(axis=0), -1).astype(np.int32)
    capped = np.where(have > 0, np.minimum(mean, lowest.min(axis=0) + slack), np.nan)
    trust = ratio(have, total, 0.0) * _median_known(confidence, known)
    return Rolled(capped, trust, total > 0, worst)


def _median_known(values: Floats, known: Bools) -> Floats:
    """Down the first axis; 0 where nothing is known."""
    ranked = np.sort(np.where(known, values, np.inf), axis=0)
    count = known.sum(axis=0)
    column = np.arange(values.shape[1])
    low = ranked[np.maximum(count - 1, 0) // 2, column]
    high = ranked[np.minimum(count // 2, len(ranked) - 1), column]
    return np.where(count > 0, (low + high) / 2, 0.0)


def missing_share(score: Floats, applicable: Bools, weight: Floats) -> Floats:
    """Per column: the share of the applicable weight that has no score; 0 when none applies."""
    share = weight[:, None] if weight.ndim == 1 else weight
    missing = (share * (applicable & np.isnan(score))).sum(axis=0)
    return ratio(missing, (share * applicable).sum(axis=0), 0.0)


def demoted(level: str, severity: int) -> int:
    """How bad one confirmed alert makes the quarter: a building's or street's red is yellow, a
    zone's orange, the quarter's red; other colours likewise."""
    return max(0, severity - {"building": 2, "street": 2, "zone": 1}.get(level, 0))


def overall(colour: int, alerts: Sequence[tuple[str, int]]) -> int:
    """The quarter's colour: the composite's, or the worst demoted confirmed alert's if worse."""
    return max([colour, *(demoted(level, severity) for level, severity in alerts)])
