"""Scores of scores: one indicator a level up, and dimensions with their composite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from api.config import Composite, Rulebook
from api.vitals.probe import Columns
from api.vitals.roster import make_roster, parents, weights
from api.vitals.sign import TABLES, Cause, Key, Roster, Status
from api.vitals.tree import Rolled, Upward, limited, missing_share
from sensors.network import Network
from twin.arrays import Bools, Floats, Index, Ints
from twin.entities import Geography


class Stage:
    """All indicators that reach one level from the level below, rolled up in one go."""

    def __init__(
        self,
        belows: Sequence[Roster],
        level: str,
        composite: Composite,
        geography: Geography,
        network: Network,
    ) -> None:
        self._belows: list[Key] = [(below.indicator, below.level) for below in belows]
        self._level = level
        self._mean_share, self._low = composite.mean_share, composite.low_percentile
        self.rosters: dict[Key, Roster] = {}
        parent, weight, size = [np.empty(0, np.int32)], [np.empty(0)], 0
        for below in belows:
            above = parents(geography, below.level, below.rows)
            rows = np.unique(above).astype(np.int32)
            parent.append(size + np.searchsorted(rows, above).astype(np.int32))
            weight.append(weights(geography, below.level, below.rows))
            roster = make_roster(below.indicator, level, rows, geography, network, {})
            self.rosters[below.indicator, level] = roster
            size += len(rows)
        self._upward = Upward.of(np.concatenate(parent), np.concatenate(weight), size)
        self._from = np.cumsum([0, *(len(below) for below in belows)])
        sizes = [len(roster) for roster in self.rosters.values()]
        self._to = np.cumsum([0, *sizes])
        self._first = np.repeat(self._from[:-1], sizes)

    def roll(self, columns: Mapping[Key, Columns]) -> dict[Key, Columns]:
        """The value is that of the worst entity below."""
        if not self._to[-1]:
            return {key: _nothing(0) for key in self.rosters}
        parts = [columns[key] for key in self._belows]
        rolled = self._upward.roll(
            np.concatenate([part.score for part in parts]),
            np.concatenate([part.confidence for part in parts]),
            np.concatenate([part.applicable for part in parts]),
            self._mean_share,
            self._low,
        )
        value = np.concatenate([part.value for part in parts])
        value = np.where(rolled.worst >= 0, value[rolled.worst], np.nan)
        status = _status(rolled)
        key = np.where(rolled.worst >= 0, 0, -1).astype(np.int32)
        row = np.where(rolled.worst >= 0, rolled.worst - self._first, -1).astype(np.int32)
        return {
            name: self._part(number, rolled, value, status, key, row)
            for number, name in enumerate(self.rosters)
        }

    def _part(
        self, number: int, rolled: Rolled, value: Floats, status: Index, key: Index, row: Index
    ) -> Columns:
        here = slice(self._to[number], self._to[number + 1])
        cause = Cause((self._belows[number],), key[here], row[here])
        return Columns(
            value[here], rolled.score[here], rolled.confidence[here], status[here], cause
        )


class Summit:
    """Dimensions and composite of every entity of one level; the dimensions all in one go."""

    def __init__(
        self,
        level: str,
        rulebook: Rulebook,
        below: Mapping[Key, Roster],
        geography: Geography,
        network: Network,
    ) -> None:
        """`below`: rosters of the indicators, of any level."""
        self._level, self._composite = level, rulebook.composite
        rows = np.arange(len(geography[TABLES[level]]), dtype=np.int32)
        names = [*(one.id for one in rulebook.dimensions), rulebook.composite.id]
        self.rosters: dict[Key, Roster] = {
            (name, level): make_roster(name, level, rows, geography, network, {}) for name in names
        }
        self._dimensions = Board.of(
            [_parts(rulebook, one.id, level, below) for one in rulebook.dimensions],
            below,
            len(rows),
        )
        weights = [
            (key, one.weight) for key, one in zip(self.rosters, rulebook.dimensions, strict=False)
        ]
        self._top = Board.of([weights], self.rosters, len(rows))

    def roll(self, columns: Mapping[Key, Columns]) -> dict[Key, Columns]:
        """Dimensions from the weighted indicators of this level, the composite from them."""
        limit, keys = self._composite.missing_limit, list(self.rosters)
        found = self._dimensions.limit(columns, self._composite.dimension_slack, limit)
        out = dict(zip(keys, found, strict=False))
        out[keys[-1]] = self._top.limit(out, self._composite.composite_slack, limit)[0]
        return out


@dataclass(frozen=True, slots=True)
class Board:
    """Several results, each made of parts of its own, side by side.

    Cell (part, result, entity) of a table takes value `source` of all columns joined, where
    `there`; `row` is the entity's row in the roster of that part.
    """

    keys: tuple[tuple[Key, ...], ...]
    joined: tuple[Key, ...]
    source: Ints
    there: Bools
    row: Index
    weight: Floats
    size: int

    @staticmethod
    def of(
        parts: Sequence[Sequence[tuple[Key, float]]], rosters: Mapping[Key, Roster], size: int
    ) -> "Board":
        """Per result its parts with their weights; `size` entities."""
        joined = tuple(key for one in parts for key, _ in one)
        starts = np.cumsum([0, *(len(rosters[key]) for key in joined)])
        shape = (max(1, *(len(one) for one in parts)), len(parts), size)
        source, row = np.zeros(shape, np.int64), np.full(shape, -1, np.int32)
        weight, number = np.zeros(shape), 0
        for result, one in enumerate(parts):
            for part, (key, share) in enumerate(one):
                rows = rosters[key].rows
                row[part, result, rows] = np.arange(len(rows))
                source[part, result, rows] = starts[number] + np.arange(len(rows))
                weight[part, result] = share
                number += 1
        flat = (shape[0], shape[1] * size)
        keys = tuple(tuple(key for key, _ in one) for one in parts)
        return Board(
            keys,
            joined,
            source.reshape(flat),
            (row >= 0).reshape(flat),
            row.reshape(flat),
            weight.reshape(flat),
            size,
        )

    def limit(
        self, columns: Mapping[Key, Columns], slack: float, missing_limit: float
    ) -> list[Columns]:
        """Each result by the weakest-part rule; insufficient where too much is missing."""
        if not self.joined:
            return [_nothing(self.size) for _ in self.keys]
        score = np.concatenate([columns[key].score for key in self.joined])[self.source]
        trust = np.concatenate([columns[key].confidence for key in self.joined])[self.source]
        due = np.concatenate([columns[key].applicable for key in self.joined])[self.source]
        due = due & self.there
        score = np.where(due, score, np.nan)
        rolled = limited(score, trust, due, self.weight, slack)
        thin = missing_share(score, due, self.weight) > missing_limit
        status = _status(rolled)
        status[thin & rolled.applicable] = Status.INSUFFICIENT.code
        found = np.where(thin, np.nan, rolled.score)
        sure = np.where(thin, 0.0, rolled.confidence)
        worst = np.maximum(rolled.worst, 0)
        row = np.where(rolled.worst >= 0, self.row[worst, np.arange(len(worst))], -1)
        return [
            self._one(number, found, sure, status, rolled.worst, row.astype(np.int32))
            for number in range(len(self.keys))
        ]

    def _one(
        self, number: int, score: Floats, sure: Floats, status: Index, worst: Index, row: Index
    ) -> Columns:
        here = slice(number * self.size, (number + 1) * self.size)
        if not self.keys[number]:
            return _nothing(self.size)
        cause = Cause(self.keys[number], worst[here], row[here])
        return Columns(score[here], score[here], sure[here], status[here], cause)


def _parts(
    rulebook: Rulebook, dimension: str, level: str, below: Mapping[Key, Roster]
) -> list[tuple[Key, float]]:
    """The indicators of a dimension that count and exist at this level."""
    return [
        ((one.id, level), one.weight)
        for one in rulebook.indicators
        if one.dimension == dimension and one.weight and (one.id, level) in below
    ]


def _status(rolled: Rolled) -> Index:
    status = np.where(np.isnan(rolled.score), Status.MISSING.code, Status.OK.code)
    status[~rolled.applicable] = Status.NOT_APPLICABLE.code
    return status.astype(np.int32)


def _nothing(size: int) -> Columns:
    empty = np.full(size, np.nan)
    code = np.full(size, Status.NOT_APPLICABLE.code, np.int32)
    return Columns(empty, empty, np.zeros(size), code)
