"""Scores of scores: one indicator a level up, and dimensions with their composite."""

from collections.abc import Mapping, Sequence

import numpy as np

from api.config import Composite, Rulebook
from api.vitals.probe import Columns
from api.vitals.roster import make_roster, parents, weights
from api.vitals.sign import TABLES, Cause, Key, Roster, Status
from api.vitals.tree import Rolled, Upward, limited, missing_share
from sensors.network import Network
from twin.arrays import Bools, Floats, Index
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
        self._to = np.cumsum([0, *(len(roster) for roster in self.rosters.values())])

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
        return {
            key: self._part(number, rolled, value, status)
            for number, key in enumerate(self.rosters)
        }

    def _part(self, number: int, rolled: Rolled, value: Floats, status: Index) -> Columns:
        here = slice(self._to[number], self._to[number + 1])
        worst = rolled.worst[here]
        row = np.where(worst >= 0, worst - self._from[number], -1).astype(np.int32)
        key = np.where(worst >= 0, 0, -1).astype(np.int32)
        cause = Cause((self._belows[number],), key, row)
        return Columns(
            value[here], rolled.score[here], rolled.confidence[here], status[here], cause
        )


class Summit:
    """Dimensions and composite of every entity of one level."""

    def __init__(
        self, level: str, rulebook: Rulebook, geography: Geography, network: Network
    ) -> None:
        self._level, self._rulebook = level, rulebook
        self._rows = np.arange(len(geography[TABLES[level]]), dtype=np.int32)
        names = [*(one.id for one in rulebook.dimensions), rulebook.composite.id]
        self.rosters: dict[Key, Roster] = {
            (name, level): make_roster(name, level, self._rows, geography, network, {})
            for name in names
        }

    def roll(
        self, columns: Mapping[Key, Columns], rosters: Mapping[Key, Roster]
    ) -> dict[Key, Columns]:
        """Dimensions from the weighted indicators of this level, the composite from them."""
        out: dict[Key, Columns] = {}
        composite = self._rulebook.composite
        for dimension in self._rulebook.dimensions:
            keys, weight = self._parts(dimension.id, columns)
            out[dimension.id, self._level] = self._limit(
                keys, weight, columns, rosters, composite.dimension_slack
            )
        keys = list(out)
        weight = np.array([one.weight for one in self._rulebook.dimensions])
        out[composite.id, self._level] = self._limit(
            keys, weight, out, self.rosters, composite.composite_slack
        )
        return out

    def _parts(self, dimension: str, columns: Mapping[Key, Columns]) -> tuple[list[Key], Floats]:
        pairs = [
            ((one.id, self._level), one.weight)
            for one in self._rulebook.indicators
            if one.dimension == dimension and one.weight and (one.id, self._level) in columns
        ]
        return [key for key, _ in pairs], np.array([weight for _, weight in pairs], np.float64)

    def _limit(
        self,
        keys: list[Key],
        weight: Floats,
        columns: Mapping[Key, Columns],
        rosters: Mapping[Key, Roster],
        slack: float,
    ) -> Columns:
        size = len(self._rows)
        if not keys:
            return _nothing(size)
        score = _table([(rosters[key].rows, columns[key].score) for key in keys], size, np.nan)
        trust = _table([(rosters[key].rows, columns[key].confidence) for key in keys], size, 0.0)
        due: Bools = _table(
            [(rosters[key].rows, columns[key].applicable) for key in keys], size, 0.0
        ).astype(bool)
        rolled = limited(score, trust, due, weight, slack)
        limit = self._rulebook.composite.missing_limit
        thin = missing_share(score, due, weight) > limit
        return _columns(rolled, thin, keys, rosters)


def _columns(
    rolled: Rolled, thin: Bools, keys: list[Key], rosters: Mapping[Key, Roster]
) -> Columns:
    score = np.where(thin, np.nan, rolled.score)
    status = _status(rolled)
    status[thin & rolled.applicable] = Status.INSUFFICIENT.code
    rows = np.full(len(score), -1, np.int32)
    for number, key in enumerate(keys):
        here = np.flatnonzero(rolled.worst == number)
        rows[here] = np.searchsorted(rosters[key].rows, here)
    cause = Cause(tuple(keys), rolled.worst, rows)
    return Columns(score, score, np.where(thin, 0.0, rolled.confidence), status, cause)


def _status(rolled: Rolled) -> Index:
    status = np.where(np.isnan(rolled.score), Status.MISSING.code, Status.OK.code)
    status[~rolled.applicable] = Status.NOT_APPLICABLE.code
    return status.astype(np.int32)


def _table(parts: list[tuple[Index, Floats | Bools]], size: int, empty: float) -> Floats:
    """Columns of the parts side by side, on all entities of the level."""
    out = np.full((len(parts), size), empty)
    for number, (rows, values) in enumerate(parts):
        out[number, rows] = values
    return out


def _nothing(size: int) -> Columns:
    empty = np.full(size, np.nan)
    code = np.full(size, Status.NOT_APPLICABLE.code, np.int32)
    return Columns(empty, empty, np.zeros(size), code)
